import { chmodSync, closeSync, openSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { InventoryError } from '#db/store';
import { trouble } from './error.ts';
import { checksum, type Migration } from './migrations/registry.ts';
import { foreignPart, hasLedger, ledger } from './schema.ts';

/** `noon` in ASCII: tells an inventory from any other SQLite file (file(1) shows it). */
const applicationId = 0x6e_6f_6f_6e;

interface Applied {
  version: number;
  name: string;
  checksum: string;
}

/**
 * Brings a database to the last of the migrations, each in a transaction of its own that begins with the write lock,
 * so that of two processes one migrates and the other finds it done. An inventory that was there before is first
 * copied to `<file>.bak-<version>`, the version being the one it had.
 *
 * Throws {@link InventoryError} for a file that is not ours, is newer, or was made by migrations other than these.
 */
export function migrate(db: Database.Database, file: string, migrations: readonly Migration[]): void {
  const found = version(db);
  while (!isCurrent(db, file, migrations)) {
    if (db.readonly) {
      throw new InventoryError(
        trouble(file, 'it is of an older version of noontide, and was opened for reading', 'run noontide scan once'),
      );
    }
    db.transaction(() => step(db, file, migrations, found)).immediate();
  }
}

/** What differs between a database and the migrations, in words; empty when it is theirs, be it older. */
export function differences(db: Database.Database, migrations: readonly Migration[]): string {
  const known = new Map(migrations.map((migration) => [migration.version, migration]));
  for (const applied of appliedTo(db)) {
    const migration = known.get(applied.version);
    if (!migration) return `its version ${applied.version} (${applied.name}) is newer than this noontide knows`;
    if (checksum(migration) !== applied.checksum) {
      return `its version ${applied.version} was made by another migration than this noontide has`;
    }
  }
  return '';
}

/**
 * Throws {@link InventoryError} for a database that is neither empty nor an inventory, and for an inventory with a table,
 * index, trigger or view that its migrations do not make. Asks, and changes nothing.
 */
export function refuseForeign(db: Database.Database, file: string, migrations: readonly Migration[]): void {
  // In one transaction: another process may be making it just now.
  const wrong = db.transaction(() => foreignness(db, migrations))();
  if (wrong !== null) throw new InventoryError(trouble(file, wrong.what, wrong.mend));
}

const useAnother = 'name another file with --db';
const useItsOwn = 'use the noontide that made it or a newer one, or the .bak file beside it';

function foreignness(db: Database.Database, migrations: readonly Migration[]): { what: string; mend: string } | null {
  const id = db.pragma('application_id', { simple: true });
  if (id !== applicationId) {
    return id === 0 && isEmpty(db) ? null : { what: 'it is a database of something else', mend: useAnother };
  }
  const found = version(db);
  if (found > lastOf(migrations)) {
    return { what: `its version ${found} is newer than this noontide knows`, mend: useItsOwn };
  }
  const part = foreignPart(db, migrations, found);
  if (part === '') return null;
  const migrated = hasLedger(db) ? differences(db, migrations) : '';
  if (migrated !== '') return { what: migrated, mend: useItsOwn };
  const name = part.slice(0, 80);
  return { what: `noontide did not make it as it is: ${name} is missing, changed or strange to it`, mend: useAnother };
}

function isCurrent(db: Database.Database, file: string, migrations: readonly Migration[]): boolean {
  const wrong = differences(db, migrations);
  if (wrong !== '') {
    throw new InventoryError(trouble(file, wrong, useItsOwn));
  }
  return version(db) >= lastOf(migrations);
}

/** Applies the next migration, if another process has not done so while we waited for the lock. */
function step(db: Database.Database, file: string, migrations: readonly Migration[], found: number): void {
  if (isCurrent(db, file, migrations)) return;
  const from = version(db);
  const next = migrations.find((migration) => migration.version > from);
  if (!next) return;
  if (from > 0 && from === found && !db.memory) backUp(file, `${file}.bak-${from}`);
  db.exec(ledger);
  db.exec(next.sql);
  db.prepare('INSERT INTO migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)').run(
    next.version,
    next.name,
    checksum(next),
    Date.now(),
  );
  db.pragma(`application_id = ${applicationId}`);
  db.pragma(`user_version = ${next.version}`);
}

/** A copy of what is committed, complete or not there. A second connection reads beside the one that holds the lock. */
function backUp(file: string, copy: string): void {
  const unfinished = `${copy}.tmp`;
  rmSync(unfinished, { force: true });
  closeSync(openSync(unfinished, 'wx', 0o600));
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    db.prepare('VACUUM INTO ?').run(unfinished);
  } finally {
    db.close();
  }
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, copy);
}

function appliedTo(db: Database.Database): Applied[] {
  const there = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get();
  if (!there) return [];
  return db.prepare<[], Applied>('SELECT version, name, checksum FROM migrations ORDER BY version LIMIT 1000').all();
}

function lastOf(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

function version(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

function isEmpty(db: Database.Database): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
}
