import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { capture } from '#collectors/capture/index';
import type { ExchangeEmission } from '#collectors/collector';
import type { Sighting } from '#model/sighting';
import { type Frame, pcapFile, request, response, type Turn, talk } from '#test/collectors/capture/pcap';
import { collect, testRun } from '#test/collectors/contract';

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-rotated-')));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const start = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const turns: Turn[] = [
  request('GET', '/v1/orders/7'),
  response(200, '{}'),
  request('GET', '/v1/carts'),
  response(200, '[]'),
  request('POST', '/v1/orders'),
  response(201, '{}'),
];
const frames = talk(turns);
/** The packet of the second request, from 0. */
const second = frames.findIndex(({ data }) => data.includes('/v1/carts'));

async function scan(files: Record<string, Buffer>) {
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(root, name), bytes);
  const { sightings, reports } = await collect(capture, { paths: ['.'] }, root);
  return { lines: sightings.map(line).sort(), reports };
}

/** `GET /v1/carts 200:1 edge.pcap@6`: statuses and how often, and where it was seen first. */
function line({ method, path, facts, where }: Sighting): string {
  const statuses = Object.entries(facts.statuses ?? {}).map((status) => status.join(':'));
  return `${method} ${path} ${statuses.join(' ')} ${where.in === 'traffic' ? `${where.file}@${where.ref}` : ''}`;
}

const later = (some: readonly Frame[], ms: number) => some.map((frame) => ({ ...frame, at: frame.at + ms }));
const whole = ['GET /v1/carts 200:1', 'GET /v1/orders/{integer} 200:1', 'POST /v1/orders 201:1'];
const withoutPlace = (lines: readonly string[]) => lines.map((text) => text.replace(/ \S+$/, ''));

describe('a rotation', () => {
  test('an answer in the next file is that of its request, and is told there', async () => {
    const { lines, reports } = await scan({
      'edge.pcap': pcapFile(frames.slice(0, second + 1)),
      'edge.pcap1': pcapFile(frames.slice(second + 1)),
    });
    expect(lines).toEqual([
      `GET /v1/carts 200:1 edge.pcap@${second + 1}`,
      'GET /v1/orders/{integer} 200:1 edge.pcap@4',
      expect.stringMatching(/^POST \/v1\/orders 201:1 edge\.pcap1@\d$/),
    ]);
    expect(reports.map(({ scope, completeness }) => [scope, completeness])).toEqual([
      ['edge.pcap', 'complete'],
      ['edge.pcap1', 'complete'],
    ]);
    expect(reports[0]?.saw).toMatch(/in 1 connection; 1 exchange,/);
    expect(reports[1]?.saw).toMatch(/in 1 connection; 1 connection that began in the files before; 2 exchanges,/);
    expect(reports[1]?.covers).toMatchObject({ from: frames[second + 1]!.at, to: frames.at(-1)!.at });
  });

  test('an answer that never comes is missing in the file in which its connection ends', async () => {
    const { lines } = await scan({
      'edge.pcap': pcapFile(frames.slice(0, second + 1)),
      'edge.pcap1': pcapFile(talk([request('GET', '/v2/a'), response(200, '')], { clientPort: 9, at: start + 900 })),
    });
    expect(withoutPlace(lines)).toEqual(['GET /v1/carts 0:1', 'GET /v1/orders/{integer} 200:1', 'GET /v2/a 200:1']);
  });

  test('its files may be packed, and many', async () => {
    const files = Object.fromEntries(
      frames.map((frame, i) => [`edge.pcap${i === 0 ? '' : i}.gz`, gzipSync(pcapFile([frame]))]),
    );
    const { lines, reports } = await scan(files);
    expect(withoutPlace(lines)).toEqual(whole);
    expect(reports.length).toBe(frames.length);
  });

  test('two of them at once', async () => {
    const other = talk(turns, { client: '10.0.9.9', server: '10.0.9.1' });
    const { lines, reports } = await scan({
      'a.pcap': pcapFile(frames.slice(0, second + 1)),
      'a.pcap1': pcapFile(frames.slice(second + 1)),
      'b.pcap': pcapFile(other.slice(0, second + 1)),
      'b.pcap1': pcapFile(other.slice(second + 1)),
    });
    expect(withoutPlace(lines)).toEqual(whole.flatMap((text) => [text, text]));
    expect(reports.map(({ scope }) => scope).sort()).toEqual(['a.pcap', 'a.pcap1', 'b.pcap', 'b.pcap1']);
  });

  test('exchanges are told in the same way', async () => {
    await writeFile(join(root, 'edge.pcap'), pcapFile(frames.slice(0, second + 1)));
    await writeFile(join(root, 'edge.pcap1'), pcapFile(frames.slice(second + 1)));
    const told: ExchangeEmission[] = [];
    const run = testRun(root, new AbortController().signal);
    for await (const one of capture.exchanges!({ paths: ['.'] }, run)) told.push(one);
    const lines = told.map((one) => {
      if (one.type !== 'exchange') return `${one.type} ${one.type === 'begin' ? one.scope : one.report.scope}`;
      const { method, target, status, file, ref } = one.exchange;
      return `${method} ${target} ${status} ${file ?? ''}@${ref}`;
    });
    expect(lines).toEqual([
      'begin edge.pcap',
      'GET /v1/orders/7 200 @4',
      'end edge.pcap',
      'begin edge.pcap1',
      `GET /v1/carts 200 edge.pcap@${second + 1}`,
      expect.stringMatching(/^POST \/v1\/orders 201 @\d$/),
      'end edge.pcap1',
    ]);
  });
});

