import { randomBytes } from 'node:crypto';
import { isGone, type ProcessId, thisProcess } from '#db/process';
import type { Lease, LeaseHolder } from '#db/store';
import type { Connection } from './connection.ts';
import { beat } from './scan.ts';

/** How long a lease holds without renewal. */
const leaseMs = 60_000;

interface LeaseRow extends ProcessId {
  source: string;
  token: string;
  since: number;
  expires_at: number;
}

/** Takes a source that nobody holds, or whose holder is dead or silent; else says who holds it. */
export async function takeLease(connection: Connection, source: string): Promise<Lease | LeaseHolder> {
  const token = randomBytes(16).toString('hex');
  const holder = await connection.write(() => take(connection, source, token));
  if (holder) return { source, pid: holder.pid, host: holder.host, since: holder.since };
  return {
    renew: () => connection.write(() => renew(connection, source, token)),
    release: () => connection.write(() => release(connection, source, token)),
  };
}

/** Left behind by dead or silent processes. */
export function staleLeases(connection: Connection): LeaseRow[] {
  return connection.db
    .prepare<[], LeaseRow>('SELECT * FROM leases ORDER BY source')
    .all()
    .filter((lease) => isStale(lease, connection.now()));
}

export function dropStaleLeases(connection: Connection): void {
  for (const lease of staleLeases(connection)) release(connection, lease.source, lease.token);
}

function take(connection: Connection, source: string, token: string): LeaseRow | null {
  const { db } = connection;
  const at = connection.now();
  const here = thisProcess();
  const held = db.prepare<[string], LeaseRow>('SELECT * FROM leases WHERE source = ?').get(source);
  if (held && !isStale(held, at)) return held;
  db.prepare(
    `INSERT OR REPLACE INTO leases (source, token, since, expires_at, host, space, pid, started)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(source, token, at, at + leaseMs, here.host, here.space, here.pid, here.started);
  return null;
}

function renew(connection: Connection, source: string, token: string): boolean {
  const at = connection.now();
  const renewed = connection.db
    .prepare('UPDATE leases SET expires_at = ? WHERE source = ? AND token = ?')
    .run(at + leaseMs, source, token);
  beat(connection);
  return renewed.changes === 1;
}

function release({ db }: Connection, source: string, token: string): void {
  db.prepare('DELETE FROM leases WHERE source = ? AND token = ?').run(source, token);
}

function isStale(lease: LeaseRow, at: number): boolean {
  return lease.expires_at <= at || isGone(lease) === true;
}
