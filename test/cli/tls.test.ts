import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pcapFile, request, response, type Turn, talk } from '#test/collectors/capture/pcap';
import { type Chunk, ec, record } from '#test/collectors/capture/tls/recording';
import { emptyFolder, remove } from './folder.ts';
import { noontide } from './small.ts';

const host = 'api.shop.example';
const specification = `openapi: 3.1.0
info: { title: Orders, version: 1.2.0 }
servers: [{ url: https://${host} }]
paths:
  /orders:
    get: { responses: { '200': { description: ok } } }
`;
const configuration = `version: 1
sources:
  specs: { kind: spec, paths: [openapi.yaml] }
  edge: { kind: capture, paths: [edge.pcap] }
`;

let folder: string;
let keyLog: string;
const run = (...args: string[]) => noontide(args, folder);

/** A capture of TLS to a host that is declared and to one that is not, with a certificate of the client, and of HTTP elsewhere. */
beforeAll(async () => {
  folder = await emptyFolder();
  const server = { requestCert: true, rejectUnauthorized: false, maxVersion: 'TLSv1.2' as const };
  const turns = [request('GET', '/orders', host), response(200, '{}')].map((turn) => Buffer.from(turn.slice(1)));
  const turnsOf = (chunks: readonly Chunk[]): Turn[] =>
    chunks.map(({ side, bytes }): Turn => `${side === 0 ? '>' : '<'}${bytes.toString('latin1')}`);
  const recordings = [];
  for (const servername of [host, 'partner.example'])
    recordings.push(await record({ server, client: { ...ec, servername }, turns }));
  keyLog = recordings[0]!.keyLog;
  const talks = recordings.map(({ chunks }, i) => talk(turnsOf(chunks), { serverPort: 443, clientPort: 40_000 + i }));
  const clear = talk([request('GET', '/health', 'metrics.shop.example'), response(200)], { clientPort: 50_000 });
  await writeFile(join(folder, 'edge.pcap'), pcapFile([...talks.flat(), ...clear]));
  await writeFile(join(folder, 'openapi.yaml'), specification);
  await writeFile(join(folder, 'noontide.yaml'), configuration);
  await writeFile(join(folder, 'keys.log'), keyLog);
});
afterAll(() => remove(folder));

describe('TLS that no key opens', () => {
  test('is listed by host, found fault with by nothing, and shown with what is known', async () => {
    const scanned = await run('scan', '--fail-on', 'zombie,shadow,orphan,info');
    expect([scanned.code, scanned.err]).toEqual([0, expect.any(String)]);
    expect(scanned.out).toContain('Nothing wrong was found.');
    expect((await run('findings')).out).toBe('');

    const listed = JSON.parse((await run('list', '--json')).out) as { endpoints: Record<string, unknown>[] };
    expect(listed.endpoints).toMatchObject([
      {
        service: 'Orders',
        method: '*',
        path: '/',
        pathKind: 'prefix',
        hosts: [host],
        leaf: 'indeterminate',
        reason: 'encrypted',
        because: 'TLS was seen (1 connection, http/1.1), and no key to look into it',
        decidedBy: ['observed'],
        calls: 0,
        lastCall: null,
        authentication: { required: 'unknown', mechanisms: ['mutualTLS'] },
      },
      { service: 'Orders', method: 'GET', path: '/orders', leaf: 'indeterminate', planes: { observed: 'unknown' } },
      { service: 'metrics.shop.example', method: 'GET', path: '/health', leaf: 'managed' },
      { service: 'partner.example', method: '*', path: '/', reason: 'encrypted' },
    ]);
    expect((await run('list', '--where', 'reason == "encrypted"', '--columns', 'hosts,because')).out).toContain(
      'partner.example',
    );
    const [closed] = listed.endpoints;
    const shown = await run('show', String(closed!['id']));
    expect(shown.out).toMatch(/edge {2}edge\.pcap@[0-9]+ {2}1 connection, 2026-/);
    expect(shown.out).toContain('as * /, TLS 1.2 by tcp, speaks http/1.1, client certificates sent');
    const json = JSON.parse((await run('show', String(closed!['id']), '--json')).out);
    expect(json.sightings[0].facts.tls).toEqual({
      versions: ['1.2'],
      alpn: ['http/1.1'],
      transport: ['tcp'],
      certificates: 'sent',
    });
    expect((await run('export', '--format', 'csv')).out).toContain('TLS');
  });

  test('is what is asked inside, once there is one', async () => {
    const { out, code } = await run('scan', 'edge.pcap', '--tls-keylog', 'keys.log', '--db', 'other.db');
    expect([code, out]).toEqual([0, expect.stringContaining('2 TLS connections, 1 decrypted')]);
    const { endpoints } = JSON.parse((await run('list', '--json', '--db', 'other.db')).out);
    expect(endpoints.map(({ service, path }: Record<string, string>) => `${service} ${path}`)).toEqual([
      `${host} /orders`,
      'metrics.shop.example /health',
      'partner.example /',
    ]);
  });
});
