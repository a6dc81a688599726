import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import expected from './expected.json' with { type: 'json' };

const project = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(project, 'dist/src/cli/bin.js');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-kill-'));
  await cp(join(project, 'examples'), folder, { recursive: true, filter: (path) => !/\.db(-\w+)?$/.test(path) });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function noontide(...args: string[]): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1', NOONTIDE_DB: '' };
  return (await promisify(execFile)(process.execPath, [bin, ...args], { cwd: folder, env })).stdout;
}

test('killed fifty times at any point, the inventory is sound, and the next scan is complete', async () => {
  let seed = 11;
  let killed = 0;
  for (let round = 0; round < 50; round++) {
    seed = (seed * 48_271) % 2_147_483_647;
    const child = spawn(process.execPath, [bin, 'scan'], {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, NOONTIDE_DB: '' },
    });
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    // From before the inventory is opened until after its view is made.
    await Promise.race([ended, sleep(80 + (seed % 720))]);
    child.kill('SIGKILL');
    const [, signal] = await ended;
    if (signal === 'SIGKILL') killed++;
    // A scan that was killed is no trouble of the inventory; doctor exits with 4 if there is any.
    if (round % 5 === 4) await noontide('doctor');
  }
  expect(killed).toBeGreaterThan(10);
  await noontide('scan');
  const doctor = JSON.parse(await noontide('doctor', '--json')) as { ok: boolean };
  expect(doctor.ok).toBe(true);
  const catalog = JSON.parse(await noontide('export', '--format', 'json')) as {
    endpoints: { path: string; leaf: string }[];
  };
  expect(catalog.endpoints.map(({ path, leaf }) => `${path} ${leaf}`).sort()).toEqual(
    expected.map(({ path, leaf }) => `${path} ${leaf}`).sort(),
  );
}, 900_000);
