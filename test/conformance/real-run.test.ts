import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noontide } from '#test/cli/small';
import { askGrpc, askHttp2, calls, startHttp2Shop } from './real-run/http2.ts';
import { freePort, startNginx } from './real-run/nginx.ts';
import { installed, type Recording, record } from './real-run/recording.ts';
import { type Asked, askHttp1, asks, portOf, startShop } from './real-run/shop.ts';
import { askHttps, askHttps2, certificate, startHttps, startHttps2 } from './real-run/tls.ts';
import { startWebSocket, talkWebSocket } from './real-run/websocket.ts';

/** An exchange as `noontide exchanges --json` prints it. */
interface Printed {
  protocol: string;
  method: string;
  host: string;
  target: string;
  status: number | null;
  version: string | null;
  messages: { sent: number; received: number } | null;
}

const folder = await mkdtemp(join(tmpdir(), 'noontide-real-run-'));
const shop: Server = await startShop();
const plain = { http1: shop, http2: await startHttp2Shop(), webSocket: await startWebSocket() };
const keylog = join(folder, 'keylog.txt');
const openssl = installed('openssl');
const pair = openssl === null ? null : await certificate(openssl, folder);
const secure = pair === null ? null : { http1: await startHttps(pair, keylog), http2: await startHttps2(pair, keylog) };
const servers = [...Object.values(plain), ...Object.values(secure ?? {})];
const direct = portOf(shop);
const proxied = await freePort();
const nginx = installed('nginx');
const recording: Recording | string = await record(join(folder, 'lo.pcap'), [proxied, ...servers.map(portOf)]);
if (typeof recording === 'string') console.warn(`left out: the real run, for ${recording}`);
if (openssl === null) console.warn('left out: TLS, for the openssl program makes its certificate');
if (nginx === null) console.warn('left out: requests through nginx, for it is not installed');

const graphql: Asked[] = ['query Orders { orders { id } }', 'mutation Cancel { cancel(id: 1) { id } }'].map(
  (query) => ({
    method: 'POST',
    target: '/graphql',
    status: 200,
    body: JSON.stringify({ query }),
  }),
);

let proxy: ChildProcess | null = null;

afterAll(async () => {
  if (proxy !== null && proxy.exitCode === null) {
    proxy.kill();
    await once(proxy, 'close');
  }
  shop.closeAllConnections();
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(typeof recording === 'string')('what real servers say on loopback, recorded by tcpdump', () => {
  let printed: Printed[];

  beforeAll(async () => {
    if (nginx !== null) proxy = await startNginx(nginx, join(folder, 'nginx'), proxied, direct, 'backend.test');
    await askHttp1(direct, 'shop.test', asks);
    await askHttp1(direct, 'graphql.test', graphql);
    if (nginx !== null) await askHttp1(proxied, 'proxy.test', asks);
    await askHttp2(portOf(plain.http2), 'h2c.test', asks);
    await askGrpc(portOf(plain.http2), 'grpc.test');
    await talkWebSocket(portOf(plain.webSocket), '/live?room=7', 12);
    if (secure !== null) {
      await askHttps(portOf(secure.http1), 'tls12.test', 'TLSv1.2', asks);
      await askHttps(portOf(secure.http1), 'tls13.test', 'TLSv1.3', asks);
      await askHttps2(portOf(secure.http2), 'h2.test', asks);
    }
    expect(await (recording as Recording).stop()).toBe(0);
    const secrets = secure === null ? [] : ['--tls-keylog', keylog];
    const args = ['exchanges', '--json', '--raw', ...secrets, 'lo.pcap'];
    const { code, out, err } = await noontide(args, folder);
    expect([code, err]).toEqual([0, expect.stringMatching(/^lo\.pcap: /)]);
    printed = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  });

  const lines = (all: readonly (Asked | Printed)[]) =>
    all.map(({ method, target, status }) => `${method} ${target} ${status}`).sort();
  const found = (host: string) => lines(printed.filter((one) => one.host === host));

  test('HTTP/1.1', () => expect(found('shop.test')).toEqual(lines(asks)));

  test.skipIf(nginx === null)('HTTP/1.1 through nginx, on both sides of it', () => {
    expect(found('proxy.test')).toEqual(lines(asks));
    expect(found('backend.test')).toEqual(lines(asks));
  });

  test('GraphQL over HTTP', () => expect(found('graphql.test')).toEqual(lines(graphql)));

  test('HTTP/2 in clear', () => {
    expect(found('h2c.test')).toEqual(lines(asks));
    expect(printed.filter(({ host }) => host === 'h2c.test').every(({ version }) => version === '2')).toBe(true);
  });

  test('gRPC, with its messages', () => {
    const grpc = printed.filter(({ host }) => host === 'grpc.test');
    expect(
      grpc.map(({ protocol, method, target, status, messages }) => ({ protocol, method, target, status, messages })),
    ).toEqual(
      calls.map(({ target, sent, received }) => ({
        protocol: 'grpc',
        method: 'POST',
        target,
        status: 200,
        messages: { sent, received },
      })),
    );
  });

  test('WebSocket, with its messages', () => {
    const webSocket = printed.filter(({ host }) => host === `127.0.0.1:${portOf(plain.webSocket)}`);
    expect(webSocket).toMatchObject([
      {
        protocol: 'websocket',
        method: 'GET',
        target: '/live?room=7',
        status: 101,
        messages: { sent: 12, received: 24 },
      },
    ]);
  });

  test.skipIf(openssl === null)('HTTP/1.1 and HTTP/2 over TLS, with the key log', () => {
    for (const host of ['tls12.test', 'tls13.test', 'h2.test'])
      expect([host, found(host)]).toEqual([host, lines(asks)]);
  });
});
