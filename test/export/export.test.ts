import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { csv, csvColumns, csvRows, disarm } from '#export/csv';
import { json, ndjson } from '#export/json';
import { catalog, catalogEndpoint, catalogJsonSchema } from '#export/schema';
import type { Endpoint } from '#model/endpoint';
import { endpoints, ordersGet } from '#test/filter/endpoint';

const generated = Date.UTC(2026, 5, 15);

async function* each(...all: Endpoint[]): AsyncGenerator<Endpoint> {
  yield* all;
}

async function text(pieces: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const piece of pieces) all += piece;
  return all;
}

describe('csv', () => {
  test('a header, a row an endpoint, CRLF', async () => {
    const [header, row, ...rest] = parseCsv(await text(csv(each(ordersGet), { bom: false })));
    expect(rest).toEqual([]);
    expect(header).toEqual(csvColumns);
    expect(Object.fromEntries(header!.map((name, index) => [name, row![index]]))).toEqual({
      id: 'e1',
      environment: 'production',
      service: 'orders',
      method: 'GET',
      path: '/v1/orders/{id}',
      hosts: 'api.shop.example; orders.internal',
      protocol: 'http',
      declared: 'active',
      deployed: 'unknown',
      coded: 'yes',
      observed: 'fresh',
      verdict: 'fine',
      leaf: 'managed',
      reason: '',
      authentication: 'yes',
      authentication_mechanisms: 'bearer',
      exposure: 'internet',
      data_classes: '',
      owner: 'team-orders',
      version: '1.2.0',
      tags: 'orders',
      first_seen: '2026-01-01T00:00:00.000Z',
      last_seen: '2026-06-01T00:00:00.000Z',
      last_call: '2026-05-31T00:00:00.000Z',
      calls: '42',
      spec_refs: 'specs: orders.yaml:12#/paths/~1orders~1{id}/get',
      code_refs: 'code: src/orders.ts:31',
      gateway_refs: '',
      sources: 'specs; code; edge',
      confidence: '0.9',
    });
  });

  test('nothing is a header', async () => {
    expect(await text(csv(each(), { bom: true }))).toBe(`\ufeff${csvColumns.join(',')}\r\n`);
  });

  test('many rows come in pieces', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => ({ ...ordersGet, id: `e${index}` }));
    let pieces = 0;
    let all = '';
    for await (const piece of csv(each(...many), { bom: false })) {
      pieces++;
      all += piece;
    }
    expect(pieces).toBeGreaterThan(3);
    expect(parseCsv(all).map((row) => row[0])).toEqual(['id', ...many.map(({ id }) => id)]);
  });

  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t'=1"],
    ['\r=1', "'\r'=1"],
    ['\n=1', "'\n'=1"],
    ['  =1', "'  =1"],
    ['\u00a0=1', "'\u00a0=1"],
    ['\u200b=1', "'\u200b=1"],
    ['\uff1d1', "'\uff1d1"],
    ['\uff0b1', "'\uff0b1"],
    ['\uff0d1', "'\uff0d1"],
    ['\uff201', "'\uff201"],
    ['a;=1', "a;'=1"],
    ['a; @x', "a;' @x"],
    ['/orders', '/orders'],
    ['a=b', 'a=b'],
    ['a - b', 'a - b'],
    ['', ''],
    ['*', '*'],
  ])('%j is written as %j', (cell, written) => {
    expect(disarm(cell)).toBe(written);
  });

  test('numbers stay numbers', () => {
    expect(csvRows([[-1, 0.5, '-1']])).toBe("-1,0.5,'-1\r\n");
  });

  test('any text comes back as it was, but for the apostrophes', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 4 })), (rows) => {
        expect(parseCsv(csvRows(rows))).toEqual(rows.map((row) => row.map(disarm)));
      }),
    );
  });

  test('no cell begins a formula, wherever a spreadsheet splits', () => {
    const pieces = fc.constantFrom(
      '=',
      '+',
      '-',
      '@',
      '\t',
      '\r',
      '\n',
      ';',
      ' ',
      '\u3000',
      '\uff1d',
      '"',
      ',',
      'a',
      "'",
    );
    fc.assert(
      fc.property(
        fc.array(pieces).map((all) => all.join('')),
        (cell) => {
          for (const part of disarm(cell).split(/[;\t\r\n]/))
            expect(part).not.toMatch(/^[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]/);
        },
      ),
    );
  });
});

describe('json', () => {
  test('the published schema is the one in the code', async () => {
    const published = await readFile(new URL('../../schema/catalog.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(catalogJsonSchema())));
  });

  test('what is written is what the schema says', async () => {
    const published = z.fromJSONSchema(catalogJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
    await fc.assert(
      fc.asyncProperty(fc.array(endpoints, { maxLength: 5 }), async (some) => {
        const document: unknown = JSON.parse(await text(json(each(...some), generated)));
        expect(published.safeParse(document).error).toBeUndefined();
        expect(catalog.strict().parse(document)).toEqual(document);
      }),
      { numRuns: 50 },
    );
    expect(published.safeParse({ version: 2, generated: 'now', endpoints: [] }).success).toBe(false);
  });

  test('one endpoint a line', async () => {
    const written = await text(json(each(ordersGet, { ...ordersGet, id: 'e2', lastCall: null }), generated));
    const lines = written.split('\n');
    expect(lines[0]).toBe('{"version":1,"generated":"2026-06-15T00:00:00.000Z","endpoints":[');
    expect(lines).toHaveLength(5);
    expect(JSON.parse(lines[2]!)).toMatchObject({ id: 'e2', lastCall: null });
    const { endpoints: parsed } = catalog.parse(JSON.parse(written));
    expect(parsed[0]).toMatchObject({
      params: [{ name: 'id', in: 'path', type: 'integer' }],
      authentication: { required: 'yes', mechanisms: ['bearer'] },
      evidence: [
        { plane: 'declared' },
        { plane: 'coded' },
        { plane: 'observed', source: 'edge', where: 'edge.pcap@371' },
      ],
    });
  });

  test('ndjson is the same objects', async () => {
    const lines = (await text(ndjson(each(ordersGet, ordersGet)))).trimEnd().split('\n');
    for (const line of lines) expect(catalogEndpoint.strict().parse(JSON.parse(line)).id).toBe('e1');
    expect(lines).toHaveLength(2);
  });
});

/** RFC 4180, to the letter: anything else throws. */
function parseCsv(source: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < source.length) {
    const at = cell.lastIndex;
    const found = cell.exec(source);
    if (!found) throw new Error(`no cell at ${at}: ${JSON.stringify(source.slice(at, at + 40))}`);
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
