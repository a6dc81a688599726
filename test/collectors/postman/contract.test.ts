import { fileURLToPath } from 'node:url';
import { postman } from '#collectors/postman/index';
import { badLogConfigs } from '#test/collectors/bad-log-configs';
import { collectorContract } from '#test/collectors/contract';
import { writeLong } from '#test/collectors/long-log';

collectorContract({
  collector: postman,
  module: { path: '#collectors/postman/index', name: 'postman' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['run.json'] },
  bad: badLogConfigs,
  missing: { paths: ['nowhere.log'] },
  breakable: 'run.json',
  secrets: ['eyJhbGciOiJIUzI1NiJ9'],
  long: (folder, megabytes) =>
    writeLong(
      folder,
      megabytes,
      (i) =>
        `${i > 0 ? ',' : ''}${JSON.stringify({ cursor: {}, request: { url: `https://api.acme.example/v2/orders/${i}`, method: 'GET', header: [] }, response: { code: 200, header: [{ key: 'Date', value: 'Mon, 02 Mar 2026 09:30:00 GMT' }], responseTime: 1, responseSize: i, stream: { type: 'Buffer', data: [1, 2, 3] } } })}\n`,
      { head: '{"collection":{},"run":{"executions":[', tail: ']}}' },
    ),
});
