import { stripVTControlCharacters, styleText } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { each, gathered } from '#cli/async';
import { fieldsText } from '#cli/text/change';
import { jsonList, jsonText } from '#cli/text/json';
import { printable, printableJson, printableLines } from '#cli/text/printable';
import { type Column, fitColumns, table, tableText } from '#cli/text/table';
import { cut, pad, width } from '#cli/text/width';
import { moment, tally } from '#cli/text/words';
import { counted, figure } from '#model/figure';
import { durationText } from '#scan/figures';

const hostile = [
  ['\x1b[31mred', '\\x1b[31mred'],
  ['a\nb\tc\r', 'a\\x0ab\\x09c\\x0d'],
  ['\x9b2J', '\\x9b2J'],
  ['\x07\x7f\x00', '\\x07\\x7f\\x00'],
  ['a\u202eb', 'a\\u{202e}b'],
  ['\u2066x\u2069', '\\u{2066}x\\u{2069}'],
  ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
  ['line\u2028end', 'line\\u{2028}end'],
  ['tag\u{e0041}', 'tag\\u{e0041}'],
  ['half \ud83d', 'half \\u{d83d}'],
  ['/orders/{id} é 日本 😀', '/orders/{id} é 日本 😀'],
] as const;

describe('text from outside', () => {
  test.each(hostile)('%j is shown as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test.each(hostile)('%j in JSON is the same JSON', (text) => {
    const safe = printableJson(JSON.stringify({ text }, null, 2));
    expect(JSON.parse(safe)).toEqual({ text });
    expect(printable(safe.replaceAll('\n', ''))).toBe(safe.replaceAll('\n', ''));
  });

  test('whatever it is, no terminal obeys it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
        expect(printableLines(text)).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
        expect(JSON.parse(jsonText({ text }))).toEqual({ text });
      }),
    );
  });

  test('lists of JSON come in pieces, and are one document', async () => {
    const pieces = await gathered(jsonList('items', each([{ a: 1 }, { a: '\x1b' }])));
    expect(JSON.parse(pieces.join(''))).toEqual({ version: 1, items: [{ a: 1 }, { a: '\x1b' }] });
    expect(JSON.parse((await gathered(jsonList('items', each([])))).join(''))).toEqual({ version: 1, items: [] });
  });
});

describe('widths', () => {
  test.each([
    ['abc', 3],
    ['日本', 4],
    ['é', 1],
    ['😀', 2],
    ['', 0],
  ])('%j takes %i columns', (text, columns) => {
    expect(width(text)).toBe(columns);
  });

  test.each([
    ['/v1/orders/{id}/items', 21, 'middle', '/v1/orders/{id}/items'],
    ['/v1/orders/{id}/items', 12, 'middle', '/v1/or…items'],
    ['/v1/orders/{id}/items', 12, 'end', '/v1/orders/…'],
    ['日本日本日本', 7, 'end', '日本日…'],
    ['日本日本日本', 7, 'middle', '日…日本'],
    ['abc', 1, 'end', '…'],
    ['abc', 0, 'end', ''],
  ] as const)('%j cut to %i at the %s is %j', (text, columns, where, shown) => {
    expect(cut(text, columns, where)).toBe(shown);
  });

  test('nothing is ever wider than it was cut to', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.nat(40),
        fc.constantFrom('end' as const, 'middle' as const),
        (text, columns, where) => {
          expect(width(cut(printable(text), columns, where))).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  test('padding', () => {
    expect(pad('日', 4, 'left')).toBe('日  ');
    expect(pad('12', 4, 'right')).toBe('  12');
    expect(pad('12345', 4, 'right')).toBe('12345');
  });
});

describe('tables', () => {
  const columns: Column[] = [
    { title: 'METHOD' },
    { title: 'PATH', cut: 'middle' },
    { title: 'CALLS', align: 'right' },
    { title: 'SERVICE', cut: 'end' },
  ];
  const rows = [
    ['GET', '/v1/customers/{customerId}/orders/{orderId}/items', '12', 'customers-and-orders-of-the-shop'],
    ['DELETE', '/x', '1,234', 'x'],
  ];
  const draw = (terminal: number | null) => [...table(columns, rows, fitColumns(columns, rows, terminal), terminal)];

  test('piped, nothing is cut', () => {
    expect(draw(null)).toEqual([
      'GET     /v1/customers/{customerId}/orders/{orderId}/items     12  customers-and-orders-of-the-shop',
      'DELETE  /x                                                 1,234  x',
    ]);
  });

  test('a terminal is never overrun, and what may not be cut is whole', () => {
    expect(draw(60)).toEqual([
      'GET     /v1/custom…rId}/items     12  customers-and-orders…',
      'DELETE  /x                     1,234  x',
    ]);
    for (const terminal of [200, 100, 80, 60, 48]) {
      for (const line of draw(terminal)) expect(width(line)).toBeLessThanOrEqual(terminal);
    }
  });

  test('long tables are measured by their beginning, and all of them is drawn', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) => ['GET', `/x/${index}`, String(index), '\x1b[2J']);
    const bold = (line: string) => styleText('bold', line, { validateStream: false });
    const text = (await gathered(tableText(columns, each(many), 80, bold))).join('');
    const lines = stripVTControlCharacters(text).trimEnd().split('\n');
    expect(lines).toHaveLength(5_001);
    expect(lines[0]).toBe('METHOD  PATH     CALLS  SERVICE');
    expect(lines[5_000]).toBe('GET     /x/4999   4999  \\x1b[2J');
  });

  test('no rows, no text', async () => {
    expect(await gathered(tableText(columns, each([]), 80, (line) => line))).toEqual([]);
  });
});

test('figures in words', () => {
  expect(figure(1_234_567)).toBe('1,234,567');
  expect(counted(1, 'endpoint')).toBe('1 endpoint');
  expect(counted(0, 'success', 'successes')).toBe('0 successes');
  expect(moment(null)).toBe('—');
  expect(moment(Date.UTC(2026, 0, 31, 12, 30))).toBe('2026-01-31 12:30');
  expect([999, 1_000, 61_000, 7_260_000].map(durationText)).toEqual(['999 ms', '1 s', '1 min 1 s', '2 h 1 min']);
  expect(tally({ a: 2, c: 1_000 }, ['c', 'b', 'a'] as string[])).toBe('1,000 c, 2 a');
  expect(fieldsText({ verdict: ['fine', 'zombie'], owner: ['', 'x'] })).toBe('verdict fine → zombie, owner — → x');
});
