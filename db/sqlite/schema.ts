import Database from 'better-sqlite3';
import type { Migration } from './migrations/registry.ts';

/** One row of `sqlite_schema`: a table, an index, a trigger or a view, and the statement that makes it. */
interface Part {
  type: string;
  name: string;
  tbl_name: string;
  sql: string | null;
}

/** What ANALYZE adds, in SQLite's own words (sqlite.org/fileformat2.html, section 2.6). */
const statistics = new Set([
  'CREATE TABLE sqlite_stat1(tbl,idx,stat)',
  'CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)',
]);

export const ledger = `CREATE TABLE IF NOT EXISTS migrations (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT`;

/**
 * The first table, index, trigger or view that is not as the migrations up to a version make it, by its name; empty when
 * all are. Asks nothing but `sqlite_schema`: a view in the place of a table of ours could answer for ever.
 */
export function foreignPart(db: Database.Database, migrations: readonly Migration[], version: number): string {
  const own = madeBy(migrations, version);
  const found = partsOf(db, own.size + statistics.size + 1);
  const strange = [...found].find(([key, part]) => !own.has(key) && !statistics.has(part.sql ?? ''));
  const missing = [...own].find(([key]) => !found.has(key));
  return (strange ?? missing)?.[1].name ?? '';
}

/** Whether the record of the migrations is the table that we make, and may be read. */
export function hasLedger(db: Database.Database): boolean {
  const [[key] = ['']] = madeBy([], 1);
  return partsOf(db, -1).has(key);
}

function madeBy(migrations: readonly Migration[], version: number): Map<string, Part> {
  const db = new Database(':memory:');
  try {
    if (version > 0) db.exec(ledger);
    for (const migration of migrations) if (migration.version <= version) db.exec(migration.sql);
    return partsOf(db, -1);
  } finally {
    db.close();
  }
}

function partsOf(db: Database.Database, limit: number): Map<string, Part> {
  const parts = db.prepare<[number], Part>('SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT ?').all(limit);
  return new Map(parts.map((part) => [JSON.stringify([part.type, part.name, part.tbl_name, part.sql]), part]));
}
