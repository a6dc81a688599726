import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Herd } from './mutants.ts';

const captures = join(process.env['NOONTIDE_SHARED'] ?? '../shared', 'captures');
/** In memory, where there is such a folder. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

const count = Number(process.env['NOONTIDE_MUTANTS'] ?? 110_000);
const seeds = [20_260_102, 20_260_103];

/** One process; killed when it takes so long that it hangs, with the mutant left where it lies, and when another has failed. */
async function read(seed: number, share: number, failure: AbortController): Promise<Herd> {
  const folder = await mkdtemp(join(place, 'noontide-mutants-'));
  const file = join(folder, 'mutant');
  const script = fileURLToPath(new URL('mutants.ts', import.meta.url));
  const args = ['--conditions=source', '--max-old-space-size=500', script, captures, String(seed), String(share), file];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 1_000_000,
    killSignal: 'SIGKILL',
  });
  failure.signal.addEventListener('abort', () => child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) {
    failure.abort();
    throw new Error(`${signal ?? `ended with ${code}`}: ${err.slice(0, 2_000)}; the mutant is ${file}`);
  }
  await rm(folder, { recursive: true });
  return JSON.parse(out) as Herd;
}

describe.skipIf(!existsSync(captures))('mutants of real captures', () => {
  test('are read to some end: no exception, no hang, nothing implausible, bounded memory', async () => {
    const failure = new AbortController();
    const herds = await Promise.all(seeds.map((seed) => read(seed, Math.ceil(count / seeds.length), failure)));
    console.log(herds);
    for (const { mutants, exchanges, peakMegabytes } of herds) {
      expect(mutants).toBe(Math.ceil(count / seeds.length));
      // What is broken is still read: these are no random bytes.
      expect(exchanges).toBeGreaterThan(mutants / 2);
      expect(peakMegabytes).toBeLessThan(400);
    }
  }, 1_100_000);
});
