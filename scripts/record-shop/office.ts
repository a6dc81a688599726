import { expected } from './exchange.ts';
import type { Caller, Person, Shop } from './shop.ts';

/** The nightly job: export, report, and the refunds that nobody wrote down. */
export async function office(shop: Shop, orders: readonly number[]): Promise<void> {
  const caller = machine('127.0.3.1', 'office-jobs/2.0');
  const { accessToken } = await shop.signIn(caller, shop.office);
  const headers = { Authorization: `Bearer ${accessToken}` };
  expected(await shop.call(caller, 'orders', { method: 'GET', path: '/orders/export', headers }), 200);
  expected(await shop.call(caller, 'orders', { method: 'GET', path: '/admin/reports/daily', headers }), 200);
  for (const order of orders.slice(0, 3)) {
    const refund = { method: 'POST', path: '/admin/refunds', headers, json: { order } };
    expected(await shop.call(caller, 'orders', refund), 201);
  }
  expected(await shop.call(caller, 'orders', { method: 'GET', path: '/admin/reports/daily', headers }), 200);
}

/** Looks shoppers up by their address, which some clients encode and others do not. */
export async function supportDesk(shop: Shop, people: readonly Person[]): Promise<void> {
  const caller = machine('127.0.3.2', 'support-desk/7');
  for (const [index, { email }] of people.slice(0, 5).entries()) {
    const path = `/internal/users/by-email/${index % 2 === 0 ? email : encodeURIComponent(email)}`;
    expected(await shop.call(caller, 'accounts', { method: 'GET', path }), 200);
  }
}

/** Counts stock and adds products with its key, after it once forgot the key. */
export async function warehouse(shop: Shop): Promise<void> {
  const caller = machine('127.0.3.3', 'warehouse/1.4');
  const headers = { 'X-Api-Key': shop.apiKey };
  expected(await shop.call(caller, 'catalog', { method: 'GET', path: '/api/v1/stock/MUG-0042' }), 403);
  for (const sku of ['MUG-0042', 'MUG-0043', 'BWL-0007']) {
    const path = `/api/v1/stock/${sku}`;
    expected(await shop.call(caller, 'catalog', { method: 'GET', path, headers }), 200);
    expected(await shop.call(caller, 'catalog', { method: 'PUT', path, headers, json: { pieces: 39 } }), 200);
  }
  const product = { slug: 'egg-cup', sku: 'CUP-0001', name: 'Egg cup', category: 'kitchen', cents: 450 };
  const add = { method: 'POST', path: '/api/v1/products', json: product };
  expected(await shop.call(caller, 'catalog', add), 403);
  expected(await shop.call(caller, 'catalog', { ...add, headers }), 201);
  // The framework sends it to the same path without the slash.
  expected(await shop.call(caller, 'catalog', { method: 'GET', path: '/api/v1/products/' }), 307);
  expected(await shop.call(caller, 'catalog', { method: 'GET', path: '/api/v1/products' }), 200);
}

/** Takes everything, every time, with a word in the query that proves who it is and is never checked. */
export async function partner(shop: Shop): Promise<void> {
  const caller = machine('127.0.3.4', 'partner-feed/0.3');
  const word = shop.secret('canary-partner-7Qd2uVx9');
  for (let times = 0; times < 3; times++) {
    const path = `/api/v1/export?partner_token=${word}`;
    expected(await shop.call(caller, 'catalog', { method: 'GET', path }), 200);
  }
}

function machine(address: string, userAgent: string): Caller {
  return { address, headers: { 'User-Agent': userAgent, Accept: '*/*' } };
}
