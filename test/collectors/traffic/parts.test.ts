import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deprecationDate, httpDate, isHealthPath, isStatic, redirectKind } from '#collectors/traffic/answer';
import { capturedPath } from '#collectors/traffic/captured-path';
import { mechanismsOf } from '#collectors/traffic/credentials';
import { normaliseHost } from '#collectors/traffic/host';
import { mediaType } from '#collectors/traffic/media-type';
import { protocolOf } from '#collectors/traffic/protocol';
import { isParameterName, joinTypes, queryPairs, valueType } from '#collectors/traffic/query';
import { normalisePath } from '#path/normalise';
import { exchange } from './exchanges.ts';

test.each([
  ['API.Acme.com', 'https', 'api.acme.com'],
  ['api.acme.com:443', 'https', 'api.acme.com'],
  ['api.acme.com:443', 'http', 'api.acme.com:443'],
  ['api.acme.com:80', 'http', 'api.acme.com'],
  ['api.acme.com:80', null, 'api.acme.com'],
  ['api.acme.com:8080', null, 'api.acme.com:8080'],
  ['api.acme.com:08080', 'http', 'api.acme.com:8080'],
  ['api.acme.com:', 'http', 'api.acme.com'],
  ['api.acme.com.', 'http', 'api.acme.com'],
  ['api.acme.com.:8443', 'http', 'api.acme.com:8443'],
  ['ann:secret@api.acme.com', 'http', 'api.acme.com'],
  ['10.0.0.1:80', 'http', '10.0.0.1'],
  ['[2001:DB8:0:0::1]:443', 'https', '[2001:db8::1]'],
  ['[::1]:8080', 'http', '[::1]:8080'],
  ['::1', 'http', '[::1]'],
  ['münchen.example', 'http', 'xn--mnchen-3ya.example'],
  ['my_service', 'http', 'my_service'],
  ['', 'http', ''],
  ['a b', 'http', null],
  ['a\r\nx', 'http', null],
  ['a/b', 'http', null],
  ['a..b', 'http', null],
  ['.', 'http', null],
  ['*', 'http', null],
  ['{jndi:ldap://x}', 'http', null],
  ['[::1', 'http', null],
  ['[zz]', 'http', null],
  ['a:0', 'http', null],
  ['a:70000', 'http', null],
  ['a:b', 'http', null],
  ['x'.repeat(256), 'http', null],
  ['x'.repeat(100_000), 'http', null],
] as const)('the host of %s over %s is %s', (authority, scheme, host) => {
  expect(normaliseHost(authority, scheme)).toBe(host);
});

describe('capturedPath', () => {
  test.each([
    ['/orders/42?x=1', '/orders/{integer}'],
    ['/users/9f1c2d3e-0000-4000-8000-1234567890ab/', '/users/{uuid}'],
    ['/v2/orders', '/v2/orders'],
    ['/users/ann@example.com', '/users/{email}'],
    ['/users/ann%40example.com', '/users/{string}'],
    ['/mail/to:ann@example.com', '/mail/{email}'],
    ['/mail/ann@example.com:send', '/mail/{string}'],
    ['/reset/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '/reset/{jwt}'],
    ['/reset/token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '/reset/{string}'],
    ['/k/key:sk_l1ve_4eC39HqLyjWDarjtT1zdp7dc', '/k/{string}'],
    ['/a/{id}', '/a/{string}'],
    ['/a/{id*}', '/a/{string}'],
    ['/a/x{', '/a/{string}'],
    ['/a/<script>', '/a/{string}'],
    ['/a/%zz', '/a/{string}'],
    ['/größe', '/{string}'],
    ['/a b', '/{string}'],
    ['/a\u0000b/c', '/{string}/c'],
    ['/\ud800', '/{string}'],
    ['/a;jsessionid=secret/b', '/a/b'],
    ['http://x.example/a/7', '/a/{integer}'],
    ['/pets/123:cancel', '/pets/123:cancel'],
    ['*', '/'],
    ['example.com:443', '/'],
  ])('%s → %s', (target, path) => expect(capturedPath(target)).toBe(path));

  test('is a well-formed template of printable bytes, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const path = capturedPath(`/${text}`);
        expect(path).toMatch(/^\/[\x21-\x7e]*$/);
        expect(normalisePath(path)).toBe(path);
        expect(path.replace(/\{[a-z0-9-]+\}/g, '')).not.toMatch(/[{}]/);
      }),
    );
  });
});

test.each([
  ['application/json; charset=utf-8', 'application/json'],
  ['TEXT/HTML', 'text/html'],
  ['text/html, text/plain', 'text/html'],
  ['nonsense', null],
  ['text/<script>', null],
  [undefined, null],
  ['canaryq9zx7kd2lm4vt8/x', null],
  ['application/vnd.q9Zx7Kd2Lm4Vt8Wp3', null],
])('the media type of %s is %s', (header, type) => expect(mediaType(header)).toBe(type));

describe('credentials', () => {
  test.each([
    [{ authorization: 'Bearer abc' }, '', ['bearer']],
    [{ authorization: 'basic abc' }, '', ['basic']],
    [{ authorization: 'AWS4-HMAC-SHA256 Credential=x' }, '', ['signature']],
    [{ authorization: 'Hunter2 Something' }, '', ['other']],
    [{ authorization: '4f1f9c0a' }, '', ['apiKey']],
    [{ 'x-api-key': 'k' }, '', ['apiKey']],
    [{ 'ocp-apim-subscription-key': 'k' }, '', ['apiKey']],
    [{ 'x-auth-token': 'k' }, '', ['apiKey']],
    [{ 'x-csrf-token': 'k' }, '', []],
    [{ 'x-request-id': 'k' }, '', []],
    [{ cookie: '_ga=1; JSESSIONID=2' }, '', ['cookie']],
    [{ cookie: '_ga=1; theme=dark; csrftoken=2' }, '', []],
    [{}, '?api_key=1', ['apiKey']],
    [{}, '?access_token=1', ['bearer']],
    [{}, '?key=name', []],
    [{}, '?key=AIzaSyD4x9Q7b2K1m8N5c3V6z0', ['apiKey']],
    [{}, '?api_key=', []],
    [{ authorization: '' }, '', []],
  ])('%o %s', (asked, query, mechanisms) => {
    const one = exchange({ asked: asked as Record<string, string>, target: `/${query}` });
    expect(mechanismsOf(one, queryPairs(one.target))).toEqual(mechanisms);
  });
});

