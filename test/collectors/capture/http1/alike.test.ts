import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { declaredFraming } from '#collectors/capture/http1/framing';
import { parseHead } from '#collectors/capture/http1/head';
import { Heads } from '#collectors/capture/http1/heads';
import { HeadScan } from '#collectors/capture/http1/scan';
import { capturedPath } from '#collectors/traffic/captured-path';
import type { Exchange } from '#collectors/traffic/exchange';
import { kindOf } from '#collectors/traffic/kind';
import { protocolOf } from '#collectors/traffic/protocol';

const segment = fc.constantFrom(
  ...[
    'users',
    'Users',
    'v1',
    'v2',
    '2.1',
    '42',
    '7',
    '0',
    '2026-01-02',
    '2026-13-02',
    '550e8400-e29b-41d4-a716-446655440000',
  ],
  ...[
    'deadbeef01',
    'DEADBEEF01',
    'deadbeef',
    'dead1beef',
    'ord_8f3k2',
    'ord_8f3k',
    'INV-2024-00017',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  ],
  ...[
    'aB3dE5fG7hI9jK1l',
    'big-red-lamp-12',
    'a%20b',
    'x;jsessionid=1',
    '..',
    '',
    'graphql',
    'app.js',
    '1,2',
    '1.2.3.4',
    '3.14',
    '-5',
  ],
  ...['eyJhbGciOiJIUzI1NiJ9.e30.c2ln', 'ann@example.com', `${'9'.repeat(600)}`, 'rpc', 'p2p', 'oauth2', '\u00e9'],
  ...['acme.v1.Users', 'Get', 'MigrateS3ToS4ForV2', 'ExportV1ToV2OfB2B', 'ord_8f3k9', 'eyJhbGciOiJIUzI1NiJ9.e30.js'],
);
const pair = fc.constantFrom(
  ...[
    'a=1',
    'a=',
    'a',
    'page=2',
    'page=zwei',
    'api_key=x',
    'api_key=',
    'key=abc',
    'key=aB3dE5fG7hI9jK1l',
    'token=1',
    'Code=550e8400',
  ],
  ...[
    'access_token=t',
    'sig=1',
    '',
    '=',
    'q=a+b',
    'q=%C3%A9',
    '123=4',
    'a#b',
    'secret',
    'keys=1',
    'since=2026-01-02T03%3A04',
    'connect=v1',
    'connect=v2',
    'connect',
    'api%5Fkey=x',
    'api%5Fkey=',
    '%6bey=aB3dE5fG7hI9jK1l',
    'key=aB3dE5fG7hI9%6aK1l',
    'constructor=1',
  ],
);
const target = fc
  .tuple(fc.array(segment, { maxLength: 4 }), fc.array(pair, { maxLength: 3 }), fc.boolean())
  .map(([segments, pairs, query]) => `/${segments.join('/')}${query ? `?${pairs.join('&')}` : ''}`);
const field = fc.constantFrom(
  ...['Host: h', 'host: H', 'HOST: other.example:8080', 'X-A: 1', 'x-api-key: k', 'X-Api-Key:', 'X-Api-Key: other'],
  ...[
    'Authorization: Bearer abc',
    'authorization: bearer xyz',
    'Authorization: Basic abc',
    'Authorization: abc',
    'Authorization:',
  ],
  ...[
    'Authorization: aVeryLongOpaqueKeyWithoutAScheme',
    'Cookie: sid=1',
    'Cookie: theme=dark',
    'Cookie: theme=dark; session=2',
    'Cookie: a',
  ],
  ...[
    'User-Agent: curl/8.1',
    'User-Agent: curl/7.0',
    'User-Agent: kube-probe/1.2',
    'User-Agent: Mozilla/5.0 Firefox',
    'User-Agent:',
  ],
  ...[
    'Content-Type: application/json',
    'Content-Type: application/json; charset=utf-8',
    'Content-Type: multipart/form-data; boundary=x',
    'Content-Type: application/grpc-web+proto',
    'Content-Type: application/grpc-web-text',
    'content-type: Application/GRPC',
    'Content-Type: application/connect+json',
    'Content-Type: application/proto',
    'Content-Type: ab',
    'Content-Type: x-api-key',
    'Authorization: ab',
    'Authorization: x-api-key',
    'Connect-Protocol-Version: 1',
    'Expect: 100-continue',
    'X-HTTP-Method-Override: DELETE',
    'Upgrade: a\0websocket',
    'Upgrade: a\0b',
    'grpc-status: 0',
    'grpc-status: 5',
    'grpc-status: 12',
  ],
  ...[
    'Content-Length: 0',
    'Content-Length: 5',
    'Content-Length: x',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip, chunked',
  ],
  ...[
    'Upgrade: websocket',
    'Upgrade: h2c',
    'SOAPAction: "a"',
    'SOAPAction: "b"',
    'Access-Control-Request-Method: GET',
    ' folded',
    'no colon',
  ],
  ...[
    'Deprecation: @1',
    'Deprecation: @2',
    'Sunset: Wed, 11 Nov 2026 11:11:11 GMT',
    'Location: /login',
    'Location: /a',
    'Server: nginx',
  ],
);
const eol = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n');
const method = fc.constantFrom('GET', 'POST', 'get', 'HEAD', 'OPTIONS', 'DELETE');
const version = fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0');
const status = fc.constantFrom(200, 201, 204, 301, 302, 304, 400, 404, 503, 101);

