import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { collectors } from '#collectors/index';

const fixtures: [kind: string, file: string][] = [
  ['accesslog', 'accesslog/fixtures/shop.log'],
  ['accesslog', 'accesslog/fixtures/caddy.json'],
  ['aws-log', 'aws-log/fixtures/alb.log'],
  ['aws-log', 'aws-log/fixtures/nlb.log'],
  ['aws-log', 'aws-log/fixtures/cloudfront.txt'],
  ['aws-log', 'aws-log/fixtures/api-gateway.json'],
  ['gcp-log', 'gcp-log/fixtures/lb.json'],
  ['azure-log', 'azure-log/fixtures/gateways.json'],
  ['azure-log', 'azure-log/fixtures/tables.json'],
  ['azure-log', 'azure-log/fixtures/query.json'],
  ['zeek', 'zeek/fixtures/http.log'],
  ['zeek', 'zeek/fixtures/http-json.log'],
  ['zeek', 'zeek/fixtures/ssl.log'],
  ['zeek', 'zeek/fixtures/ssl-json.log'],
  ['suricata', 'suricata/fixtures/eve.json'],
  ['mitmproxy', 'mitmproxy/fixtures/shop.flow'],
  ['burp', 'burp/fixtures/items.xml'],
  ['postman', 'postman/fixtures/run.json'],
  ['k6', 'k6/fixtures/run.json'],
  ['k6', 'k6/fixtures/run.csv'],
  ['har', 'har/fixtures/browser.har'],
  ['spec', 'spec/fixtures/billing.json'],
];

function kindOf(path: string, head: Uint8Array): string | undefined {
  return collectors.find(({ sniff }) => sniff?.({ path, folder: false, head: head.subarray(0, 4_096) }))?.kind;
}

test.each(fixtures)('%s knows its own, by what it holds: %s', (kind, file) => {
  const bytes = readFileSync(new URL(file, import.meta.url));
  const name = kind === 'har' || kind === 'spec' ? `/logs/${file}` : '/logs/some.file';
  expect(kindOf(name, bytes)).toBe(kind);
  if (kind !== 'har' && kind !== 'spec') expect(kindOf(name, gzipSync(bytes))).toBe(kind);
});

test.each([
  '',
  'hello\n',
  '{"name":"noontide","status":"ok"}',
  '[]',
  '{',
  '\x1f\x8b\x08',
  'PK\x03\x04',
  'a,b,c\n1,2,3\n',
  '#!/bin/sh\n',
  '<html>',
])('%j is no log', (text) => expect(kindOf('/logs/some.file', Buffer.from(text, 'latin1'))).toBeUndefined());
