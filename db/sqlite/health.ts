import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Health, HealthCheck } from '#db/store';
import type { Connection } from './connection.ts';
import { staleLeases } from './lease.ts';
import { differences } from './migrate.ts';
import { migrations } from './migrations/registry.ts';
import { deadScans } from './scan.ts';

/** Above this, the full check would read for minutes. */
const quickCheckBytes = 1_073_741_824;
const leastFreeBytes = 104_857_600;

const damaged =
  'put a backup in its place (a copy of yours, or the .bak file beside it), or move it away and scan again';

/**
 * Asks everything that can be wrong with an inventory. The first of them decide whether it is sound; the others ask
 * for a scan.
 */
export function checkHealth(connection: Connection): Health {
  const bytes = bytesOf(connection);
  const sound = [
    integrity(connection, bytes),
    foreignKeys(connection),
    schema(connection),
    journal(connection),
    ...space(connection, bytes),
  ];
  const lagging = [leases(connection), interruptedScans(connection), view(connection)];
  return {
    ok: sound.every((check) => check.ok),
    checks: [...sound, ...lagging],
    facts: facts(connection, bytes),
  };
}

/** True when no scope has landed since the view was made. */
export function viewIsCurrent({ db }: Connection): boolean {
  return db.prepare<[], number>('SELECT landing = view_landing FROM inventory').pluck().get() === 1;
}

function check(name: string, ok: boolean, detail: string, mend: string): HealthCheck {
  return ok ? { name, ok, detail } : { name, ok, detail, mend };
}

function integrity({ db }: Connection, bytes: number): HealthCheck {
  const pragma = bytes > quickCheckBytes ? 'quick_check' : 'integrity_check';
  const answers = db.prepare<[], string>(`PRAGMA ${pragma}(10)`).pluck().all();
  const ok = answers.length === 1 && answers[0] === 'ok';
  return check('integrity', ok, ok ? `${pragma} found nothing` : answers.join('; '), damaged);
}

function foreignKeys({ db }: Connection): HealthCheck {
  const broken = db.prepare<[], { table: string }>('PRAGMA foreign_key_check').all();
  const tables = [...new Set(broken.map((row) => row.table))].join(', ');
  const detail =
    broken.length === 0 ? 'every reference leads somewhere' : `${broken.length} lead nowhere, in ${tables}`;
  return check('references', broken.length === 0, detail, damaged);
}

function schema({ db }: Connection): HealthCheck {
  const version = db.pragma('user_version', { simple: true });
  const wrong = differences(db, migrations);
  return check('schema', wrong === '', wrong || `version ${version}`, 'use the noontide that made it, or a newer one');
}

function journal({ db }: Connection): HealthCheck {
  const mode = String(db.pragma('journal_mode', { simple: true }));
  return check(
    'journal',
    mode === (db.memory ? 'memory' : 'wal'),
    `mode ${mode}`,
    'keep the inventory on a local disk: the file system it lies on offers no shared memory',
  );
}

function space({ file, db }: Connection, bytes: number): HealthCheck[] {
  if (db.memory) return [];
  const { bavail, bsize } = statfsSync(dirname(file));
  const free = bavail * bsize;
  // A migration first copies the inventory.
  const enough = free >= Math.max(leastFreeBytes, bytes);
  return [
    check(
      'space',
      enough,
      `${megabytes(free)} free beside ${megabytes(bytes)}`,
      'free space on its disk, or move the inventory',
    ),
  ];
}

function leases(connection: Connection): HealthCheck {
  const stale = staleLeases(connection).map((lease) => lease.source);
  const detail = stale.length === 0 ? 'none left over' : `left over: ${stale.join(', ')}`;
  return check(
    'leases',
    stale.length === 0,
    detail,
    'nothing has to be done: the next scan of the source takes it over',
  );
}

function interruptedScans(connection: Connection): HealthCheck {
  const { db } = connection;
  const dead = deadScans(connection).map((scan) => scan.id);
  const last = db
    .prepare<[], { id: string; status: string }>('SELECT id, status FROM scans ORDER BY key DESC LIMIT 1')
    .get();
  if (last?.status === 'interrupted') dead.push(last.id);
  const detail = dead.length === 0 ? 'none was interrupted' : `interrupted: ${dead.join(', ')}`;
  return check('scans', dead.length === 0, detail, 'run noontide scan again; what had landed is kept');
}

function view(connection: Connection): HealthCheck {
  const current = viewIsCurrent(connection);
  const detail = current ? 'made from everything that has landed' : 'older than what has landed';
  return check('view', current, detail, 'run noontide scan again');
}

function facts({ db, file }: Connection, bytes: number): Health['facts'] {
  const tables = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all();
  const found: Health['facts'] = {
    file,
    bytes,
    schema: db.pragma('user_version', { simple: true }) as number,
    sqlite: db.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? '',
  };
  for (const table of tables) {
    found[`${table} rows`] = db.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get() ?? 0;
  }
  if (bytes <= quickCheckBytes) {
    const sizes = db
      .prepare<[], { name: string; size: number }>(
        `SELECT tbl_name AS name, sum(pgsize) AS size FROM dbstat JOIN sqlite_schema USING (name)
         WHERE aggregate = TRUE GROUP BY tbl_name ORDER BY tbl_name`,
      )
      .all();
    for (const { name, size } of sizes) found[`${name} bytes`] = size;
  }
  return found;
}

/** The file and its write-ahead log. */
function bytesOf({ file, db }: Connection): number {
  if (db.memory) {
    return (db.pragma('page_count', { simple: true }) as number) * (db.pragma('page_size', { simple: true }) as number);
  }
  return ['', '-wal'].reduce((sum, suffix) => sum + (statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
