import { Browser } from './browser.ts';
import { type Exchange, expected } from './exchange.ts';
import { Random } from './random.ts';
import type { Shop } from './shop.ts';
import { browse, fillCart, lookAfterOrder, pay, placeOrder } from './visit.ts';

/** One visit to the storefront, from the first page to the receipt, as the browser's network panel shows it. */
export async function onTheStorefront(shop: Shop): Promise<Exchange[]> {
  const random = new Random(shop.seed + 1_000);
  const browser = new Browser(
    shop,
    '127.0.4.1',
    'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  );
  const person = shop.person('Mary Somerville', 'mary.somerville@mail.example');
  await browser.load('accounts', '/assets/account.css');
  await browser.load('accounts', '/assets/account.js');
  await browser.load('orders', '/assets/logo.svg');
  await browser.signUp(person);
  await browser.signIn(person);
  await browse(browser, random);
  expected(await browser.fetch('catalog', 'GET', '/api/v1/recommendations?slug=blue-mug'), 200);
  expected(await browser.fetch('catalog', 'GET', '/api/v1/recommendations?slug=tea-pot-2l'), 200);
  const order = await placeOrder(browser, await fillCart(browser, random));
  await pay(browser, order, shop.secret('4000056655665556'));
  await lookAfterOrder(browser, order);
  expected(await browser.fetch('accounts', 'GET', '/v2/profile'), 200);
  expected(await browser.fetch('accounts', 'DELETE', '/v2/sessions/current'), 204);
  return browser.exchanges;
}
