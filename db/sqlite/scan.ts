import { randomBytes } from 'node:crypto';
import { isGone, type ProcessId, thisProcess } from '#db/process';
import type { ScanRecord, SourceRecord } from '#db/store';
import type { Connection } from './connection.ts';

/** A scan on a host that cannot be asked counts as dead when it has said nothing for this long. */
const silentScanMs = 10 * 60_000;

interface ScanRow extends ProcessId {
  key: number;
  id: string;
  heartbeat_at: number;
}

/** A scan's key by its id. Throws for an id that was never given out: a mistake of the caller, not of the inventory. */
export function scanKey({ statement }: Connection, id: string): number {
  const row = statement<[string], { key: number }>('SELECT key FROM scans WHERE id = ?').get(id);
  if (!row) throw new Error(`there is no scan ${id}`);
  return row.key;
}

export function beginScan(connection: Connection, version: string, sources: readonly SourceRecord[]): ScanRecord {
  const startedAt = connection.now();
  const stamp = new Date(startedAt)
    .toISOString()
    .replace(/[-:]|\.[0-9]+/g, '')
    .toLowerCase();
  const id = `${stamp}-${randomBytes(3).toString('hex')}`;
  const names = sources.map((source) => source.name);
  const { host, space, pid, started } = thisProcess();
  connection.db
    .prepare(
      `INSERT INTO scans (id, started_at, status, version, sources, host, space, pid, started, heartbeat_at)
       VALUES (?, ?, 'running', ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(id, startedAt, version, JSON.stringify(names), host, space, pid, started, startedAt);
  return { id, startedAt, finishedAt: null, status: 'running', version, sources: names, scopes: 0, sightings: 0 };
}

export function endScan(connection: Connection, id: string, status: string): void {
  connection.db
    .prepare('UPDATE scans SET status = ?, finished_at = ? WHERE key = ?')
    .run(status, connection.now(), scanKey(connection, id));
}

/** Says that this process's scans are alive; renewing a lease and landing a scope do. */
export function beat(connection: Connection): void {
  const { host, space, pid, started } = thisProcess();
  connection
    .statement(
      `UPDATE scans SET heartbeat_at = ?
       WHERE status = 'running' AND host = ? AND space = ? AND pid = ? AND started = ?`,
    )
    .run(connection.now(), host, space, pid, started);
}

/** Running by their row, and dead by what can be seen from here. */
export function deadScans(connection: Connection): ScanRow[] {
  const since = connection.now() - silentScanMs;
  return connection.db
    .prepare<[], ScanRow>(
      "SELECT key, id, host, space, pid, started, heartbeat_at FROM scans WHERE status = 'running' ORDER BY key",
    )
    .all()
    .filter((scan) => isGone(scan) ?? scan.heartbeat_at < since);
}

export function reapScans(connection: Connection): number {
  const dead = deadScans(connection);
  const interrupt = connection.db.prepare("UPDATE scans SET status = 'interrupted' WHERE key = ?");
  for (const scan of dead) interrupt.run(scan.key);
  return dead.length;
}
