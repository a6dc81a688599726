import { fileURLToPath } from 'node:url';
import { suricata } from '#collectors/suricata/index';
import { badLogConfigs } from '#test/collectors/bad-log-configs';
import { collectorContract } from '#test/collectors/contract';
import { writeLong } from '#test/collectors/long-log';

collectorContract({
  collector: suricata,
  module: { path: '#collectors/suricata/index', name: 'suricata' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['eve.json'] },
  bad: badLogConfigs,
  missing: { paths: ['nowhere.log'] },
  breakable: 'eve.json',
  secrets: ['0F1E2D3C4B5A69788796', 'eyJhbGciOiJIUzI1NiJ9'],
  long: (folder, megabytes) =>
    writeLong(
      folder,
      megabytes,
      (i) =>
        `${JSON.stringify({ timestamp: '2026-03-02T09:30:00.250000+0000', event_type: 'http', src_ip: '192.0.2.5', dest_ip: '192.0.2.80', dest_port: 80, http: { hostname: 'a.example', url: `/v2/orders/${i}`, http_method: 'GET', protocol: 'HTTP/1.1', status: 200, length: i } })}\n`,
    ),
});
