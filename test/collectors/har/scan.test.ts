import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxEntry } from '#collectors/har/kept';
import { EntryScanner, type Found, type ScanEnd } from '#collectors/har/scan';

function scan(text: string | Buffer, piece = 1_048_576): { found: Found[]; end: ScanEnd } {
  const bytes = Buffer.from(text as string);
  const scanner = new EntryScanner();
  const found: Found[] = [];
  // One buffer for all pieces, as a file is read: nothing may be kept of it.
  const buffer = Buffer.alloc(piece);
  for (let at = 0; at < bytes.length; at += piece) {
    const length = bytes.copy(buffer, 0, at, at + piece);
    found.push(...scanner.push(buffer.subarray(0, length)));
  }
  return { found, end: scanner.end() };
}

const entriesOf = (found: readonly Found[]) =>
  found.filter(({ kind }) => kind === 'entry').map(({ text }) => JSON.parse(text!) as unknown);

/** What the scanner leaves out, left out of a value. */
function lean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lean);
  if (value === null || typeof value !== 'object') return value;
  const skipped = ['text', '_initiator', '_webSocketMessages', 'cache', 'params', 'queryString'];
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, skipped.includes(key) ? 0 : lean(inner)]),
  );
}

const key = fc.oneof(
  fc.constantFrom('text', '_initiator', 'cache', 'entries', 'log', 'creator', 'queryString', 'a'),
  fc.string({ maxLength: 20 }).filter((name) => name !== '__proto__'),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('\\', '"', '\\"', '{"log":{"entries":[', ']}', null, true, 1.5e-7),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const object = fc.dictionary(key, value, { maxKeys: 5, noNullPrototype: true });
const log = fc.dictionary(
  fc.oneof(key, fc.constantFrom('pages', 'comment')).filter((name) => name !== 'entries' && name !== 'creator'),
  value,
  { noNullPrototype: true },
);

describe('whatever the document and the pieces', () => {
  test('it finds what a parser finds', () => {
    fc.assert(
      fc.property(
        fc.array(object, { maxLength: 6 }),
        log,
        log,
        log.filter((one) => !('log' in one)),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(undefined, 1, '\t'),
        (entries, before, after, beside, piece, indent) => {
          const document = { ...beside, log: { ...before, entries, ...after } };
          const { found, end } = scan(JSON.stringify(document, null, indent), piece);
          expect(entriesOf(found)).toEqual((JSON.parse(JSON.stringify(entries)) as unknown[]).map(lean));
          expect(end).toMatchObject({
            closed: true,
            entriesMet: true,
            entries: entries.length,
            open: null,
            brokenAt: null,
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  test('bytes without sense are no error, and do not depend on the pieces', () => {
    const soup = fc
      .array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', '"log":{', '"entries":[', 'null', ' ', 'é'), {
        maxLength: 60,
      })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(soup, fc.integer({ min: 1, max: 9 }), (text, piece) => {
        const whole = scan(`{"log":{${text}`);
        const parts = scan(`{"log":{${text}`, piece);
        expect(parts.found).toEqual(whole.found);
        expect({ ...parts.end, bytes: 0 }).toEqual({ ...whole.end, bytes: 0 });
      }),
      { numRuns: 1_000 },
    );
  });
});

test.each<[string, string, Partial<ScanEnd>]>([
  ['nothing', '', { closed: false, entriesMet: false, brokenAt: null }],
  ['no entries', '{"log":{"entries":[]}}', { closed: true, entriesMet: true, entries: 0 }],
  ['another document', '{"openapi":"3.1.0","log":[{"entries":[{}]}]}', { closed: true, entriesMet: false, entries: 0 }],
  ['entries elsewhere', '{"entries":[{}],"log":{"x":{"entries":[{}]}}}', { entriesMet: false, entries: 0 }],
  ['log in another key', '{"x":{"log":{"entries":[{}]}}}', { entriesMet: false, entries: 0 }],
  ['an array', '[{}]', { brokenAt: 0 }],
  ['a byte order mark', '\ufeff{"log":{"entries":[{}]}}', { closed: true, entries: 1, brokenAt: null }],
  ['more after the end', '{"log":{"entries":[{}]}} {"log"', { closed: true, entries: 1, brokenAt: 25 }],
  ['cut in an entry', '{"log":{"entries":[{},{"a":"', { closed: false, entries: 2, open: { number: 2, at: 22 } }],
  ['cut between entries', '{"log":{"entries":[{},', { closed: false, entries: 1, open: null }],
  ['a wrong bracket', '{"log":{"entries":[{}}', { brokenAt: 21, entries: 1 }],
  ['things that are no entries', '{"log":{"entries":[null,"a,]",-1.5e3,[{}],true,{}]}}', { closed: true, entries: 6 }],
])('%s', (_, text, expected) => {
  for (const piece of [1, 7, 4_096]) {
    const { found, end } = scan(text, piece);
    expect(end).toMatchObject(expected);
    expect(found.length).toBe(end.entries - (end.open ? 1 : 0));
  }
});

test('long strings, with and without escapes, across pieces', () => {
  for (const body of [
    'A'.repeat(5_000),
    `${'A'.repeat(3_000)}\\"${'B'.repeat(3_000)}`,
    '\\\\'.repeat(2_500),
    '\\"'.repeat(2_500),
  ]) {
    const text = `{"log":{"entries":[{"note":"${body}","text":"${body}","z":1}]}}`;
    for (const piece of [1_000, 1_023, 1_024, 1_025, 3_000, 100_000]) {
      expect(entriesOf(scan(text, piece).found)).toEqual([{ note: JSON.parse(`"${body}"`), text: 0, z: 1 }]);
    }
  }
});

test('an entry that is too large is found, and not kept', () => {
  const large = 'x'.repeat(maxEntry);
  const { found, end } = scan(`{"log":{"entries":[{"a":"${large}"},{"text":"${large}"}]}}`);
  expect(found.map(({ text }) => text)).toEqual([null, '{"text":0}']);
  expect(end.closed).toBe(true);
});

test('the creator is found wherever it stands', () => {
  const creators = (text: string) =>
    scan(text, 5)
      .found.filter(({ kind }) => kind === 'creator')
      .map(({ text }) => text);
  expect(creators('{"log":{"creator":{"name":"x"},"entries":[{}]}}')).toEqual(['{"name":"x"}']);
  expect(creators('{"log":{"entries":[{"creator":{}}],"creator":{"name":"x"}}}')).toEqual(['{"name":"x"}']);
});
