import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AwsLogConfig, awsLog } from '#collectors/aws-log/index';
import { collect } from '#test/collectors/contract';

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-aws-log-')));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function read(content: string | Uint8Array, more: Partial<AwsLogConfig> = {}) {
  await writeFile(join(root, 'a.log'), content);
  const { sightings, reports } = await collect(awsLog, { paths: ['a.log'], ...more }, root);
  const named = sightings.map(
    ({ method, service, path, seen }) => `${method} ${service}${path} ${new Date(seen!.first).toISOString()}`,
  );
  return { named, sightings, saw: reports[0]!.saw };
}
const fixture = (name: string) => readFile(new URL(`fixtures/${name}`, import.meta.url));

test('an Application Load Balancer', async () => {
  expect(await read(await fixture('alb.log'))).toMatchObject({
    named: [
      'POST api.acme.example/v2/orders 2026-03-02T09:30:01.186Z',
      'GET api.acme.example/v2/orders/{integer} 2026-03-02T09:30:00.186Z',
    ],
    saw: '3 lines (Application Load Balancer; 1 without a request): 2 exchanges, 2 operations on 1 host',
  });
});

test('a Network Load Balancer, whose TLS connections have a host and no request', async () => {
  const nlb = String(await fixture('nlb.log'));
  expect(await read(nlb)).toEqual({
    named: [],
    sightings: [],
    saw: '4 lines (Network Load Balancer; 4 TLS connections (api.acme.example, shop.acme.example:8443, 10.0.0.80, [2001:db8::80]) without their requests)',
  });
  expect((await read(nlb, { hosts: ['api.*'] })).saw).toContain('4 TLS connections (api.acme.example) without');
  expect((await read(`${nlb}tls 2.0 yesterday net/a/b c d:1 e:443\n`)).saw).toMatch(
    /^5 lines .*; 1 of another format\)$/,
  );
});

test('a Classic Load Balancer', async () => {
  const line =
    '2026-03-02T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.acme.example:80/old HTTP/1.1" "curl/7.38.0" - -\n';
  expect((await read(line)).named).toEqual(['GET www.acme.example/old 2026-03-02T23:39:43.945Z']);
});

test('CloudFront, with a heading, in JSON, and in real time', async () => {
  const named = ['GET cdn.acme.example/v1/items/{integer} 2026-03-02T09:31:00.000Z'];
  expect((await read(await fixture('cloudfront.txt'))).named).toEqual(named);
  const json =
    '{"date":"2026-03-02","time":"09:31:00","cs-method":"GET","x-host-header":"cdn.acme.example","cs-uri-stem":"/v1/items/7","cs-uri-query":"-","sc-status":"200","x-edge-location":"LAX1","time-taken":"0.001"}\n';
  expect((await read(json)).named).toEqual(named);
  const fields = ['timestamp', 'c-ip', 'sc-status', 'cs-method', 'x-host-header', 'cs-uri-stem'];
  expect(
    (await read('1772443860.000\t192.0.2.7\t200\tGET\tcdn.acme.example\t/v1/items/7\n', { fields })).named,
  ).toEqual(named);
});

test('API Gateway: JSON, common, and declared', async () => {
  expect((await read(await fixture('api-gateway.json'))).named).toEqual([
    'POST /pets 2026-03-02T09:32:01.000Z',
    'GET api.acme.example/pets/{string} 2026-03-02T09:32:00.000Z',
  ]);
  const common =
    '192.0.2.5 - - [02/Mar/2026:09:32:00 +0000] "GET /pets HTTP/1.1" 200 1051 c6af9ac6-7b61-11e6-9a41-93e8deadbeef\n';
  const host = 'api.acme.example';
  expect((await read(common, { host })).named).toEqual(['GET api.acme.example/pets 2026-03-02T09:32:00.000Z']);
  const format =
    '{"at":"$context.requestTimeEpoch","m":"$context.httpMethod","p":"$context.path","s":$context.status,"k":"$context.identity.apiKeyId"}';
  const declared = await read('{"at":"1772443920000","m":"GET","p":"/prod/pets","s":200,"k":"abc"}\n', {
    format,
    host,
  });
  expect(declared.named).toEqual(['GET api.acme.example/prod/pets 2026-03-02T09:32:00.000Z']);
  expect(declared.sightings[0]?.facts.auth?.mechanisms).toEqual(['apiKey']);
});