const lines = (start: string, fields: readonly string[], end: string) =>
  Buffer.from(`${[start, ...fields].join(end)}${end}${end}`, 'latin1');
const request = fc
  .tuple(method, target, version, fc.array(field, { maxLength: 5 }), eol)
  .map(([name, path, http, fields, end]) => lines(`${name} ${path} ${http}`, fields, end));
const response = fc
  .tuple(version, status, fc.array(field, { maxLength: 5 }), eol)
  .map(([http, code, fields, end]) => lines(`${http} ${code} Reason`, fields, end));

/** All that is counted of an exchange, as text. */
function counted(asked: Buffer, answered: Buffer | null): string | null {
  const head = parseHead(asked, 0, asked.length, true)?.head;
  const answer = answered === null ? undefined : parseHead(answered, 0, answered.length, true)?.head;
  if (head?.kind !== 'request' || (answered !== null && answer?.kind !== 'response')) return null;
  const exchange: Exchange = {
    at: 0,
    ref: 1,
    scheme: 'http',
    method: head.method.toUpperCase(),
    host: head.host ?? '',
    target: head.target,
    status: answer?.kind === 'response' ? answer.status : 0,
    requestHeaders: head.headers,
    responseHeaders: answer?.headers ?? new Map(),
    responseLength: null,
    client: '',
    version: head.version,
    marks: head.marks ?? answer?.marks ?? undefined,
  };
  // Parameters that are no credentials are told beside the key.
  const { query: _, ...kind } = kindOf(exchange);
  const preflight = head.headers.has('access-control-request-method');
  return JSON.stringify([exchange.host, protocolOf(exchange), capturedPath(exchange.target), preflight, kind]);
}

const ok = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n');
const get = Buffer.from('GET /users/1 HTTP/1.1\r\nHost: h\r\n\r\n');

