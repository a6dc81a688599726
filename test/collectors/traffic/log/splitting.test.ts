import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonObjects, maxObject } from '#collectors/traffic/log/json-objects';
import { jsonSplitter } from '#collectors/traffic/log/json-splitter';
import { Lines, maxLine, type Splitter, type Take } from '#collectors/traffic/log/lines';

type Told = [record: string, number: number, cut: boolean];

function told(splitter: Splitter, pieces: readonly Buffer[]): Told[] {
  const found: Told[] = [];
  const take: Take = (record, number, cut) => void found.push([record, number, cut]);
  for (const piece of pieces) splitter.push(piece, take);
  splitter.end(take);
  return found;
}

/** A text in pieces, cut where the numbers say. */
function cutAt(text: string, at: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((place, i) => bytes.subarray(places[i], place));
}

test('lines, whatever the pieces', () => {
  const line = fc.string({ unit: fc.constantFrom('a', '"', ' ', '\xe9', '\r'), maxLength: 12 });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.array(fc.nat(400), { maxLength: 8 }), (lines, at) => {
      const wanted = lines
        .map((text, i): Told => [text.endsWith('\r') ? text.slice(0, -1) : text, i + 1, false])
        .filter(([text]) => text !== '');
      expect(told(new Lines(), cutAt(lines.map((text) => `${text}\n`).join(''), at))).toEqual(wanted);
    }),
  );
});

test('a line that is told with its bytes stands in them', () => {
  const pieces = [Buffer.from('ab'), Buffer.from('c\nde\r\n\nf\xe9\ngh', 'latin1')];
  const found: [string, string | null][] = [];
  const lines = new Lines();
  for (const piece of pieces)
    lines.push(piece, (record, _, __, bytes, at = 0) => {
      const there = bytes && Buffer.from(bytes.subarray(at, at + record.length)).toString('latin1');
      found.push([record, there ?? null]);
    });
  expect(found).toEqual([
    ['abc', null],
    ['de', 'de'],
    ['f\xe9', 'f\xe9'],
  ]);
});

test('a last line without its end', () => {
  expect(told(new Lines(), [Buffer.from('a\nb')])).toEqual([
    ['a', 1, false],
    ['b', 2, true],
  ]);
});

test('a line of 64 KiB is read; a longer one is passed over, and those behind it are read', () => {
  for (const size of [7, 1_000, 70_000, 1_000_000]) {
    const splitter = new Lines();
    const text = Buffer.from(`a\n${'x'.repeat(maxLine)}\n${'y'.repeat(3 * maxLine)}\nb\n${'z'.repeat(maxLine + 1)}`);
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
      text.subarray(i * size, (i + 1) * size),
    );
    expect(told(splitter, pieces).map(([line, number]) => [line.length, number])).toEqual([
      [1, 1],
      [maxLine, 2],
      [1, 4],
    ]);
    expect(splitter.tooLong).toBe(2);
  }
});

test('objects, whatever the pieces, on one line or many, in arrays or not', () => {
  const object = fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
  fc.assert(
    fc.property(
      fc.array(object, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(2_000), { maxLength: 8 }),
      fc.constantFrom(undefined, 2),
      (objects, at, indent) => {
        const texts = objects.map((each) => JSON.stringify(each, null, indent));
        const frames: [number, string][] = [
          [0, texts.join('\n')],
          [1, `[${texts.join(',\n')}]`],
          [2, `{"records":[${texts.join(',')}]}`],
        ];
        for (const [depth, text] of frames) {
          const latin1 = Buffer.from(text).toString('latin1');
          const found = told(new JsonObjects(depth), cutAt(latin1, at));
          expect(found.map(([record]) => JSON.parse(Buffer.from(record, 'latin1').toString()))).toEqual(
            objects.map((each) => JSON.parse(JSON.stringify(each))),
          );
        }
      },
    ),
  );
});

test('an object without its end, and one that is too large', () => {
  expect(told(new JsonObjects(1), [Buffer.from('[{"a":1},{"b":')])).toEqual([
    ['{"a":1}', 1, false],
    ['{"b":', 2, true],
  ]);
  const splitter = new JsonObjects(1);
  const large = Buffer.from(`[{"a":"${'x'.repeat(maxObject)}"},{"b":2}]`);
  expect(told(splitter, [large])).toEqual([['{"b":2}', 2, false]]);
  expect(splitter.tooLong).toBe(1);
});

test('any bytes are cut, and never throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), fc.nat(3), (pieces, depth) => {
      for (const splitter of [new Lines(), new JsonObjects(depth)])
        told(
          splitter,
          pieces.map((piece) => Buffer.from(piece)),
        );
    }),
  );
});

test.each([
  ['{"a":1}\n{"a":2}\n', Lines],
  ['plain text', Lines],
  ['[2026-03-02T09:30:00Z] "GET', Lines],
  ['[{"a":1}]', JsonObjects],
  ['\xef\xbb\xbf[\n  {', JsonObjects],
  ['{"records":[{"a":1}]}', JsonObjects],
  ['{\n  "a": 1\n}', JsonObjects],
])('%s', (text, kind) => {
  expect(jsonSplitter(Buffer.from(text, 'latin1'))).toBeInstanceOf(kind);
});
