import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readExchanges } from '#collectors/capture/exchanges';
import { newReading } from '#collectors/capture/reading';
import { type MadeOptions, makeCapture } from './made/capture.ts';
import { makeHugeBody, makeScan } from './made/extremes.ts';
import { Matcher } from './made/match.ts';
import type { Truth } from './made/truth.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-made-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function matched(path: string, truth: Truth) {
  const matcher = new Matcher(truth);
  const reading = newReading();
  for await (const exchange of readExchanges(path, new AbortController().signal, reading)) matcher.add(exchange);
  return { ...matcher.result(), packets: reading.tally.packets };
}

const megabyte = 1_000_000;
const cases: [string, MadeOptions][] = [
  ['connections that are interleaved', { bytes: 8 * megabyte }],
  ['one connection', { bytes: megabyte, flows: 1, requests: Number.POSITIVE_INFINITY }],
  ['connections in VXLAN', { bytes: 2 * megabyte, vxlan: true }],
  ['connections of HTTP/2', { bytes: 8 * megabyte, version: 2 }],
  ['connections of HTTP/2 in VXLAN', { bytes: 2 * megabyte, version: 2, vxlan: true }],
  ['connections with one request', { bytes: megabyte, flows: 20, requests: 1 }],
];

describe('made captures', () => {
  test.each(cases)('%s: every request is found, none is invented', async (_, options) => {
    const path = join(folder, 'made.pcap');
    const truth = makeCapture(path, options);
    const { requests: found, packets } = truth;
    expect(found).toBeGreaterThan(50);
    expect(await matched(path, truth)).toEqual({ found, missed: 0, invented: 0, differences: [], packets });
  });

  test('an answer that fills the file', async () => {
    const path = join(folder, 'body.pcap');
    const truth = makeHugeBody(path, 2 * megabyte);
    expect(await matched(path, truth)).toMatchObject({ found: 1, missed: 0, invented: 0 });
  });

  test('a port scan holds nothing', async () => {
    const path = join(folder, 'scan.pcap');
    const truth = makeScan(path, megabyte);
    expect(await matched(path, truth)).toMatchObject({ found: 0, packets: truth.connections });
  });

  test('a seed gives the same file again, and another one another', async () => {
    const digest = async (seed: number) => {
      makeCapture(join(folder, 'seeded.pcap'), { bytes: 400_000, seed });
      return createHash('sha256')
        .update(await readFile(join(folder, 'seeded.pcap')))
        .digest('hex');
    };
    const first = await digest(7);
    expect(await digest(7)).toBe(first);
    expect(await digest(8)).not.toBe(first);
  });

  test('the share of acknowledgements, of late and of repeated packets', () => {
    const { packets, acks, reordered, repeated } = makeCapture(join(folder, 'shares.pcap'), { bytes: 8 * megabyte });
    expect(acks / packets).toBeCloseTo(0.45, 2);
    expect(reordered / packets).toBeCloseTo(0.01, 3);
    expect(repeated / packets).toBeCloseTo(0.005, 3);
  });
});
