import { closeSync, existsSync, lstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Tables } from '#db/query/schema';
import { InventoryError } from '#db/store';
import { inventoryError, isBusy, trouble } from './error.ts';
import { registerFunctions } from './function.ts';
import { migrate, refuseForeign } from './migrate.ts';
import { type Migration, migrations } from './migrations/registry.ts';

export interface OpenOptions {
  /** Nothing can be written; the file must be there and current. */
  readonly?: boolean;
  /** How long to wait for another process's transaction, in milliseconds; 15,000 when not given. */
  busyTimeoutMs?: number;
  /** The clock, epoch milliseconds. */
  now?: () => number;
}

/**
 * A database and how to ask it. One connection a store: transactions are synchronous, so none is ever seen half done.
 */
export interface Connection {
  file: string;
  db: Database.Database;
  /** Builds and compiles; running is {@link rows}'s. */
  build: Kysely<Tables>;
  now(): number;
  rows<R>(query: { compile(): CompiledQuery<R> }): R[];
  /** A statement that is run again and again, prepared once: what is asked of every scope would else take longer to prepare than to run. */
  statement<P extends unknown[], R = unknown>(sql: string): Database.Statement<P, R>;
  /** Runs work that reads. Waits for a lock without blocking the event loop, and names trouble. */
  read<T>(work: () => T): Promise<T>;
  /** Runs work in one transaction that holds the write lock from its beginning: it lands whole, or not at all. */
  write<T>(work: () => T): Promise<T>;
}

/** SQLite's own wait blocks the event loop, and with it the renewal of leases; beyond this we wait ourselves. */
const blockingWaitMs = 50;

/** Builds SQL for SQLite; runs nothing. */
const sqliteQueries = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** Opens, creates where need be, and migrates. Throws {@link InventoryError}. */
export async function connect(
  file: string,
  options: OpenOptions = {},
  steps: readonly Migration[] = migrations,
): Promise<Connection> {
  const { readonly = false, busyTimeoutMs = 15_000, now = Date.now } = options;
  const attempt = retrying(file, busyTimeoutMs);
  const db = await attempt(() => {
    if (file !== ':memory:') provideFile(file, readonly);
    const opened = new Database(file, { readonly, timeout: Math.min(busyTimeoutMs, blockingWaitMs) });
    try {
      refuseForeign(opened, file, steps);
      prepareConnection(opened);
      migrate(opened, file, steps);
      return opened;
    } catch (error) {
      opened.close();
      throw error;
    }
  });
  registerFunctions(db);
  const statements = new Map<string, Database.Statement>();
  return {
    file,
    db,
    build: sqliteQueries,
    now,
    rows<R>(query: { compile(): CompiledQuery<R> }): R[] {
      const { sql, parameters } = query.compile();
      return db.prepare<unknown[], R>(sql).all(...parameters);
    },
    statement<P extends unknown[], R>(sql: string): Database.Statement<P, R> {
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = db.prepare(sql);
        statements.set(sql, statement);
      }
      return statement as Database.Statement<P, R>;
    },
    read: attempt,
    write: (work) => attempt(() => db.transaction(work).immediate()),
  };
}

function prepareConnection(db: Database.Database): void {
  db.pragma('foreign_keys = ON');
  // A file from elsewhere may hold views or triggers that call functions; ours holds none.
  db.pragma('trusted_schema = OFF');
  // A damaged or made-up page is an error where it is met, and read no further.
  db.pragma('cell_size_check = ON');
  if (!db.readonly) {
    db.pragma('journal_mode = WAL');
    // NORMAL: a commit is handed to the operating system and not forced to the disk. A killed process loses nothing
    // that was reported as landed; a power cut may lose the last commits, whole ones, and a scan brings them back.
    // FULL would wait for the disk once for every scope, thousands of times a scan. The end of a scan is forced to
    // the disk (endScan).
    db.pragma('synchronous = NORMAL');
    db.pragma('journal_size_limit = 67108864');
  }
  db.pragma('cache_size = -32768');
  // No memory map: a file that is cut short under one kills the process with SIGBUS instead of giving an error.
  db.pragma('mmap_size = 0');
  // Sightings wait for their landing in temporary tables: on disk, so that memory stays flat.
  db.pragma('temp_store = FILE');
}

/** An inventory tells an attacker where to look: only its owner may read it. */
function provideFile(file: string, readonly: boolean): void {
  refuseIrregular(file);
  if (existsSync(file)) return;
  if (readonly) {
    throw new InventoryError(trouble(file, 'there is none', 'run noontide scan first, or name the file with --db'));
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // SQLite would make what the link names, readable by everybody.
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() && !existsSync(file)) {
      throw new InventoryError(trouble(file, 'it is a link that leads nowhere', 'remove it, or name another file'));
    }
    // Another process was first.
  }
}

/** Opening a pipe waits for whoever writes to it; SQLite opens what lies beside the file as well. */
function refuseIrregular(file: string): void {
  for (const each of [file, `${file}-wal`, `${file}-journal`, `${file}-shm`]) {
    const found = statSync(each, { throwIfNoEntry: false });
    if (!found || found.isFile()) continue;
    throw new InventoryError(trouble(each, 'it is no regular file', 'name another file with --db'));
  }
}

function retrying(file: string, busyTimeoutMs: number): <T>(work: () => T) => Promise<T> {
  return async (work) => {
    const deadline = performance.now() + busyTimeoutMs;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || performance.now() >= deadline) throw inventoryError(error, file);
        await sleep(5 + Math.random() * 20);
      }
    }
  };
}