describe('heads that are alike', () => {
  test('requests of one key are the same in all that is counted', () => {
    const known = new Map<string, string>();
    const scan = new HeadScan();
    fc.assert(
      fc.property(request, (bytes) => {
        if (!scan.request(bytes, 0, bytes.length)) return;
        expect(scan.end).toBe(bytes.length);
        const text = counted(bytes, ok);
        expect(text).not.toBeNull();
        const key = `${scan.one} ${scan.other}`;
        expect(known.get(key) ?? text).toBe(text);
        known.set(key, text!);
      }),
      { numRuns: 20_000 },
    );
    // Few enough that most were met more than once.
    expect(known.size).toBeLessThan(12_000);
  });

  test('responses too, but for where they lead', () => {
    const known = new Map<string, string>();
    const scan = new HeadScan();
    fc.assert(
      fc.property(response, (bytes) => {
        if (!scan.response(bytes, 0, bytes.length) || scan.leads) return;
        const text = counted(get, bytes);
        expect(text).not.toBeNull();
        const key = `${scan.one} ${scan.other}`;
        expect(known.get(key) ?? text).toBe(text);
        known.set(key, text!);
      }),
      { numRuns: 5_000 },
    );
  });

  test('their bodies end as the full parser says', () => {
    const scan = new HeadScan();
    fc.assert(
      fc.property(fc.oneof(request, response), (bytes) => {
        const isRequest = scan.request(bytes, 0, bytes.length);
        if (!isRequest && !scan.response(bytes, 0, bytes.length)) return;
        const { head } = parseHead(bytes, 0, bytes.length, true)!;
        expect(head.kind).toBe(isRequest ? 'request' : 'response');
        expect(scan.declared).toBe(declaredFraming(head.headers, true));
      }),
      { numRuns: 5_000 },
    );
  });

  test('any bytes, cut anywhere, are read within their bounds or left to the full parser', () => {
    const scan = new HeadScan();
    fc.assert(
      fc.property(
        fc.oneof(request, response, fc.uint8Array({ maxLength: 80 }).map(Buffer.from)),
        fc.nat(),
        (bytes, cut) => {
          const to = cut % (bytes.length + 1);
          for (const found of [scan.request(bytes, 0, to), scan.response(bytes, 0, to)])
            expect(!found || (scan.end > 0 && scan.end <= to)).toBe(true);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  const lineOf = (path: string, more = '') => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: h\r\n${more}\r\n`);

  test.each([
    ['ids of one type', '/users/1', '/users/77', true],
    ['ULIDs', '/users/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/users/01bx5zzkbkactav9wevgemmvrz', true],
    ['what is nearly one', '/users/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/users/81ARZ3NDEKTSV4RRFFQ69G5FAV', false],
    ['values of parameters', '/users?page=1&q=a', '/users?q=bbb&page=2', true],
    ['words', '/users/me', '/users/you', false],
    ['types', '/users/1', '/users/550e8400-e29b-41d4-a716-446655440000', false],
    ['credentials in the query', '/users?api_key=1', '/users?page=1', false],
  ])('%s: %s and %s are one object: %s', (_, one, other, same) => {
    const heads = new Heads(true);
    const read = (path: string) => heads.request(lineOf(path), 0, lineOf(path).length);
    // One that is met once is not kept.
    expect(read(one)?.likes).toBeNull();
    expect(read(one)?.likes).not.toBeNull();
    if (!same) read(other);
    expect(read(one) === read(other)).toBe(same);
  });

  test('one with a parameter that none before had is read by itself, once', () => {
    const heads = new Heads(true);
    const read = (path: string) => heads.request(lineOf(path), 0, lineOf(path).length)!;
    read('/users?page=1');
    const first = read('/users?page=1');
    const fresh = read('/users?page=1&size=2');
    expect(fresh).not.toBe(first);
    expect(fresh.target).toBe('/users?page=1&size=2');
    expect(fresh.likes).toBeNull();
    expect(read('/users?size=9')).toBe(first);
  });

  test('one without a host is alike to none, and has all of its fields for who looks into it', () => {
    const bytes = Buffer.from('GET /a HTTP/1.0\r\nX-Of-No-Account: 1\r\n\r\n');
    const heads = new Heads(true);
    for (let times = 0; times < 3; times++) {
      expect(heads.request(bytes, 0, bytes.length)).toMatchObject({ partial: true, likes: null });
      expect(heads.own()?.headers.has('x-of-no-account')).toBe(true);
    }
  });

  test('each has its own for who wants them so', () => {
    const heads = new Heads(false);
    const read = () => heads.request(lineOf('/users/1'), 0, lineOf('/users/1').length)!;
    expect(read()).not.toBe(read());
    expect(read().likes).toBeNull();
  });

  test.each([
    ['more than there is room for', '', 17_000],
    ['those that take more memory than there is', `X-Long: ${'x'.repeat(7_000)}\r\n`, 4_000],
  ])('%s are met anew', (_, more, count) => {
    const heads = new Heads(true);
    const read = (i: number) => {
      const path = `/${[...String(i)].map((digit) => 'abcdefghij'[Number(digit)]).join('')}`;
      const bytes = lineOf(path, more);
      return heads.request(bytes, 0, bytes.length)!;
    };
    read(0);
    const first = read(0);
    expect(read(0)).toBe(first);
    for (let i = 0; i < count * 2; i++) read(i >> 1);
    read(0);
    expect(read(0)).not.toBe(first);
    expect(read(0)).toBe(read(0));
  });

  test.each([
    ['a long one', `X-Long: ${'x'.repeat(9_000)}\r\n`],
    ['one of very many fields', 'a:\r\n'.repeat(1_000)],
  ])('%s is not kept', (_, more) => {
    const heads = new Heads(true);
    const bytes = lineOf('/a', more);
    const read = () => heads.request(bytes, 0, bytes.length)!;
    expect(read()).not.toBe(read());
    expect(read().likes).toBeNull();
  });
});
