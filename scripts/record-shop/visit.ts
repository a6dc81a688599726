import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from './browser.ts';
import { expected, json } from './exchange.ts';
import type { Random } from './random.ts';

/** Slugs as clients write them: the same bowl in two spellings of one byte, a mug with a letter encoded for no reason. */
const slugs = [
  'blue-mug',
  'tall-mug',
  'caf%C3%A9-bowl',
  'caf%c3%a9-bowl',
  'tea-pot-2l',
  'desk-lamp',
  '%62lue-mug',
] as const;
const skus = ['MUG-0042', 'MUG-0043', 'BWL-0007', 'POT-0002', 'LMP-0110'] as const;
const categories = ['kitchen', 'kitchen/mugs', 'kitchen/bowls', 'office', 'office/paper'] as const;

/** Looks around in the catalog. */
export async function browse(browser: Browser, random: Random): Promise<void> {
  expected(await browser.fetch('catalog', 'GET', '/api/v1/products?limit=6'), 200);
  expected(await browser.fetch('catalog', 'GET', '/api/v1/products/featured'), 200);
  expected(await browser.fetch('catalog', 'GET', '/api/v1/categories'), 200);
  expected(await browser.fetch('catalog', 'GET', `/api/v1/categories/${random.pick(categories)}`), 200);
  await browser.load('catalog', '/media/blue-mug.svg');
  await browser.load('catalog', '/media/tea-pot-2l.svg');
  for (let looks = 1 + random.below(3); looks > 0; looks--) {
    const slug = random.pick(slugs);
    expected(await browser.fetch('catalog', 'GET', `/api/v1/products/${slug}`), 200);
    expected(await browser.fetch('catalog', 'GET', `/api/v1/products/${slug}/reviews`), 200);
  }
  const review = { stars: 1 + random.below(5), text: 'As round as it looks.' };
  expected(await browser.fetch('catalog', 'POST', `/api/v1/products/${random.pick(slugs)}/reviews`, review), 201);
}

/** Fills a cart, changes its mind about one thing, and returns the cart's id. */
export async function fillCart(browser: Browser, random: Random): Promise<string> {
  const { id } = json<{ id: string }>(expected(await browser.fetch('orders', 'POST', '/carts'), 201));
  for (const sku of [skus[0], random.pick(skus)]) {
    const quantity = 1 + random.below(3);
    expected(await browser.fetch('orders', 'PUT', `/carts/${id}/items/${sku}`, { quantity }), 200);
  }
  expected(await browser.fetch('orders', 'PUT', `/carts/${id}/items/POT-0002`, { quantity: 0 }), 422);
  expected(await browser.fetch('orders', 'PUT', `/carts/${id}/items/CAL-2027`, { quantity: 1 }), 200);
  expected(await browser.fetch('orders', 'DELETE', `/carts/${id}/items/CAL-2027`), 204);
  expected(await browser.fetch('orders', 'PATCH', `/carts/${id}`, { voucher: 'NOON10' }), 200);
  expected(await browser.fetch('orders', 'GET', `/carts/${id}`), 200);
  return id;
}

export async function placeOrder(browser: Browser, cart: string): Promise<number> {
  return json<{ id: number }>(expected(await browser.fetch('orders', 'POST', '/orders', { cart }), 201)).id;
}

/** Pays, and tries again when the bank is busy. */
export async function pay(browser: Browser, order: number, card: string): Promise<void> {
  const key = { 'Idempotency-Key': `pay-${order}` };
  for (let tries = 0; tries < 5; tries++) {
    const answer = await browser.fetch('orders', 'POST', `/orders/${order}/payments`, { card }, key);
    if (answer.status === 201) return;
    expected(answer, 503);
    await sleep(20);
  }
  throw new Error('the bank is always busy');
}

export async function lookAfterOrder(browser: Browser, order: number): Promise<void> {
  // A page's script builds the collection's path by hand, and ends it with a slash.
  expected(await browser.fetch('orders', 'GET', '/orders/'), 200);
  expected(await browser.fetch('orders', 'GET', '/orders'), 200);
  expected(await browser.fetch('orders', 'GET', `/orders/${order}`), 200);
  expected(await browser.fetch('orders', 'GET', `/orders/${order}/status`), 200);
  expected(await browser.fetch('orders', 'GET', `/orders/${order}/receipt`), 200);
}
