import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capture } from '#collectors/capture/index';
import { appendedName, recordsOf, rotated } from '#test/collectors/capture/rotation/cut';
import { testRun } from '#test/collectors/contract';

const shared = join(process.env['NOONTIDE_SHARED'] ?? '../shared', 'captures');
const present = existsSync(shared);
/** Classic captures of little byte order, with micro- or nanoseconds. */
const magics = ['d4c3b2a1', '4d3cb2a1'];
const most = 40;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-rotations-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is told of a folder's exchanges, sorted. */
async function told(root: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const one of capture.exchanges!({ paths: ['.'] }, testRun(root, new AbortController().signal))) {
    if (one.type !== 'exchange') continue;
    const { at, method, host, target, status, requestLength, responseLength, latency, messages } = one.exchange;
    lines.push(JSON.stringify([at, method, host, target, status, requestLength, responseLength, latency, messages]));
  }
  return lines.sort();
}

describe.skipIf(!present)('real captures', () => {
  test('that are cut into files of a rotation tell the same exchanges as the whole', async () => {
    let compared = 0;
    for (const name of readdirSync(shared)) {
      const whole = readFileSync(join(shared, name));
      if (!magics.includes(whole.toString('hex', 0, 4)) || name.includes('mid-packet')) continue;
      const packets = recordsOf(whole).length;
      const step = Math.ceil(packets / most);
      const places = Array.from({ length: Math.min(most, packets) }, (_, i) => i * step);
      await rm(folder, { recursive: true, force: true });
      for (const [sub, files] of [['whole', [whole]] as const, ['rotated', rotated(whole, places)] as const]) {
        await mkdir(join(folder, sub), { recursive: true });
        for (const [i, bytes] of files.entries()) await writeFile(join(folder, sub, appendedName(i)), bytes);
      }
      const expected = await told(join(folder, 'whole'));
      expect([name, ...(await told(join(folder, 'rotated')))]).toEqual([name, ...expected]);
      if (expected.length > 0) compared++;
    }
    expect(compared).toBeGreaterThan(150);
  });
});
