import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capture } from '#collectors/capture/index';
import { pcapFile, request, response, type Turn, talk } from '#test/collectors/capture/pcap';
import { appendedName, rotated } from '#test/collectors/capture/rotation/cut';
import { collect } from '#test/collectors/contract';
import { clientHello, handshake, record as recordOf } from './made.ts';
import { type Recording, record } from './recording.ts';

const record22 = (body: Buffer) => recordOf(22, handshake(1, body));

let root: string;
let recording: Recording;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-tls-')));
  const turns = [
    request('GET', '/v1/orders/7', 'api.example.test'),
    response(200, 'x'.repeat(3_000)),
    request('POST', '/v1/orders', 'api.example.test', '{}'),
    response(201, '{}'),
  ].map((turn) => Buffer.from(turn.slice(1), 'latin1'));
  recording = await record({ turns });
  const frames = talk(
    recording.chunks.map(({ side, bytes }): Turn => `${side === 0 ? '>' : '<'}${bytes.toString('latin1')}`),
    {
      serverPort: 443,
    },
  );
  await writeFile(join(root, 'tls.pcap'), pcapFile(frames));
  await writeFile(join(root, 'clear.pcap'), pcapFile(talk([request('GET', '/v1/orders'), response(200)])));
  await writeFile(join(root, 'keys.log'), recording.keyLog);
  await writeFile(join(root, 'other.log'), '# nothing\n');
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('a capture of TLS', () => {
  test('with a key log gives the operations inside', async () => {
    const { sightings, reports } = await collect(capture, { paths: ['tls.pcap'], keylog: 'keys.log' }, root);
    expect(sightings.map(({ method, path, servers }) => [method, path, servers[0]])).toEqual([
      ['POST', '/v1/orders', expect.objectContaining({ host: 'api.example.test' })],
      ['GET', '/v1/orders/{integer}', expect.objectContaining({ host: 'api.example.test' })],
    ]);
    expect(reports).toMatchObject([{ completeness: 'complete', problems: [] }]);
    expect(reports[0]!.saw).toContain('1 TLS connection, all decrypted (api.example.test)');
    expect(reports[0]!.covers.hosts).toEqual(['api.example.test']);
    for (const line of recording.keyLog.trim().split('\n')) {
      expect(JSON.stringify([sightings, reports])).not.toContain(line.split(' ')[2]);
    }
  });

  test('that was rotated goes on from file to file, with what was agreed in the first', async () => {
    const folder = await mkdtemp(join(root, 'rotated-'));
    const files = rotated(await readFile(join(root, 'tls.pcap')), [9, 12, 13]);
    for (const [i, bytes] of files.entries()) await writeFile(join(folder, appendedName(i)), bytes);
    const { sightings, reports } = await collect(capture, { paths: [folder], keylog: 'keys.log' }, root);
    expect(sightings.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'GET /v1/orders/{integer}',
      'POST /v1/orders',
    ]);
    for (const { saw, completeness } of reports) {
      expect([completeness, saw]).toEqual(['complete', expect.stringContaining('1 TLS connection, all decrypted')]);
    }
    const closed = await collect(capture, { paths: [folder] }, root);
    for (const { saw } of closed.reports) expect(saw).toContain('1 TLS connection without a key');
    expect(closed.sightings.map(({ service, seen }) => [service, seen?.count])).toEqual([['api.example.test', 1]]);
    // The first file ends behind the hello; what became of the connection the second tells.
    const early = rotated(await readFile(join(root, 'tls.pcap')), [5]);
    const again = await mkdtemp(join(root, 'rotated-'));
    for (const [i, bytes] of early.entries()) await writeFile(join(again, appendedName(i)), bytes);
    const late = await collect(capture, { paths: [again] }, root);
    expect(late.sightings).toMatchObject([{ where: { file: expect.stringContaining(appendedName(0)), ref: 5 } }]);
    expect(late.reports[1]!.saw).toContain('(api.example.test)');
  });

  test('without one names the host, and says what would show more', async () => {
    const { sightings, reports } = await collect(capture, { paths: ['tls.pcap'] }, root);
    expect(sightings).toEqual([
      {
        plane: 'observed',
        protocol: 'http',
        method: '*',
        path: '/',
        pathKind: 'prefix',
        anchored: true,
        servers: [{ host: 'api.example.test', basePath: '' }],
        service: 'api.example.test',
        facts: { tls: { versions: ['1.3'], alpn: ['http/1.1'], transport: ['tcp'] } },
        where: { in: 'traffic', file: 'tls.pcap', ref: expect.any(Number) },
        seen: { first: expect.any(Number), last: expect.any(Number), count: 1 },
      },
    ]);
    expect(reports[0]!.saw).toMatch(
      /1 TLS connection \(api\.example\.test\); no HTTP, 1 TLS connection without a key: give a key log \(--tls-keylog\) or record behind/,
    );
    expect(reports[0]!.covers.hosts).toEqual([]);
  });

  test.each([
    [['api.example.test'], 1],
    [['*.example.test'], 1],
    [['other.test'], 0],
  ])('of hosts that were not asked for nothing is told: %j', async (hosts, count) => {
    const { sightings } = await collect(capture, { paths: ['tls.pcap'], hosts }, root);
    expect(sightings.length).toBe(count);
  });

  test('what a proxy was asked for is the host behind a tunnel', async () => {
    const hello = (host: string | null) => `>${record22(clientHello({ host })).toString('latin1')}` as const;
    const asked = (target: string) => `>CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n` as const;
    const talks = [
      talk([asked('api.example.test:443'), response(200), hello('api.example.test')], { serverPort: 3_128 }),
      talk([asked('10.1.2.3:8443'), response(200), hello(null)], { serverPort: 3_128, clientPort: 40_001 }),
      talk([asked('[2001:db8::1]:8443'), response(200), hello(null)], { serverPort: 3_128, clientPort: 40_002 }),
    ];
    await writeFile(join(root, 'proxy.pcap'), pcapFile(talks.flat()));
    const { sightings } = await collect(capture, { paths: ['proxy.pcap'] }, root);
    const closed = sightings.filter(({ facts }) => facts.tls);
    expect(closed.map(({ service }) => service)).toEqual(['10.1.2.3:8443', '[2001:db8::1]:8443', 'api.example.test']);
  });

  test.each([
    ['nowhere.log', 'there is no such key log'],
    ['other.log', 'the key log holds no TLS secrets'],
  ])('with a key log that is of no use: %s', async (keylog, message) => {
    const { reports } = await collect(capture, { paths: ['clear.pcap', 'tls.pcap'], keylog }, root);
    expect(reports).toMatchObject([
      { scope: 'clear.pcap', completeness: 'complete', problems: [] },
      { scope: 'tls.pcap', completeness: 'partial', problems: [{ message, where: keylog, mend: expect.any(String) }] },
    ]);
  });
});
