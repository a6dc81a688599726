import fc from 'fast-check';
import { expect, test } from 'vitest';
import { declaredFormats } from '#collectors/accesslog/declared';
import type { Exchange } from '#collectors/traffic/exchange';
import { Fold } from '#collectors/traffic/fold';
import type { LogFormat, NoExchange } from '#collectors/traffic/log/format';
import { Lines } from '#collectors/traffic/log/lines';
import { Texts } from '#collectors/traffic/log/texts';
import { lotOf } from '#collectors/traffic/sampling';

const here = { host: 'api.acme.example', zone: 0 };
const combined =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time $host';

function format(): LogFormat {
  const made = declaredFormats(combined, here);
  if (typeof made === 'string') throw new Error(made);
  return made[0]!;
}

const agents = [
  '-',
  'curl/8.5.0',
  'curl/7.0',
  'Mozilla/5.0 (X11; Linux x86_64) Chrome/100.0.0.0',
  'Mozilla/5.0 (X11; Linux x86_64) Chrome/101.0.0.0',
  'Mozilla/5.0 (compatible; Googlebot/2.1)',
  'kube-probe/1.29',
  'Pingdom.com_bot',
  'x'.repeat(300),
  'caf\xc3\xa9/1',
  'a \\x22b\\x22',
];
const targets = [
  '/v2/orders/1',
  '/v2/orders/22?page=3',
  '/v2/orders/a',
  '/health',
  '/caf\xc3\xa9/1',
  '/caf%C3%A9/2',
  '/x\\x22y',
  `/${'y'.repeat(5_000)}`,
  '*',
  'http://other.example/v2/orders/7',
];
const line = fc
  .record({
    client: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1'),
    user: fc.constantFrom('-', 'grace'),
    second: fc.integer({ min: 0, max: 3 }),
    method: fc.constantFrom('GET', 'POST', 'PUT', 'OPTIONS'),
    target: fc.constantFrom(...targets),
    version: fc.constantFrom(' HTTP/1.1', ' HTTP/2.0', ' HTTP/1.0', ''),
    status: fc.constantFrom('200', '201', '302', '404', '500', '-', '20x'),
    agent: fc.constantFrom(...agents),
    host: fc.constantFrom('a.example', 'b.example', '-'),
  })
  .map(
    ({ client, user, second, method, target, version, status, agent, host }) =>
      `${client} - ${user} [02/Mar/2026:10:00:0${second} +0100] "${method} ${target}${version}" ${status} 5 "https://shop.example/" "${agent}" 0.25 ${host}`,
  );

/** Each line as the lines' splitter gives it, with its bytes or without. */
function readAll(lines: readonly string[], withBytes: boolean): (Exchange | NoExchange)[] {
  const reader = format();
  const found: (Exchange | NoExchange)[] = [];
  const text = Buffer.from(`\n${lines.map((each) => `${each}\n`).join('')}`, 'latin1');
  new Lines().push(text, (record, number, _, bytes, at = 0) => {
    if (withBytes && bytes === undefined) throw new Error('a line without its bytes');
    found.push(withBytes ? reader.readLine!(record, number, bytes!, at) : reader.read(record, number));
  });
  return found;
}

test('a line read from its bytes is what it is as text', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      const plain = readAll(lines, false).map(bare);
      expect(readAll(lines, true).map(bare)).toEqual(plain);
    }),
  );
});

test('its lot is that of the exchange', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      for (const read of readAll(lines, true))
        if (typeof read === 'object' && read.lot !== undefined) expect(read.lot).toBe(lotOf(read));
    }),
  );
  const [first] = readAll(['192.0.2.1 - - [02/Mar/2026:10:00:00 +0100] "GET /x HTTP/1.1" 200 5 "-" "-" 1 -'], true);
  expect((first as Exchange).lot).toBeGreaterThanOrEqual(0);
});

test('what is told alike folds as if it were not, whatever program asked', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 80 }), (lines) => {
      const told = new Fold('x');
      const plain = new Fold('x');
      for (const read of readAll(lines, true)) if (typeof read === 'object') told.add(read);
      for (const read of readAll(lines, false)) if (typeof read === 'object') plain.add({ ...read, like: undefined });
      expect(told.sightings()).toEqual(plain.sightings());
      expect(told.summary()).toEqual(plain.summary());
    }),
  );
});

test('texts are those of the line, whatever came before', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '\xff', '\x00'), maxLength: 9 });
  const any = fc.oneof(
    word,
    word.map((text) => text.repeat(40)),
  );
  fc.assert(
    fc.property(fc.array(any, { maxLength: 60 }), fc.nat(5), (words, base) => {
      const texts = new Texts();
      for (const each of [...words, ...words, ...words]) {
        const whole = `<${each}>`;
        const bytes = Buffer.concat([Buffer.alloc(base, 7), Buffer.from(whole, 'latin1')]);
        expect(texts.of(whole, 1, whole.length - 1, bytes, base)).toBe(each);
      }
    }),
  );
});

/** Without what is made for speed alone. */
function bare(read: Exchange | NoExchange): unknown {
  if (typeof read !== 'object') return read;
  const { like: _, lot: __, ...exchange } = read;
  return exchange;
}
