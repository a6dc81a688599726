import { fileURLToPath } from 'node:url';
import { mitmproxy } from '#collectors/mitmproxy/index';
import { badLogConfigs } from '#test/collectors/bad-log-configs';
import { collectorContract } from '#test/collectors/contract';
import { writeLong } from '#test/collectors/long-log';
import { flow } from './tagged.ts';

collectorContract({
  collector: mitmproxy,
  module: { path: '#collectors/mitmproxy/index', name: 'mitmproxy' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['shop.flow'] },
  bad: badLogConfigs,
  missing: { paths: ['nowhere.log'] },
  breakable: 'shop.flow',
  secrets: ['eyJhbGciOiJIUzI1NiJ9', 'grace@acme.example'],
  long: (folder, megabytes) => writeLong(folder, megabytes, (i) => flow(`/v2/orders/${i}`), { name: 'long.flow' }),
});
