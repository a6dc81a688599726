import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isGone, thisProcess } from '#db/process';
import { type Connection, connect } from '#db/sqlite/connection';
import { sqliteStore } from '#db/sqlite/store';
import type { InventoryStore } from '#db/store';
import { all, endpoint, finding, view } from '#test/db/samples';

let clock: number;
let connection: Connection;
let store: InventoryStore;
beforeEach(async () => {
  clock = 1_000_000;
  connection = await connect(':memory:', { now: () => clock });
  store = sqliteStore(connection);
});
afterEach(() => store.close());

const here = thisProcess();
const dead = spawnSync(process.execPath, ['-e', '']).pid;

test.each([
  ['this one', here, false],
  ['one that has ended', { ...here, pid: dead }, true],
  ['one on another host', { ...here, host: 'elsewhere', pid: dead }, null],
  ['one in another container', { ...here, space: 'other', pid: dead }, null],
])('%s', (_, other, gone) => {
  expect(isGone(other)).toBe(gone);
});

test.runIf(here.started !== '')('a number that was given out again is another process', () => {
  expect(isGone({ ...here, started: '1' })).toBe(true);
});

test('a dead holder loses its lease at once, one on another host by silence', async () => {
  await store.lease('specs');
  connection.db.prepare('UPDATE leases SET pid = ?').run(dead);
  expect((await store.health()).checks.find((check) => check.name === 'leases')).toMatchObject({
    ok: false,
    detail: 'left over: specs',
  });
  expect(await store.lease('specs')).toHaveProperty('release');
  connection.db.prepare("UPDATE leases SET host = 'elsewhere', pid = ?").run(dead);
  clock += 59_000;
  expect(await store.lease('specs')).toMatchObject({ host: 'elsewhere', pid: dead });
  clock += 1_000;
  expect(await store.lease('specs')).toHaveProperty('release');
});

test('scans of dead processes are interrupted at once, those of other hosts after ten silent minutes', async () => {
  const first = await store.beginScan('1', []);
  connection.db.prepare('UPDATE scans SET pid = ?').run(dead);
  expect((await store.health()).checks.find((check) => check.name === 'scans')).toMatchObject({
    ok: false,
    detail: `interrupted: ${first.id}`,
  });
  expect(await store.reapScans()).toBe(1);
  expect(await store.runs(1)).toMatchObject([{ status: 'interrupted', finishedAt: null }]);
  await store.beginScan('1', []);
  connection.db.prepare("UPDATE scans SET host = 'elsewhere'").run();
  clock += 600_000;
  expect(await store.reapScans()).toBe(0);
  clock += 1;
  expect(await store.reapScans()).toBe(1);
});

test('renewing a lease keeps the scan alive', async () => {
  await store.beginScan('1', []);
  const lease = await store.lease('specs');
  if (!('renew' in lease)) throw new Error('the lease was not free');
  clock += 50_000;
  await lease.renew();
  expect(connection.db.prepare('SELECT heartbeat_at FROM scans').pluck().get()).toBe(clock);
});

test('what a person decided about a finding stays', async () => {
  const { id } = await store.beginScan('1', []);
  const states = async () => (await all(store.findings({}))).map((each) => each.state);
  for (const decision of ['acknowledged', 'suppressed']) {
    await store.replaceView(id, view([endpoint()], [finding()]));
    connection.db.prepare('UPDATE findings SET decision = ?').run(decision);
    await store.replaceView(id, view([endpoint()], [finding({ reason: 'deployed' })]));
    expect(await states()).toEqual([decision]);
    await store.replaceView(id, view([endpoint()], []));
    expect(await states()).toEqual(['resolved']);
    await store.replaceView(id, view([endpoint()], [finding({ reason: 'deployed' })]));
    expect(await states()).toEqual([decision]);
  }
});