describe('is broken', () => {
  const cut = ['GET /v1/carts 0:1', 'GET /v1/orders/{integer} 200:1', 'POST /v1/orders 201:1'];

  test.each<[string, number]>([
    ['by a silence longer than connections are kept', 300_001],
    ['by a file that begins before the other ends', -1_000],
  ])('%s', async (_, ms) => {
    const at = second + 1;
    const { lines } = await scan({
      'edge.pcap': pcapFile([...later(frames.slice(0, 1), -10_000), ...frames.slice(1, at)]),
      'edge.pcap1': pcapFile(later(frames.slice(at), ms)),
    });
    expect(withoutPlace(lines)).toEqual(cut);
  });

  test('by a file that breaks off: what comes behind it begins anew, and goes on by itself', async () => {
    const [a, b] = [frames.slice(0, second + 1), frames.slice(second + 1, second + 3)];
    const broken = pcapFile([...b, ...b.slice(1)]);
    const { lines, reports } = await scan({
      'edge.pcap': pcapFile(a),
      'edge.pcap1': broken.subarray(0, broken.length - 3),
      'edge.pcap2': pcapFile(frames.slice(second + 3, -5)),
      'edge.pcap3': pcapFile(frames.slice(-5)),
    });
    expect(withoutPlace(lines)).toEqual(whole);
    expect(reports.map(({ completeness }) => completeness)).toEqual(['complete', 'partial', 'complete', 'complete']);
    expect(reports[2]?.saw).toContain('1 connection older than the capture');
    expect(reports[3]?.saw).toContain('1 connection that began in the files before');
  });

  test('by connections under way that nobody knows: it is another host', async () => {
    const others = [1, 2, 3].flatMap((i) =>
      talk([request('GET', '/v9/x'), response(200, '')], {
        client: `10.9.0.${i}`,
        handshake: false,
        at: start + 900,
      }),
    );
    const { lines, reports } = await scan({
      'edge.pcap': pcapFile(frames.slice(0, second + 1)),
      'edge.pcap1': pcapFile(others.sort((a, b) => a.at - b.at)),
    });
    expect(withoutPlace(lines)).toEqual([cut[0], cut[1], 'GET /v9/x 200:3']);
    expect(reports[0]?.saw).toContain('1 request without an answer');
    expect(reports[1]?.saw).toContain('3 connections older than the capture');
  });

  test('for a connection whose numbers do not go on: it is another one between the same ports', async () => {
    const other = talk([response(200, '[]'), request('POST', '/v1/orders'), response(201, '{}')], {
      handshake: false,
      seq: [1_500_000_000, 2_000_000_000],
      at: start + 900,
    });
    const { lines } = await scan({
      'edge.pcap': pcapFile(frames.slice(0, second + 1)),
      'edge.pcap1': pcapFile(other),
    });
    expect(withoutPlace(lines)).toEqual(cut);
  });
});
