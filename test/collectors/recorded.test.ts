import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BurpItem } from '#collectors/burp/item';
import { Items } from '#collectors/burp/items';
import { javaTimeOf } from '#collectors/burp/time';
import { MitmproxyFlow } from '#collectors/mitmproxy/flow';
import { Netstrings } from '#collectors/mitmproxy/netstrings';
import { Executions } from '#collectors/postman/executions';
import type { Exchange } from '#collectors/traffic/exchange';
import type { LogFormat, NoExchange } from '#collectors/traffic/log/format';
import { JsonObjects } from '#collectors/traffic/log/json-objects';
import type { Splitter } from '#collectors/traffic/log/lines';
import { flow } from './mitmproxy/tagged.ts';

const here = { host: '', zone: 0 };

function readAll(
  bytes: Buffer,
  splitter: Splitter,
  format: LogFormat,
  size = bytes.length || 1,
): (Exchange | NoExchange)[] {
  const found: (Exchange | NoExchange)[] = [];
  for (let at = 0; at < bytes.length; at += size)
    splitter.push(bytes.subarray(at, at + size), (record, ref) => void found.push(format.read(record, ref)));
  return found;
}

const fixture = (name: string) => readFileSync(new URL(name, import.meta.url));
const kinds: [string, Buffer, () => [Splitter, LogFormat]][] = [
  ['mitmproxy', fixture('mitmproxy/fixtures/shop.flow'), () => [new Netstrings(), new MitmproxyFlow(here)]],
  ['burp', fixture('burp/fixtures/items.xml'), () => [new Items(), new BurpItem(here)]],
  ['postman', fixture('postman/fixtures/run.json'), () => [new JsonObjects(3), new Executions(here)]],
];

test.each(kinds)('%s: the same, whatever the pieces', (_, bytes, make) => {
  const whole = readAll(bytes, ...make());
  expect(whole.filter((read) => typeof read === 'object').length).toBeGreaterThanOrEqual(2);
  for (const size of [1, 3, 7, 100]) expect(readAll(bytes, ...make(), size)).toEqual(whole);
});

test.each(kinds)('%s: bytes that are changed never throw', (_, bytes, make) => {
  const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(changes, (all) => {
      const changed = Buffer.from(bytes);
      for (const [at, byte] of all) changed[at] = byte;
      readAll(changed, ...make());
    }),
  );
});

test('flows of mitmproxy 11', () => {
  const [orders, created, feed, tcp] = readAll(kinds[0]![1], ...kinds[0]![2]());
  expect(orders).toMatchObject({
    at: 1_772_443_800_250,
    scheme: 'https',
    method: 'GET',
    host: 'api.acme.example',
    target: '/v2/orders/1042?page=2',
    status: 200,
    version: '1.1',
    client: '203.0.113.7',
    responseLength: 11,
    requestHeaders: new Map([
      ['host', 'api.acme.example'],
      ['authorization', 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2ln'],
      ['content-length', '0'],
    ]),
  });
  expect((orders as Exchange).latency).toBeCloseTo(12.5, 2);
  expect(created).toMatchObject({ method: 'POST', status: 201, requestLength: 30 });
  expect(feed).toMatchObject({ protocol: 'websocket', status: 101, messages: { sent: 1, received: 2 } });
  expect(tcp).toBe('aside');
});

test('flows without an answer, and of older versions', () => {
  const read = (more: object) =>
    readAll(Buffer.from(flow('/x', more), 'latin1'), new Netstrings(), new MitmproxyFlow(here))[0];
  expect(read({ response: null })).toMatchObject({ status: 0, responseLength: null });
  expect(read({ client_conn: { address: ['192.0.2.1', 1] } })).toMatchObject({
    client: '192.0.2.1',
    host: 'api.acme.example:443',
  });
  expect(read({ type: 'dns' })).toBe('aside');
  expect(read({ request: {} })).toBe('foreign');
});

test('items of Burp', () => {
  expect(readAll(kinds[1]![1], ...kinds[1]![2]())[0]).toMatchObject({
    at: Date.UTC(2026, 2, 2, 9, 30),
    scheme: 'https',
    method: 'GET',
    host: 'api.acme.example',
    target: '/v2/orders/1042?api_key=0F1E2D3C4B5A69788796',
    status: 200,
    version: '1.1',
    responseLength: 2,
  });
  const plain = `<item><time>Mon Mar 02 09:30:00 UTC 2026</time><host>h.example</host><port>8080</port><protocol>http</protocol>
<request base64="false">POST /a&amp;b HTTP/2\r\nX: 1\r\n\r\nbody</request></item>`;
  expect(new BurpItem(here).read(plain, 1)).toMatchObject({
    host: 'h.example:8080',
    target: '/a&b',
    version: '2',
    status: 0,
    requestLength: 4,
  });
  expect(new BurpItem(here).read('<item></item>', 1)).toBe('foreign');
});

test.each([
  ['Mon Mar 02 10:30:00 CET 2026', Date.UTC(2026, 2, 2, 9, 30)],
  ['Mon Mar 02 10:30:00 GMT+01:00 2026', Date.UTC(2026, 2, 2, 9, 30)],
  ['Mon Mar 02 10:30:00 XYZ 2026', Date.UTC(2026, 2, 2, 8, 30)],
  ['2 March', Number.NaN],
])('%s', (text, at) => expect(javaTimeOf(text, 120)).toBe(at));

test('executions of Newman', () => {
  const read = readAll(kinds[2]![1], ...kinds[2]![2]()).filter((each) => each !== 'aside');
  expect(read).toMatchObject([
    {
      at: Date.UTC(2026, 2, 2, 9, 30),
      method: 'GET',
      target: 'https://api.acme.example/v2/orders/1042?page=2',
      status: 200,
      latency: 42,
    },
    { method: 'POST', target: 'https://api.acme.example/v2/orders?page=2', status: 201 },
  ]);
});
