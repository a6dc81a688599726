import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvValues, K6Csv } from '#collectors/k6/csv';
import type { Exchange } from '#collectors/traffic/exchange';
import type { NoExchange } from '#collectors/traffic/log/format';

const here = { host: '', zone: 0 };

function readAll(text: string): (Exchange | NoExchange)[] {
  const format = new K6Csv(here);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, i) => format.read(line, i + 1));
}

test('requests, by the heading', () => {
  const text = readFileSync(new URL('fixtures/run.csv', import.meta.url), 'latin1');
  const read = readAll(text).filter((each) => each !== 'aside');
  expect(read).toMatchObject([
    {
      at: 1_772_443_800_000,
      method: 'GET',
      target: 'https://api.acme.example/v2/orders/7?token=0F1E2D3C4B5A69788796A5B4',
      status: 200,
      version: '2',
      latency: 12.5,
      ref: 4,
    },
    { method: 'POST', target: 'https://api.acme.example/v2/batch?ids=1,2', status: 201, latency: 3 },
    { method: 'GET', target: 'https://gone.acme.example/x', status: 0, version: '1.1' },
  ]);
});

test.each([
  ['1772443800', 1_772_443_800_000],
  ['1772443800123', 1_772_443_800_123],
  ['1772443800123456', 1_772_443_800_123],
  ['1772443800123456789', 1_772_443_800_123],
  ['2026-03-02T10:30:00+01:00', 1_772_443_800_000],
  ['2026-03-02T10:30:00.123456789+01:00', 1_772_443_800_123],
])('the time %s, as it may be configured', (time, at) => {
  const heading = 'metric_name,timestamp,metric_value,method,status,url';
  const [, read] = readAll(`${heading}\nhttp_req_duration,${time},1.5,GET,200,http://a.example/x\n`);
  expect(read).toMatchObject({ at });
});

test.each([
  ['a,b', ['a', 'b']],
  ['', ['']],
  [',', ['', '']],
  ['"a,b",c', ['a,b', 'c']],
  ['"a ""b""",""', ['a "b"', '']],
  ['"a', null],
  ['"a"b', null],
  ['a"b,c', ['a"b', 'c']],
  [','.repeat(300), null],
])('%j', (line, values) => expect(csvValues(line)).toEqual(values));

test('whatever values are quoted, they are read as they were', () => {
  const value = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', 'ü') });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
      const line = values.map((each) => `"${each.replaceAll('"', '""')}"`).join(',');
      expect(csvValues(line)).toEqual(values);
    }),
  );
});

test('any line is read without an exception', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom(...'a",1\n\u00ff') })), (lines) => {
      readAll(lines.map((line) => `metric_name,timestamp,url\nhttp_req_duration,${line}`).join('\n'));
    }),
  );
});
