import { fileURLToPath } from 'node:url';
import { azureLog } from '#collectors/azure-log/index';
import { badLogConfigs } from '#test/collectors/bad-log-configs';
import { collectorContract } from '#test/collectors/contract';
import { writeLong } from '#test/collectors/long-log';

collectorContract({
  collector: azureLog,
  module: { path: '#collectors/azure-log/index', name: 'azureLog' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['gateways.json', 'tables.json', 'query.json'] },
  bad: badLogConfigs,
  missing: { paths: ['nowhere.log'] },
  breakable: 'gateways.json',
  secrets: ['0F1E2D3C4B5A69788796', '203.0.113.97'],
  long: (folder, megabytes) =>
    writeLong(
      folder,
      megabytes,
      (i) =>
        `${JSON.stringify({ time: '2026-03-02T09:30:02.0Z', category: 'GatewayLogs', durationMs: 78, callerIpAddress: '203.0.113.99', resourceId: '/S', properties: { method: 'GET', url: `https://acme.azure-api.example/echo/${i}`, responseCode: 200 } })}\n`,
    ),
});