describe('query', () => {
  test.each([
    ['limit=1', ['limit']],
    ['filter%5Bname%5D=x&$top=1', ['filter[name]', '$top']],
    ['wsdl', ['wsdl']],
    ['ann@example.com', []],
    ['ann@example.com=1', []],
    ['4eC39HqLyjWDarjtT1zdp7dc=1', []],
    ['12345=1', []],
    ['a%20b=1', []],
    ['%zz=1', []],
    [`${'x'.repeat(65)}=1`, []],
    ['=1&&', []],
  ])('names of ?%s', (query, names) => {
    expect(
      queryPairs(`/?${query}#f`)
        .filter(isParameterName)
        .map((pair) => pair.name),
    ).toEqual(names);
  });

  test.each([
    ['1', 'integer'],
    ['true', 'boolean'],
    ['asc', 'string'],
    ['', 'string'],
    ['2024-01-31', 'date'],
  ])('the type of %s is %s', (value, type) => expect(valueType(value)).toBe(type));

  test('types join in any order', () => {
    const type = fc.constantFrom('integer', 'number', 'uuid', 'date', 'string', 'boolean');
    fc.assert(
      fc.property(type, type, type, (a, b, c) => {
        expect(joinTypes(a, b)).toBe(joinTypes(b, a));
        expect(joinTypes(joinTypes(a, b), c)).toBe(joinTypes(a, joinTypes(b, c)));
      }),
    );
  });
});

test.each([
  ['/account', 302, '/login?next=/account', 'login'],
  ['/account', 302, 'https://accounts.example.com/x', 'login'],
  ['/account', 303, '/realms/acme/protocol/openid-connect/auth', 'login'],
  ['/login', 302, '/login?again', null],
  ['/orders', 301, '/orders/', 'canonical'],
  ['/orders', 301, 'https://www.acme.com/orders', 'canonical'],
  ['/Orders', 308, '/orders', 'canonical'],
  ['/orders', 303, '/orders/7', null],
  ['/orders', 200, '/orders/', null],
  ['/orders', 304, '/orders', null],
  ['/orders', 302, 'http://[', null],
  ['/blog', 302, '/catalogin', null],
])('%s answered %i to %s is %s', (target, status, location, kind) => {
  expect(redirectKind(exchange({ target, status, answered: { location } }))).toBe(kind);
});

test.each([
  ['/app.js?v=1', 'text/javascript', true],
  ['/app.js', 'application/json', false],
  ['/orders', 'image/png', false],
  ['/a/logo.PNG', 'image/png', true],
  ['/report.json', 'application/json', false],
  ['/x.css', null, false],
])('%s as %s is static: %s', (target, type, is) => expect(isStatic(target, type)).toBe(is));

test.each([
  ['/health', 'GET', true],
  ['/api/v1/healthz', 'GET', true],
  ['/actuator/health/liveness', 'GET', true],
  ['/ping', 'GET', true],
  ['/ping', 'POST', false],
  ['/devices/{integer}/ping', 'GET', false],
  ['/status', 'GET', false],
  ['/healthcare', 'GET', false],
])('%s by %s is health: %s', (path, method, is) => expect(isHealthPath(path, method)).toBe(is));

test.each([
  ['@1688169599', 1_688_169_599_000],
  ['@1688169599;x=1', 1_688_169_599_000],
  ['@-1', -1_000],
  ['Sun, 11 Nov 2018 23:59:59 GMT', Date.UTC(2018, 10, 11, 23, 59, 59)],
  ['true', null],
  ['?1', null],
  ['1688169599', null],
  ['@999999999999', 999_999_999_999_000],
  ['Xyz, 99 Nov 2018 23:59:59 GMT', null],
  [undefined, null],
])('Deprecation: %s is %s', (header, time) => expect(deprecationDate(header)).toBe(time));

test('a sunset is an HTTP date', () => {
  expect(httpDate('Sat, 31 Dec 2033 23:59:59 GMT')).toBe(Date.UTC(2033, 11, 31, 23, 59, 59));
  expect(httpDate('2033-12-31')).toBeNull();
});

test.each([
  [{}, 'http'],
  [{ asked: { 'content-type': 'application/grpc+proto' }, method: 'POST' }, 'grpc'],
  [{ status: 101, answered: { upgrade: 'WebSocket' } }, 'websocket'],
  [{ status: 101, answered: { upgrade: 'h2c' } }, 'http'],
  [{ scheme: 'wss' }, 'websocket'],
  [{ method: 'POST', target: '/api/graphql?x' }, 'graphql'],
  [{ method: 'GET', target: '/graphql' }, 'http'],
  [{ method: 'POST', target: '/q', asked: { 'content-type': 'application/graphql' } }, 'graphql'],
  [{ method: 'POST', asked: { soapaction: '"x"' } }, 'soap'],
  [{ method: 'POST', asked: { 'content-type': 'application/json-rpc' } }, 'jsonrpc'],
] as const)('%o is %s', (told, protocol) => expect(protocolOf(exchange(told))).toBe(protocol));
