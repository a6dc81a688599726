import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { azureLog } from '#collectors/azure-log/index';
import type { Collector } from '#collectors/collector';
import { gcpLog } from '#collectors/gcp-log/index';
import { k6 } from '#collectors/k6/index';
import { suricata } from '#collectors/suricata/index';
import type { LogConfig } from '#collectors/traffic/log/source';
import { zeek } from '#collectors/zeek/index';
import { collect } from '#test/collectors/contract';

test.each<[Collector<LogConfig>, string[], string[], string[]]>([
  [
    gcpLog,
    ['lb.json'],
    ['POST /v2/orders 2026-03-02T09:30:01.000Z', 'GET api.acme.example/v2/orders/{integer} 2026-03-02T09:30:00.123Z'],
    ['3 records'],
  ],
  [
    azureLog,
    ['gateways.json'],
    [
      'GET acme.azure-api.example/echo/resource 2026-03-02T09:30:02.000Z',
      'GET api.acme.example/v2/orders/{integer} 2026-03-02T09:30:00.000Z',
      'POST shop.acme.example/v2/carts 2026-03-02T09:30:01.123Z',
    ],
    ['4 records'],
  ],
  [
    zeek,
    ['http.log', 'http-json.log', 'ssl.log', 'ssl-json.log'],
    [
      'GET api.acme.example:8080/v2/orders/{integer} 2026-03-02T09:30:00.250Z',
      'POST api.acme.example:8080/v2/{string} 2026-03-02T09:30:01.250Z',
      'GET [2001:db8::80]:8080/v2/prices/{integer} 2026-03-02T09:30:03.500Z',
      'GET www.acme.example/v2/prices 2026-03-02T09:30:02.500Z',
    ],
    ['2 lines', '11 lines', '2 lines', '11 lines'],
  ],
  [
    suricata,
    ['eve.json'],
    [
      'POST api.acme.example/v2/orders 2026-03-02T08:30:02.250Z',
      'GET api.acme.example:8080/v2/orders/{integer} 2026-03-02T09:30:00.250Z',
    ],
    ['3 events'],
  ],
  [
    k6,
    ['run.json'],
    [
      'POST api.acme.example/v2/orders 2026-03-02T09:30:01.123Z',
      'GET api.acme.example/v2/orders/{integer} 2026-03-02T09:30:00.123Z',
    ],
    ['4 lines'],
  ],
])('$kind', async (collector, paths, named, saw) => {
  const root = fileURLToPath(new URL(`${collector.kind}/fixtures`, import.meta.url));
  const { sightings, reports } = await collect(collector, { paths }, root);
  const found = sightings.map(
    ({ method, service, path, seen }) => `${method} ${service}${path} ${new Date(seen!.first).toISOString()}`,
  );
  expect(found.sort()).toEqual(named.sort());
  expect(reports.map((report) => report.saw.split(' (')[0])).toEqual(saw);
});

test("Zeek's ssl.log says what was asked for, and that there are no requests in it", async () => {
  const root = fileURLToPath(new URL('zeek/fixtures', import.meta.url));
  const { sightings, reports } = await collect(zeek, { paths: ['ssl.log', 'ssl-json.log'] }, root);
  expect(sightings).toEqual([]);
  expect(reports).toMatchObject([
    {
      completeness: 'complete',
      saw: '2 lines (JSON; 2 TLS connections (api.acme.example, [2001:db8::80]:8443) without their requests)',
      covers: { hosts: [] },
    },
    {
      completeness: 'complete',
      saw: '11 lines (tabs; 2 TLS connections (api.acme.example:8443, 192.0.2.80) without their requests; 9 of other things)',
    },
  ]);
});

test('headers that Suricata dumped say who asked; a log without them does not say that nobody did', async () => {
  const root = fileURLToPath(new URL('suricata/fixtures', import.meta.url));
  const { sightings } = await collect(suricata, { paths: ['eve.json'] }, root);
  expect(sightings.find(({ method }) => method === 'POST')?.facts).toMatchObject({
    credentialed: 1,
    auth: { mechanisms: ['bearer'] },
  });
  expect(sightings.find(({ method }) => method === 'GET')?.facts).toMatchObject({
    credentialed: 1,
    anonymousSuccess: 0,
  });
});
