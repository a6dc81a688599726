import { fileURLToPath } from 'node:url';
import { awsLog } from '#collectors/aws-log/index';
import { badLogConfigs } from '#test/collectors/bad-log-configs';
import { collectorContract } from '#test/collectors/contract';
import { writeLong } from '#test/collectors/long-log';

collectorContract({
  collector: awsLog,
  module: { path: '#collectors/aws-log/index', name: 'awsLog' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['alb.log', 'nlb.log', 'cloudfront.txt', 'api-gateway.json'] },
  bad: badLogConfigs,
  missing: { paths: ['nowhere.log'] },
  breakable: 'alb.log',
  secrets: ['0F1E2D3C4B5A69788796A5B4C3D2E1F0', '192.0.2.131'],
  long: (folder, megabytes) =>
    writeLong(
      folder,
      megabytes,
      (i) =>
        `https 2026-03-02T09:30:00.186641Z app/shop/50dc 192.0.2.${i % 250}:2817 10.0.0.1:80 0.000 0.014 0.000 200 200 34 366 "GET https://api.acme.example:443/v2/orders/${i} HTTP/1.1" "curl/8.5.0" ECDHE TLSv1.2 arn:aws:x "Root=1" "api.acme.example" "arn" 0 2026-03-02T09:30:00.172000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"\n`,
    ),
});
