import { fileURLToPath } from 'node:url';
import { gcpLog } from '#collectors/gcp-log/index';
import { badLogConfigs } from '#test/collectors/bad-log-configs';
import { collectorContract } from '#test/collectors/contract';
import { writeLong } from '#test/collectors/long-log';

collectorContract({
  collector: gcpLog,
  module: { path: '#collectors/gcp-log/index', name: 'gcpLog' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['lb.json'] },
  bad: badLogConfigs,
  missing: { paths: ['nowhere.log'] },
  breakable: 'lb.json',
  secrets: ['AIzaSyA0F1E2D3C4B5A69788', 'AIzaSyB1F1E2D3C4B5A69788'],
  long: (folder, megabytes) =>
    writeLong(
      folder,
      megabytes,
      (i) =>
        `${i > 0 ? ',' : ''}${JSON.stringify({ httpRequest: { latency: '0.018s', remoteIp: '203.0.113.7', requestMethod: 'GET', requestUrl: `https://api.acme.example/v2/orders/${i}`, status: 200 }, logName: 'l', timestamp: '2026-03-02T09:30:00.123456789Z' }, null, 2)}\n`,
      { head: '[\n', tail: ']\n' },
    ),
});
