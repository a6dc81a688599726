import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { categoryFormats } from '#collectors/azure-log/categories';
import { tableFormats } from '#collectors/azure-log/tables';
import type { Exchange } from '#collectors/traffic/exchange';
import type { NoExchange } from '#collectors/traffic/log/format';
import { jsonSplitter } from '#collectors/traffic/log/json-splitter';

const here = { host: '', zone: 0 };

function readAll(name: string): (Exchange | NoExchange)[] {
  const bytes = readFileSync(new URL(`fixtures/${name}`, import.meta.url));
  const formats = [...categoryFormats(here), ...tableFormats(here)];
  const found: (Exchange | NoExchange)[] = [];
  const splitter = jsonSplitter(bytes);
  splitter.push(bytes, (record, ref) => {
    const readings = formats.map((format) => format.read(record, ref));
    found.push(readings.find((reading) => reading !== 'foreign') ?? 'foreign');
  });
  return found;
}

test('records that Log Analytics exported, one a line', () => {
  expect(readAll('tables.json')).toMatchObject([
    {
      at: Date.UTC(2026, 2, 2, 9, 31, 0, 123),
      method: 'GET',
      target: '/v2/orders/1042?sig=0F1E2D3C4B5A69788796',
      host: 'api.acme.example',
      scheme: 'https',
      status: 200,
      version: '1.1',
      latency: 12,
      client: '203.0.113.97',
      headersSeen: false,
    },
    {
      method: 'GET',
      target: 'https://acme.azure-api.example/echo/resource?param1=sample',
      status: 200,
      latency: 78,
      mechanisms: ['apiKey'],
    },
    { method: 'POST', host: 'shop.acme.example', status: 201, latency: 163, client: '203.0.113.98' },
    { method: 'DELETE', target: '/files/7', host: 'app.acme.example', status: 204, latency: 9 },
    'aside',
  ]);
});

test('what a query answered, in which every value is text and the type of the table is missing', () => {
  expect(readAll('query.json')).toMatchObject([
    { method: 'PUT', status: 200, latency: 42, client: '203.0.113.95', mechanisms: ['apiKey'] },
    { method: 'GET', target: '/v2/users/7?token=0F1E2D3C4B5A69788796', host: 'api.acme.example', status: 404 },
    { method: 'GET', target: '/v2/prices', host: 'api.acme.example', status: 200 },
  ]);
});

test('any record is read without an exception', () => {
  const key = fc.constantFrom('TimeGenerated', 'Type', 'Category', 'HttpMethod', 'HttpStatus', 'httpMethod_s', 'Url');
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('AGWAccessLogs', 'GatewayLogs', 'GET', '2026-03-02T09:31:04Z'),
  );
  fc.assert(
    fc.property(fc.dictionary(key, value), (record) => {
      for (const format of tableFormats(here)) format.read(JSON.stringify(record), 1);
    }),
  );
});
