import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Framing, requestFraming, responseFraming } from '#collectors/capture/http1/framing';
import type { Head } from '#collectors/capture/http1/head';
import { Heads } from '#collectors/capture/http1/heads';
import { Http1Stream } from '#collectors/capture/http1/stream';

/** What a stream tells of bytes that come in these pieces, and what it still holds. */
function tell(pieces: readonly Buffer[]): { told: unknown[]; held: number; most: number } {
  const told: unknown[] = [];
  const budget = { held: 0 };
  const framing = (head: Head, declared: Framing): Framing =>
    head.kind === 'request' ? requestFraming(declared) : responseFraming(head.status, declared, 'GET');
  const stream = new Http1Stream(
    0,
    {
      head: (_side, head, declared, { seq }) => {
        told.push({ ...head, headers: [...head.headers], declared, seq });
        return framing(head, declared);
      },
      ended: (_side, length) => told.push(length),
      lost: (_side, gap) => told.push(gap ? 'gap' : 'lost'),
    },
    new Heads(false),
    budget,
  );
  let seq = 0;
  let most = 0;
  for (const bytes of pieces) {
    stream.feed({ bytes, from: 0, to: bytes.length, ref: 1, at: 0, seq, ack: null });
    seq += bytes.length;
    most = Math.max(most, budget.held);
  }
  stream.end();
  return { told, held: budget.held, most };
}

function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));
}

const eol = fc.constantFrom('\r\n', '\n');
const body = fc.string({ maxLength: 60 });
const fields = fc.array(
  fc.constantFrom(
    'Accept: */*',
    'X-A:',
    'Cookie: a=b',
    'no colon',
    ' folded',
    'Host: h',
    'Expect: 100-continue',
    ': x',
  ),
  { maxLength: 6 },
);

function framed(start: string, lines: string[], end: string, text: string, chunks: boolean): string {
  const content = Buffer.from(text).toString('latin1');
  const length = chunks ? 'Transfer-Encoding: chunked' : `Content-Length: ${content.length}`;
  const middle = Math.floor(content.length / 2);
  const chunk = (part: string) => (part === '' ? '' : `${part.length.toString(16)};x=y${end}${part}${end}`);
  const sent = chunks
    ? `${chunk(content.slice(0, middle))}${chunk(content.slice(middle))}0${end}T: 1${end}${end}`
    : content;
  return [start, ...lines, length, '', ''].join(end) + sent;
}

const requests = fc
  .array(
    fc
      .tuple(fc.constantFrom('GET', 'POST', 'M-SEARCH'), fc.webPath(), fields, eol, body, fc.boolean())
      .map(([method, path, lines, end, text, chunks]) =>
        framed(`${method} ${path || '/'} HTTP/1.1`, lines, end, text, chunks),
      ),
    { minLength: 1, maxLength: 5 },
  )
  .map((messages) => messages.join('\r\n'));

const responses = fc
  .array(
    fc
      .tuple(fc.constantFrom(100, 200, 204, 304, 404), fields, eol, body, fc.boolean())
      .map(([status, lines, end, text, chunks]) => {
        const bodiless = status < 200 || status === 204 || status === 304;
        const start = `HTTP/1.1 ${status} x`;
        return bodiless ? framed(start, lines, end, '', false) : framed(start, lines, end, text, chunks);
      }),
    { minLength: 1, maxLength: 5 },
  )
  .map((messages) => messages.join(''));

describe('a stream', () => {
  test('tells the same however its bytes are split', () => {
    fc.assert(
      fc.property(fc.oneof(requests, responses), fc.array(fc.nat(2_000), { maxLength: 40 }), (text, cuts) => {
        const bytes = Buffer.from(text, 'latin1');
        const whole = tell([bytes]);
        expect(whole.told.length).toBeGreaterThan(0);
        expect(tell(split(bytes, cuts)).told).toEqual(whole.told);
        expect(tell([...bytes].map((byte) => Buffer.from([byte]))).told).toEqual(whole.told);
      }),
      { numRuns: 500 },
    );
  });

  test('of anything at all never throws, and holds no more than a head and nothing at its end', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          'GET ',
          'HTTP/1.1 200 ',
          '\r\n',
          '\n\n',
          'Content-Length: ',
          '5',
          ' HTTP/1.1',
          'Transfer-Encoding: chunked\r\n',
          ':',
        )
        .map((text) => Buffer.from(text)),
      fc.constant(Buffer.alloc(80_000, 'a')),
    );
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 30 }), (pieces) => {
        const { held, most } = tell(pieces);
        expect(held).toBe(0);
        expect(most).toBeLessThanOrEqual(65_536);
      }),
      { numRuns: 500 },
    );
  });

  test('in pieces of one byte a head of 64 KiB costs no more than its length', () => {
    const bytes = Buffer.from(`GET /${'a'.repeat(60_000)} HTTP/1.1\r\nHost: h\r\n\r\n`);
    expect(tell([...bytes].map((byte) => Buffer.from([byte]))).told.length).toBe(2);
  });
});
