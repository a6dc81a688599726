import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capture } from '#collectors/capture/index';
import { pcapFile, request, response, type Turn, talk } from '#test/collectors/capture/pcap';
import { appendedName, rotated } from '#test/collectors/capture/rotation/cut';
import { collect } from '#test/collectors/contract';
import { type Recording, record } from './recording.ts';

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
  });

  test('without one names the host, and says what would show more', async () => {
    const { sightings, reports } = await collect(capture, { paths: ['tls.pcap'] }, root);
    expect(sightings).toEqual([]);
    expect(reports[0]!.saw).toMatch(
      /1 TLS connection \(api\.example\.test\); no HTTP, 1 TLS connection without a key: give a key log \(--tls-keylog\) or record behind/,
    );
    expect(reports[0]!.covers.hosts).toEqual([]);
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
