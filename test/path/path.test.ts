import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Param } from '#model/sighting';
import { registeredDomain } from '#path/domain';
import { fits } from '#path/fit';
import { matchesName } from '#path/name-glob';
import { isBelow, joinPaths, maxPathLength, normalisePath, splitPath } from '#path/normalise';
import { isVersion, segmentType, versionNumber } from '#path/segment';
import { formatTemplate, paramNames, parseTemplate, shape } from '#path/template';
import { TemplateIndex } from '#path/template-index';

describe('normalisePath', () => {
  test.each([
    ['/', '/'],
    ['', '/'],
    ['*', '/'],
    ['example.com:443', '/'],
    ['/users/', '/users'],
    ['//users///7', '/users/7'],
    ['/a/./b/../c', '/a/c'],
    ['/../../etc', '/etc'],
    ['/users?id=7#top', '/users'],
    ['http://example.com/users?x', '/users'],
    ['http://example.com', '/'],
    ['/%7euser/%41%2f%2F', '/~user/A%2F%2F'],
    ['/a;jsessionid=123/b', '/a/b'],
    ['/echo;rev=2;x=1', '/echo;rev=2'],
    ['/%zz', '/%zz'],
  ])('%s → %s', (target, path) => expect(normalisePath(target)).toBe(path));

  test('is idempotent, bounded, and always begins with a slash', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 4_000 }), (text) => {
        const once = normalisePath(text);
        expect(once.startsWith('/')).toBe(true);
        expect(once.length).toBeLessThanOrEqual(maxPathLength + 1);
        expect(normalisePath(once)).toBe(once);
      }),
    );
  });
});

test.each([
  ['', '/x', '/x'],
  ['/', '/x', '/x'],
  ['/v2', '/', '/v2'],
  ['/v2/', '/x', '/v2/x'],
  ['', '/', '/'],
])('joinPaths(%s, %s) is %s', (base, path, joined) => expect(joinPaths(base, path)).toBe(joined));

test.each([
  ['/apifoo', '/api', false],
  ['/api/foo', '/api', true],
  ['/api', '/api', true],
  ['/x', '', true],
  ['/x', '/', true],
])('isBelow(%s, %s) is %s', (path, base, below) => expect(isBelow(path, base)).toBe(below));

test.each([
  ['42', 'integer'],
  ['-3', 'integer'],
  ['10.25', 'number'],
  ['6f1c1f0e-9f3a-4b6e-8a1d-0c5b1b2c3d4e', 'uuid'],
  ['2024-05-01', 'date'],
  ['2024-05-01T10:00:00Z', 'date-time'],
  ['507f1f77bcf86cd799439011', 'hex'],
  ['01ARZ3NDEKTSV4RRFFQ69G5FAV', 'ulid'],
  ['jo@example.com', 'email'],
  ['ord_8f3k29', 'id'],
  ['V1StGXR8_Z5jdHi6B-myT', 'token'],
  ['qLbXhzKdWvTRnYpJsGmCFaQEuZoBiVxN', 'token'],
  ['listAccountsByOrganisationAndRegion', null],
  ['users', null],
  ['v2', null],
  ['v1beta2', null],
  ['2.1', null],
  ['oauth2', null],
  ['red-running-shoes', null],
  ['feedface', null],
])('segmentType(%s) is %s', (value, type) => expect(segmentType(value)).toBe(type));

test.each([
  ['v1', 1],
  ['v2.1', 2.001],
  ['v1beta2', 0.9995],
  ['2024-05-01', null],
  ['version', null],
])('versionNumber(%s) is %s', (segment, number) => {
  expect(versionNumber(segment)).toBe(number);
  expect(isVersion(segment)).toBe(number !== null);
});

describe('templates', () => {
  test.each(['/', '/a/{b}', '/a/{b}.json', '/{x}:cancel', '/files/{path*}', '/a{'])(
    '%s is read and written',
    (path) => {
      expect(formatTemplate(parseTemplate(path))).toBe(path);
    },
  );

  test('shape forgets names', () => {
    expect(shape('/users/{userId}/files/{path*}')).toBe(shape('/users/{id}/files/{rest*}'));
    expect(shape('/users/{id}')).not.toBe(shape('/users/{id*}'));
    expect(paramNames('/users/{userId}/files/{path*}')).toEqual(['userId', 'path']);
  });
});

