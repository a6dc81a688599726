import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldRotation } from '#collectors/capture/rotation/fold';
import type { Folded, Task } from '#collectors/capture/task';
import { Fold } from '#collectors/traffic/fold';
import type { Sighting } from '#model/sighting';
import { type MadeOptions, makeCapture } from '#test/collectors/capture/made/capture';
import { all } from '#test/db/samples';
import { appendedName, recordsOf, rotated, spread } from './cut.ts';

const never = new AbortController().signal;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-rotation-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function folded(files: readonly Buffer[]): Promise<Folded[]> {
  const tasks: Task[] = [];
  for (const [i, bytes] of files.entries()) {
    const path = join(folder, appendedName(i));
    await writeFile(path, bytes);
    tasks.push({ path, size: 1, scope: appendedName(i), hosts: undefined, keyLog: undefined, part: undefined });
  }
  return all(foldRotation(tasks, never, () => undefined));
}

/** All files' sightings as those of one, whose packets are numbered from the first file's first on. */
function together(parts: readonly Folded[], files: readonly Buffer[]): Sighting[] {
  const before = new Map<string, number>();
  let packets = 0;
  for (const [i, bytes] of files.entries()) {
    before.set(appendedName(i), packets);
    packets += recordsOf(bytes).length;
  }
  const whole = new Fold('edge.pcap');
  for (const { fold } of parts) whole.absorb(fold.state());
  return whole.sightings().map((sighting) => {
    const { where } = sighting;
    if (where.in !== 'traffic') return sighting;
    return { ...sighting, where: { ...where, file: 'edge.pcap', ref: where.ref + before.get(where.file)! } };
  });
}

/** What is counted, whatever the file: connections where they began. */
function counts(parts: readonly Folded[]) {
  const sum = {
    packets: 0,
    connections: 0,
    midway: 0,
    requests: 0,
    responses: 0,
    unasked: 0,
    gaps: 0,
    lost: 0,
    tls: 0,
  };
  for (const {
    reading: { tally },
  } of parts) {
    sum.packets += tally.packets;
    sum.connections += tally.flows - tally.continued;
    sum.midway += tally.midway;
    sum.requests += tally.requests;
    sum.responses += tally.responses;
    sum.unasked += tally.unasked;
    sum.gaps += tally.gaps;
    sum.lost += tally.lostMessages;
  }
  return sum;
}

const made: [string, MadeOptions][] = [
  ['HTTP/1', { bytes: 300_000, flows: 8, seed: 3 }],
  ['HTTP/2', { bytes: 300_000, flows: 8, seed: 4, version: 2 }],
  ['HTTP/1 in VXLAN', { bytes: 150_000, flows: 3, seed: 5, vxlan: true }],
];

describe('a capture cut into the files of a rotation', () => {
  test.each(made)('gives together what the whole gives: %s', async (_, options) => {
    const path = join(folder, 'whole.pcap');
    const truth = makeCapture(path, options);
    const bytes = spread(await readFile(path));
    const alone = await folded([bytes]);
    const whole = together(alone, [bytes]);
    expect(alone[0]!.reading.tally.requests).toBe(truth.requests);
    const cut = async (places: readonly number[]) => {
      const files = rotated(bytes, places);
      const parts = await folded(files);
      expect(parts.map(({ reading }) => reading.tally.packets)).toEqual(files.map((file) => recordsOf(file).length));
      expect(counts(parts)).toEqual(counts(alone));
      expect(together(parts, files)).toEqual(whole);
    };
    await fc.assert(fc.asyncProperty(fc.array(fc.nat(), { maxLength: 12 }), cut), { numRuns: 25 });
    // At every packet of a stretch.
    await cut(Array.from({ length: 60 }, (__, i) => i + 100));
  });
});
