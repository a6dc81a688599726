import { fileURLToPath } from 'node:url';
import { burp } from '#collectors/burp/index';
import { badLogConfigs } from '#test/collectors/bad-log-configs';
import { collectorContract } from '#test/collectors/contract';
import { writeLong } from '#test/collectors/long-log';

collectorContract({
  collector: burp,
  module: { path: '#collectors/burp/index', name: 'burp' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['items.xml'] },
  bad: badLogConfigs,
  missing: { paths: ['nowhere.log'] },
  breakable: 'items.xml',
  secrets: ['0F1E2D3C4B5A69788796', 'eyJhbGciOiJIUzI1NiJ9'],
  long: (folder, megabytes) =>
    writeLong(
      folder,
      megabytes,
      (i) =>
        `<item><time>Mon Mar 02 10:30:00 CET 2026</time><host ip="192.0.2.80">api.acme.example</host><port>443</port><protocol>https</protocol><request base64="true"><![CDATA[${Buffer.from(`GET /v2/orders/${i} HTTP/1.1\r\nHost: api.acme.example\r\n\r\n`).toString('base64')}]]></request><response base64="true"><![CDATA[SFRUUC8xLjEgMjAwIE9LDQoNCg==]]></response></item>\n`,
      { head: '<items burpVersion="2026.1">\n', tail: '</items>\n' },
    ),
});
