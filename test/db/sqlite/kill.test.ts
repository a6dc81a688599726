import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openInventory } from '#db/sqlite/open';
import type { InventoryStore, Lease } from '#db/store';
import { held } from '#test/db/samples';

const script = fileURLToPath(new URL('landing.ts', import.meta.url));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-kill-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Landed {
  scope: string;
  version: string;
}

function start(file: string, source: string, rounds: number): { child: ChildProcess; landed: Landed[] } {
  const child = spawn(process.execPath, ['--conditions=source', script, file, source, String(rounds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const landed: Landed[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => landed.push(JSON.parse(line) as Landed));
  return { child, landed };
}

/** Each scope is what one landing made it, and not older than the last that was reported. */
async function expectWhole(store: InventoryStore, reported: ReadonlyMap<string, string>): Promise<void> {
  const versions = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  for (const { scope, facts } of await held(store)) {
    versions.set(scope, (versions.get(scope) ?? new Set()).add(facts.version ?? ''));
    counts.set(scope, (counts.get(scope) ?? 0) + 1);
  }
  for (const [scope, found] of versions) {
    expect([...found]).toHaveLength(1);
    expect(counts.get(scope)).toBe(700);
  }
  const runs = (await store.runs(1_000)).reverse().map((run) => run.id);
  const age = (version: string) => {
    const [scan = '', round] = version.split(' ');
    return runs.indexOf(scan) * 1_000_000 + Number(round);
  };
  for (const [scope, version] of reported) {
    const [found = ''] = versions.get(scope) ?? [];
    expect(age(found)).toBeGreaterThanOrEqual(age(version));
  }
}

test('killed at fifty random points, the inventory is whole and what was reported is there', async () => {
  const chain = async (name: string, kills: number) => {
    const file = join(folder, `${name}.db`);
    const reported = new Map<string, string>();
    for (let kill = 0; kill < kills; kill++) {
      const { child, landed } = start(file, 'specs', 1_000_000);
      // One in five dies while it opens the inventory or shortly after, the others while they land.
      const landings = kill % 5 === 0 ? 0 : Math.random() * 8;
      while (landed.length < landings) await once(child.stdout!, 'data', { signal: AbortSignal.timeout(60_000) });
      await sleep(Math.random() * (landings === 0 ? 300 : 30));
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
      for (const { scope, version } of landed) reported.set(scope, version);

      const store = await openInventory(file);
      const health = await store.health();
      expect(health.checks.filter((check) => !check.ok && !['leases', 'scans', 'view'].includes(check.name))).toEqual(
        [],
      );
      expect(health.ok).toBe(true);
      await expectWhole(store, reported);
      const lease = (await store.lease('specs')) as Lease;
      expect(lease).toHaveProperty('release');
      await lease.release();
      await store.reapScans();
      expect((await store.runs(1_000)).filter((run) => run.status !== 'interrupted')).toEqual([]);
      await store.close();
    }
    expect(reported.size).toBeGreaterThan(0);
  };
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => chain(name, 10)));
}, 180_000);

test('processes that open and write one inventory at once do not collide', async () => {
  const file = join(folder, 'shared.db');
  const names = ['one', 'two', 'three'];
  const children = names.map((name) => start(file, name, 12));
  const codes = await Promise.all(children.map(async ({ child }) => (await once(child, 'close'))[0]));
  expect(codes).toEqual([0, 0, 0]);
  const store = await openInventory(file, { readonly: true });
  expect((await store.health()).ok).toBe(true);
  expect(await held(store)).toHaveLength(3 * 5 * 700);
  expect((await store.runs(9)).map((run) => [run.status, run.scopes])).toEqual(names.map(() => ['done', 12]));
  await store.close();
}, 60_000);
