import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ServiceRule } from '#model/rule';
import type { StoredSighting } from '#model/view';
import { nameKey } from '#resolve/name';
import { resolve } from '#resolve/resolve';
import { sighting } from '#test/model/make';

function rule(more: Partial<ServiceRule>): ServiceRule {
  return { name: 'orders', hosts: [], basePath: '', groups: [], codePrefix: null, owner: '', ...more };
}

/** `service METHOD path: planes`, sorted. */
function endpoints(sightings: StoredSighting[], rules: ServiceRule[] = []): string[] {
  return resolve(sightings, rules)
    .endpoints.map(
      ({ service, method, path, sightings: joined }) =>
        `${service} ${method} ${path}: ${[...new Set(joined.map(({ plane }) => plane))].sort().join(' ')}`,
    )
    .sort();
}

const spec = (operation: string, more = {}) => sighting('declared', operation, { service: 'Orders API', ...more });
const code = (operation: string, more = {}) => sighting('coded', operation, { service: 'orders-service', ...more });
const traffic = (operation: string, host = 'orders.test', more = {}) =>
  sighting('observed', operation, { host, ...more });

test.each([
  ['Orders API', 'orders'],
  ['@shop/orders-service', 'orders'],
  ['orders_v2', 'orders'],
  ['OrdersApi', 'orders'],
  ['REST API', ''],
  ['Order Management', 'ordermanagement'],
])('nameKey(%s) is %s', (name, key) => expect(nameKey(name)).toBe(key));

describe('services', () => {
  test('a host of the specification is the service', () => {
    expect(endpoints([spec('GET /x', { host: 'a.test', basePath: '/v2' }), traffic('GET /v2/x', 'a.test')])).toEqual([
      'Orders API GET /v2/x: declared observed',
    ]);
  });

  test('a port that the specification does not name', () => {
    expect(endpoints([spec('GET /x', { host: 'a.test' }), traffic('GET /x', 'a.test:8080')])).toEqual([
      'Orders API GET /x: declared observed',
    ]);
  });

  test('a wildcard host', () => {
    expect(endpoints([spec('GET /x', { host: '*.a.test' }), traffic('GET /x', 'eu.a.test')])).toEqual([
      'Orders API GET /x: declared observed',
    ]);
  });

  test('names that agree, and the prefix under which the operations coincide', () => {
    const paths = ['/orders', '/orders/{id}', '/orders/{id}/items'];
    const sightings = [
      ...paths.map((path) => spec(`GET ${path}`, { basePath: '/v2' })),
      ...paths.map((path) => code(`GET ${path}`)),
    ];
    expect(endpoints(sightings)).toEqual(paths.map((path) => `Orders API GET /v2${path}: coded declared`).sort());
    expect(resolve(sightings, []).bindings.find(({ group }) => group === 'code/orders-service')).toMatchObject({
      how: 'name',
      prefix: '/v2',
      score: 0.95,
    });
  });

  test('a prefix that the code has and the outside does not see', () => {
    const paths = ['/orders', '/orders/{id}', '/carts'];
    const sightings = [
      ...paths.map((path) => spec(`GET ${path}`)),
      ...paths.map((path) => code(`GET /internal${path}`)),
    ];
    expect(endpoints(sightings)).toEqual(paths.map((path) => `Orders API GET ${path}: coded declared`).sort());
  });

  test('paths alone, when nothing else is like them', () => {
    const paths = ['/carts', '/carts/{id}', '/carts/{id}/items', '/checkout'];
    const sightings = [
      ...paths.map((path) => spec(`GET ${path}`)),
      ...paths.map((path) => code(`GET ${path}`, { service: 'basket' })),
    ];
    expect(endpoints(sightings)).toEqual(paths.map((path) => `Orders API GET ${path}: coded declared`).sort());
    expect(resolve(sightings, []).bindings.find(({ group }) => group === 'code/basket')?.how).toBe('paths');
  });

  test('paths that fit two services bind to neither', () => {
    const paths = ['/carts', '/carts/{id}', '/checkout'];
    const sightings = [
      ...paths.map((path) => spec(`GET ${path}`)),
      ...paths.map((path) => spec(`GET ${path}`, { service: 'Copies API' })),
      ...paths.map((path) => code(`GET ${path}`, { service: 'basket' })),
    ];
    expect(resolve(sightings, []).bindings.find(({ group }) => group === 'code/basket')).toMatchObject({
      how: 'alone',
      service: 'basket',
    });
  });

  test('the same word for two things is no bond', () => {
    const sightings = [
      ...['/a', '/b', '/c'].map((path) => spec(`GET ${path}`)),
      ...['/x', '/y', '/z'].map((path) => code(`GET ${path}`, { service: 'orders' })),
    ];
    expect(new Set(endpoints(sightings).map((line) => line.split(' GET')[0]))).toEqual(
      new Set(['Orders API', 'orders']),
    );
  });

  test('a shared host: the nearest base path, then the template, then the first segment', () => {
    const host = 'api.test';
    const sightings = [
      spec('GET /x', { host, basePath: '/orders' }),
      spec('GET /y', { host, basePath: '/orders/archive', service: 'Archive API' }),
      spec('GET /users/{id}', { host, service: 'Users API' }),
      spec('GET /shops/{id}', { host, service: 'Shops API' }),
      traffic('GET /orders/x', host),
      traffic('GET /orders/archive/z', host),
      traffic('GET /users/{integer}', host),
      traffic('GET /shops', host),
      traffic('GET /elsewhere', host),
    ];
    expect(endpoints(sightings)).toEqual([
      'Archive API GET /orders/archive/y: declared',
      'Archive API GET /orders/archive/z: observed',
      'Orders API GET /orders/x: declared observed',
      'Shops API GET /shops/{id}: declared',
      'Shops API GET /shops: observed',
      'Users API GET /users/{id}: declared observed',
      'api.test GET /elsewhere: observed',
    ]);
  });

  test('configuration wins', () => {
    const rules = [
      rule({ name: 'billing', groups: ['code/orders*'], codePrefix: '/b' }),
      rule({ name: 'till', hosts: ['orders.test'], basePath: '/till' }),
    ];
    expect(endpoints([spec('GET /x', { host: 'orders.test' }), code('GET /x'), traffic('GET /till/x')], rules)).toEqual(
      ['Orders API GET /x: declared', 'billing GET /b/x: coded', 'till GET /till/x: observed'],
    );
  });
});

