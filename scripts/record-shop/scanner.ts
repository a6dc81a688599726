import { expected } from './exchange.ts';
import type { ServiceName, Shop } from './shop.ts';

/** What is tried at every door of the internet all day long. */
const everywhere = [
  '/',
  '/.env',
  '/.git/config',
  '/.aws/credentials',
  '/actuator/env',
  '/actuator/heapdump',
  '/admin.php',
  '/api/swagger.json',
  '/api/v2/users',
  '/backup.sql',
  '/cgi-bin/luci',
  '/config.json',
  '/console',
  '/debug/pprof',
  '/graphql',
  '/login',
  '/manager/html',
  '/openapi.json',
  '/phpmyadmin/index.php',
  '/robots.txt',
  '/server-status',
  '/solr/admin/info/system',
  '/swagger-ui.html',
  '/v3/api-docs',
  '/wp-admin/setup-config.php',
  '/wp-login.php',
  '/xmlrpc.php',
];

/** What is tried at one door: a guard that answers before anybody asks whether the path exists, odd spellings, redirects. */
const here: [ServiceName, string][] = [
  ['orders', '/admin/console'],
  ['orders', '/admin/.env'],
  ['orders', '/orders/backup.zip'],
  ['orders', '/orders/1'],
  ['orders', '/assets/..%2f..%2fpackage.json'],
  ['catalog', '/media/..%2f..%2fpyproject.toml'],
  ['catalog', '/api/v1/products/../../etc/passwd'],
  ['catalog', '/api/v1/suppliers/1'],
  ['catalog', '/api/v1/brands/'],
  ['catalog', '/docs'],
  ['accounts', '/v2/profile'],
  ['accounts', '/v2/users'],
  ['accounts', '/v3/profile'],
  ['accounts', '/internal/'],
];

/** Somebody looks for weak places, from one address. Whatever answers with success was not meant to be found here. */
export async function scanner(shop: Shop): Promise<void> {
  const caller = {
    address: '127.0.66.6',
    headers: { 'User-Agent': 'Mozilla/5.0 (compatible; probe-o-matic/4.2)', Accept: '*/*' },
  };
  const services: ServiceName[] = ['orders', 'catalog', 'accounts'];
  const tries = services.flatMap((service) => everywhere.map((path): [ServiceName, string] => [service, path]));
  for (const [service, path] of [...tries, ...here]) {
    expected(await shop.call(caller, service, { method: 'GET', path }), 307, 401, 404);
  }
  for (const service of services) {
    expected(await shop.call(caller, service, { method: 'POST', path: '/graphql', json: { query: '{a}' } }), 404);
  }
}