test.each([
  ['api.eu.shop.example:8080', 'shop.example'],
  ['*.shop.example', 'shop.example'],
  ['api.acme.co.uk', 'acme.co.uk'],
  ['shop.io', 'shop.io'],
  ['orders', null],
  ['orders.svc.cluster.local', null],
  ['10.0.0.7:80', null],
  ['[::1]:80', null],
])('registeredDomain(%s) is %s', (host, domain) => expect(registeredDomain(host)).toBe(domain));

const integer: Param = { name: 'id', in: 'path', type: 'integer' };

test.each<[string, Param, boolean]>([
  ['7', integer, true],
  ['me', integer, false],
  ['{integer}', integer, true],
  ['{uuid}', integer, false],
  ['a', { name: 'x', in: 'path', enum: ['a', 'b'] }, true],
  ['c', { name: 'x', in: 'path', enum: ['a', 'b'] }, false],
  ['abc', { name: 'x', in: 'path', pattern: '^[0-9]+$' }, false],
  ['aaaa', { name: 'x', in: 'path', pattern: '^(a+)+$' }, true],
  [`${'a'.repeat(100)}!`, { name: 'x', in: 'path', pattern: '^(a|aa)+$' }, true],
  [`${'a'.repeat(100)}!`, { name: 'x', in: 'path', pattern: '^(?:a?){60}a{60}$' }, true],
  ['2024-05-01', { name: 'x', in: 'path', format: 'date' }, true],
  ['x', { name: 'x', in: 'path', format: 'uuid' }, false],
])('fits(%s, %o) is %s', (value, param, fit) => expect(fits(value, param)).toBe(fit));

describe('TemplateIndex', () => {
  const index = new TemplateIndex<string>();
  for (const path of ['/users/{id}', '/users/me', '/users/{id}/{kind}', '/files/{path*}', '/files/{id}.json', '/']) {
    index.add(path, path);
  }
  index.add('/orders/{id}', '/orders/{id}', [integer]);

  test.each([
    ['/users/me', ['/users/me', '/users/{id}']],
    ['/users/7', ['/users/{id}']],
    ['/users/{integer}', ['/users/{id}']],
    ['/users/7/photos', ['/users/{id}/{kind}']],
    ['/files/7.json', ['/files/{id}.json', '/files/{path*}']],
    ['/files/a/b/c', ['/files/{path*}']],
    ['/files', []],
    ['/orders/7', ['/orders/{id}']],
    ['/orders/export', []],
    ['/', ['/']],
  ])('%s', (path, templates) => expect(index.match(path).map((match) => match.template)).toEqual(templates));

  test('a hostile set of templates is bounded', () => {
    const hostile = new TemplateIndex<number>();
    for (let bits = 0; bits < 4_096; bits++) {
      const path = Array.from({ length: 12 }, (_, i) => ((bits >> i) & 1 ? '{a}' : 'a')).join('/');
      hostile.add(`/${path}`, bits);
    }
    expect(hostile.match(`/${'a/'.repeat(11)}a`).length).toBeLessThanOrEqual(4_096);
  });
});

test('splitting and joining a normal path changes nothing', () => {
  fc.assert(
    fc.property(fc.webPath(), (text) => {
      const path = normalisePath(text);
      expect(`/${splitPath(path).join('/')}`).toBe(path);
    }),
  );
});

test.each([
  ['*', 'code/orders', true],
  ['code/*', 'code/orders', true],
  ['specs/Orders API (v?)', 'specs/Orders API (v2)', true],
  ['*orders', 'code/orders/x', false],
  ['a*b*c', 'a-b-b-c', true],
  ['', '', true],
  ['', 'a', false],
  ['a**', 'a', true],
  [`${'*a'.repeat(30)}*b`, 'a'.repeat(5_000), false],
])('the glob %s on %s', (glob, name, expected) => {
  expect(matchesName(glob, name)).toBe(expected);
});
