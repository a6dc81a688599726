import { fileURLToPath } from 'node:url';
import { k6 } from '#collectors/k6/index';
import { badLogConfigs } from '#test/collectors/bad-log-configs';
import { collectorContract } from '#test/collectors/contract';
import { writeLong } from '#test/collectors/long-log';

collectorContract({
  collector: k6,
  module: { path: '#collectors/k6/index', name: 'k6' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['run.json', 'run.csv'] },
  bad: badLogConfigs,
  missing: { paths: ['nowhere.log'] },
  breakable: 'run.json',
  secrets: ['0F1E2D3C4B5A69788796A5B4'],
  long: (folder, megabytes) =>
    writeLong(
      folder,
      megabytes,
      (i) =>
        `${JSON.stringify({ metric: 'http_req_duration', type: 'Point', data: { time: '2026-03-02T10:30:00.123456789+01:00', value: 12.5, tags: { method: 'GET', proto: 'HTTP/2.0', status: '200', url: `https://api.acme.example/v2/orders/${i}` } } })}\n`,
    ),
});
