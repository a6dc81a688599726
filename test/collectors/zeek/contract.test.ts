import { fileURLToPath } from 'node:url';
import { zeek } from '#collectors/zeek/index';
import { badLogConfigs } from '#test/collectors/bad-log-configs';
import { collectorContract } from '#test/collectors/contract';
import { writeLong } from '#test/collectors/long-log';

collectorContract({
  collector: zeek,
  module: { path: '#collectors/zeek/index', name: 'zeek' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['http.log', 'http-json.log', 'ssl.log', 'ssl-json.log'] },
  bad: badLogConfigs,
  missing: { paths: ['nowhere.log'] },
  breakable: 'http.log',
  secrets: ['0F1E2D3C4B5A69788796', '192.0.2.5'],
  long: (folder, megabytes) =>
    writeLong(
      folder,
      megabytes,
      (i) =>
        `${JSON.stringify({ ts: 1_772_443_800 + i, uid: 'C', 'id.orig_h': '192.0.2.5', 'id.resp_h': '192.0.2.80', 'id.resp_p': 80, trans_depth: 1, method: 'GET', host: 'a.example', uri: `/v2/orders/${i}`, status_code: 200 })}\n`,
    ),
});
