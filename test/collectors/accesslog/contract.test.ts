import { fileURLToPath } from 'node:url';
import { type AccesslogConfig, accesslog } from '#collectors/accesslog/index';
import { collectorContract } from '#test/collectors/contract';
import { writeLong } from '#test/collectors/long-log';

collectorContract<AccesslogConfig>({
  collector: accesslog,
  module: { path: '#collectors/accesslog/index', name: 'accesslog' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['shop.log', 'caddy.json'], host: 'shop.acme.example' },
  bad: [
    { config: {}, names: 'paths' },
    { config: { paths: [] }, names: 'paths' },
    { config: { paths: ['a.log'], format: 'unknown' }, names: 'format' },
    { config: { paths: ['a.log'], format: '$status $request' }, names: 'no time' },
    { config: { paths: ['a.log'], format: '$msec$request' }, names: 'two fields' },
    { config: { paths: ['a.log'], format: { a: '$status-$host' } }, names: 'one variable' },
    { config: { paths: ['a.log'], host: 'a b' }, names: 'host' },
    { config: { paths: ['a.log'], zone: 'Europe' }, names: 'zone' },
    { config: { paths: ['a.log'], path: 'a.log' }, names: 'path' },
  ],
  missing: { paths: ['nowhere.log'] },
  breakable: 'shop.log',
  secrets: ['sk_live_0F1E2D3C4B5A69', 'grace@acme.example', '203.0.113.7'],
  long: (folder, megabytes) =>
    writeLong(
      folder,
      megabytes,
      (i) =>
        `203.0.113.${i % 250} - - [02/Mar/2026:10:${10 + (Math.floor(i / 600) % 50)}:00 +0100] "GET /v2/${i % 40 ? 'orders' : 'items'}/${i}?page=${i % 9} HTTP/1.1" 200 ${i % 1_000} "-" "agent ${i % 1_000}"\n`,
    ),
});