describe('operations', () => {
  test('parameters may have any name', () => {
    expect(endpoints([spec('GET /x/{orderId}'), code('GET /x/{id}')])).toEqual([
      'Orders API GET /x/{orderId}: coded declared',
    ]);
  });

  test('a specification cannot write the rest of a path', () => {
    const host = 'orders.test';
    expect(
      endpoints([spec('GET /files/{path}', { host }), code('GET /files/{path*}'), traffic('GET /files/a/b/c')]),
    ).toEqual(['Orders API GET /files/{path}: coded declared observed']);
  });

  test('code that takes any method is each of the declared ones', () => {
    expect(endpoints([spec('GET /x'), spec('POST /x'), code('* /x')])).toEqual([
      'Orders API GET /x: coded declared',
      'Orders API POST /x: coded declared',
    ]);
  });

  test('a gateway’s catch-all covers what is below it, and is an endpoint when nothing is', () => {
    const route = (operation: string) =>
      sighting('deployed', operation, { host: 'orders.test', service: 'Orders API' });
    expect(
      endpoints([spec('GET /x/{id}', { host: 'orders.test' }), route('* /x/{proxy*}'), route('* /y/{proxy*}')]),
    ).toEqual(['Orders API * /y/{proxy*}: deployed', 'Orders API GET /x/{id}: declared deployed']);
  });

  test('a tail joins the operations that end as it does', () => {
    expect(endpoints([spec('GET /v1/users/{id}'), code('GET /users/{id}', { anchored: false })])).toEqual([
      'Orders API GET /v1/users/{id}: coded declared',
    ]);
  });

  test('the literal beside the parameter wins', () => {
    const host = 'orders.test';
    expect(
      endpoints([
        spec('GET /x/{id}', { host }),
        spec('GET /x/me', { host }),
        traffic('GET /x/me'),
        traffic('GET /x/{integer}'),
      ]),
    ).toEqual(['Orders API GET /x/me: declared observed', 'Orders API GET /x/{id}: declared observed']);
  });

  test('several base paths of one operation are one endpoint', () => {
    const servers = [
      { host: 'orders.test', basePath: '/v1' },
      { host: 'old.test', basePath: '/api/v1' },
    ];
    expect(
      endpoints([spec('GET /x', { servers }), traffic('GET /v1/x'), traffic('GET /api/v1/x', 'old.test')]),
    ).toEqual(['Orders API GET /v1/x: declared observed']);
  });
});

test('a service may have any number of endpoints', () => {
  const sightings = Array.from({ length: 150_000 }, (_, i) => traffic(`GET /x${i}`));
  expect(resolve(sightings, []).endpoints.length).toBe(150_000);
});

test('the order of sightings does not matter', () => {
  const sightings = [
    spec('GET /x/{id}', { host: 'orders.test' }),
    spec('GET /x/me', { host: 'orders.test' }),
    spec('GET /y', { service: 'Other API', host: 'api.test' }),
    code('GET /x/{key}'),
    code('* /z'),
    code('GET /tail', { anchored: false }),
    traffic('GET /x/{integer}'),
    traffic('GET /x/{uuid}'),
    traffic('GET /unknown'),
    traffic('GET /y', 'api.test'),
    traffic('GET /q', 'third.test'),
  ];
  const expected = endpoints(sightings);
  fc.assert(
    fc.property(fc.shuffledSubarray(sightings, { minLength: sightings.length }), (shuffled) => {
      expect(endpoints(shuffled)).toEqual(expected);
    }),
  );
});
