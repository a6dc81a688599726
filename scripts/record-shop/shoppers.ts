import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from './browser.ts';
import { expected, json } from './exchange.ts';
import { Random } from './random.ts';
import type { Person, Shop } from './shop.ts';
import { browse, fillCart, lookAfterOrder, pay, placeOrder } from './visit.ts';

const desktop =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15';
const oldApp = 'NoonShop/1.9 (iPhone; iOS 15.8)';

/** A first visit, from signing up to the receipt. Returns the order's number. */
export async function shopper(shop: Shop, person: Person, index: number): Promise<number> {
  const random = new Random(shop.seed + index);
  const browser = new Browser(shop, `127.0.1.${index + 1}`, desktop);
  await sleep(40 * index, undefined, { signal: shop.signal });
  const userId = await browser.signUp(person);
  await browse(browser, random);
  const cart = await fillCart(browser, random);
  // Not signed in yet.
  expected(await browser.fetch('orders', 'POST', '/orders', { cart }), 401);
  expected(await browser.fetch('accounts', 'POST', '/v2/sessions', { email: person.email, password: 'wrong' }), 401);
  const { refreshToken } = await browser.signIn(person);
  const order = await placeOrder(browser, cart);
  // The cart is gone: a second click.
  expected(await browser.fetch('orders', 'POST', '/orders', { cart }), 409);
  await pay(browser, order, shop.secret(`41111111111111${10 + index}`));
  await lookAfterOrder(browser, order);
  // A script that lost the number.
  expected(await browser.fetch('orders', 'GET', '/orders/undefined'), 404);
  await account(shop, browser, userId, index);
  await browser.refresh(refreshToken);
  if (index % 4 === 0) await forgetPassword(shop, browser, person);
  expected(await browser.fetch('accounts', 'DELETE', '/v2/sessions/current'), 204);
  return order;
}

async function account(shop: Shop, browser: Browser, userId: string, index: number): Promise<void> {
  expected(await browser.fetch('accounts', 'GET', '/v2/profile'), 200);
  expected(await browser.fetch('accounts', 'PUT', '/v2/profile', { name: `Shopper ${index}` }), 200);
  expected(await browser.fetch('accounts', 'GET', `/v2/users/${userId}`), 200);
  // Only the office may.
  expected(await browser.fetch('accounts', 'DELETE', `/v2/users/${userId}`), 403);
  // Promised, and never built.
  expected(await browser.fetch('accounts', 'GET', '/v2/loyalty'), 404);
  const street = shop.secret(`${index + 11} Meridian Terrace`);
  const added = await browser.fetch('accounts', 'POST', '/v2/addresses', { street, town: 'Greenwich' });
  const { id } = json<{ id: string }>(expected(added, 201));
  expected(await browser.fetch('accounts', 'GET', '/v2/addresses'), 200);
  expected(await browser.fetch('accounts', 'DELETE', `/v2/addresses/${id}`), 204);
}

/** The word from the letter is in the path, where it had better not be. */
async function forgetPassword(shop: Shop, browser: Browser, person: Person): Promise<void> {
  expected(await browser.fetch('accounts', 'POST', '/v2/password-resets', { email: person.email }), 202);
  const letters = (await readFile(shop.outbox, 'utf8')).split('\n');
  const letter = letters.findLast((line) => line.includes(person.email)) ?? '';
  const word = shop.secret(/#([\w-]+)/.exec(letter)?.[1] ?? '');
  const { password } = person;
  expected(await browser.fetch('accounts', 'POST', `/v2/password-resets/${word}`, { password }), 204);
  expected(await browser.fetch('accounts', 'POST', `/v2/password-resets/${word}`, { password }), 410);
}

/** The first telephone app: version 1 of the profile by cookie, the old search, and polling for the order's status. */
export async function telephone(shop: Shop, person: Person, order: number, index: number): Promise<void> {
  const caller = { address: `127.0.1.${index + 101}`, headers: { 'User-Agent': oldApp, Accept: 'application/json' } };
  const { accessToken, refreshToken } = await shop.signIn(caller, person);
  const Cookie = `sid=${refreshToken}`;
  const Authorization = `Bearer ${accessToken}`;
  expected(await shop.call(caller, 'accounts', { method: 'GET', path: '/v1/profile' }), 401);
  for (const q of ['mug', 'tea', 'lamp']) {
    expected(await shop.call(caller, 'accounts', { method: 'GET', path: '/v1/profile', headers: { Cookie } }), 200);
    expected(await shop.call(caller, 'catalog', { method: 'GET', path: `/api/v1/search?q=${q}` }), 200);
    const status = { method: 'GET', path: `/orders/${order}/status`, headers: { Authorization } };
    expected(await shop.call(caller, 'orders', status), 200);
  }
  const head = { method: 'HEAD', path: `/orders/${order}`, headers: { Authorization } };
  expected(await shop.call(caller, 'orders', head), 200);
}
