import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '#db/sqlite/connection';
import { migrations } from '#db/sqlite/migrations/registry';
import { openInventory } from '#db/sqlite/open';
import { sqliteStore } from '#db/sqlite/store';
import { InventoryError, type InventoryStore } from '#db/store';
import { all, held, land, sighting, specs } from '#test/db/samples';

let folder: string;
let file: string;
const opened: { close(): unknown }[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-open-'));
  file = join(folder, 'data', 'noontide.db');
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(options: Parameters<typeof openInventory>[1] = {}): Promise<InventoryStore> {
  const store = await openInventory(file, options);
  opened.push(store);
  return store;
}

/** A connection of our own, to hold locks and to look. */
function beside(path = file): Database.Database {
  const db = new Database(path);
  opened.push(db);
  return db;
}

async function trouble(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InventoryError);
  expect((error as Error).message).toContain(`inventory ${file}: `);
  return (error as Error).message;
}

const many = Array.from({ length: 3_000 }, (_, i) => sighting({ path: `/a/${i}` }));

test('folder and file are made for their owner only', async () => {
  await land(await open(), specs, [sighting()]);
  const modes = ['', '/noontide.db', '/noontide.db-wal'].map(
    (name) => statSync(join(folder, 'data') + name).mode & 0o777,
  );
  expect(modes).toEqual([0o700, 0o600, 0o600]);
});

test('what landed is there after it was opened again', async () => {
  const store = await open();
  await land(store, specs, [sighting()]);
  await store.close();
  expect(await held(await open())).toHaveLength(1);
});

test('reading needs an inventory, and changes none', async () => {
  expect(await trouble(open({ readonly: true }))).toContain('run noontide scan first');
  await land(await open(), specs, [sighting()]);
  const reader = await open({ readonly: true });
  expect(await held(reader)).toHaveLength(1);
  expect((await reader.health()).ok).toBe(true);
  expect(await trouble(reader.beginScan('1', []))).toContain('may not be written');
});

test('a lock is waited for, and named when it stays', async () => {
  const store = await open({ busyTimeoutMs: 200 });
  const other = beside();
  other.exec('BEGIN IMMEDIATE');
  expect(await trouble(store.beginScan('1', []))).toContain('another process is writing to it');
  expect(await store.runs(1)).toEqual([]);
  const patient = await open({ busyTimeoutMs: 10_000 });
  setTimeout(() => other.exec('COMMIT'), 150);
  await patient.beginScan('1', []);
  expect(await store.runs(1)).toHaveLength(1);
});

test('a full disk leaves the inventory as it was', async () => {
  const connection = await connect(file);
  const store = sqliteStore(connection);
  opened.push(store);
  await land(store, specs, [sighting()]);
  const pages = connection.db.pragma('page_count', { simple: true }) as number;
  connection.db.pragma(`max_page_count = ${pages + 20}`);
  expect(await trouble(land(store, specs, many))).toContain('there is no space left');
  expect(await all(store.sightings())).toHaveLength(1);
  expect(await store.scopes()).toMatchObject([{ sightings: 1 }]);
  expect((await store.health()).ok).toBe(true);
  connection.db.pragma('max_page_count = 1000000');
  await land(store, specs, many);
  expect(await held(store)).toHaveLength(3_000);
});

test('a damaged file is named', async () => {
  const store = await open();
  await land(store, specs, many);
  await store.close();
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0x5a, 8_192, bytes.length));
  expect(await trouble(open().then((broken) => all(broken.sightings())))).toContain('it is damaged');
  writeFileSync(file, bytes.fill(0x5a));
  expect(await trouble(open())).toContain('it is no SQLite database');
});

test('a file that was cut short is named', async () => {
  const store = await open();
  await land(store, specs, many);
  await store.close();
  truncateSync(file, 40_960);
  expect(await trouble(open().then((broken) => all(broken.sightings())))).toContain('it is damaged');
});

test('some damage shows in the health', async () => {
  const store = await open();
  await land(store, specs, [sighting()]);
  await store.close();
  const other = beside();
  other.pragma('foreign_keys = OFF');
  other.exec('UPDATE sightings SET scope = 99');
  other.close();
  const health = await (await open()).health();
  expect(health.ok).toBe(false);
  expect(health.checks.filter((check) => !check.ok)).toMatchObject([
    { name: 'references', detail: '1 lead nowhere, in sightings', mend: expect.stringContaining('backup') },
    { name: 'view' },
  ]);
});

test('a database of something else is refused, and not touched', async () => {
  file = join(folder, 'other.db');
  const other = beside();
  other.exec('CREATE TABLE orders (id)');
  other.close();
  const before = readFileSync(file);
  expect(await trouble(open())).toContain('a database of something else');
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a folder that cannot be made is named', async () => {
  writeFileSync(join(folder, 'data'), '');
  expect(await trouble(open())).toContain('its folder cannot be made');
});

const added = { version: 2, name: 'added', sql: 'ALTER TABLE scans ADD COLUMN note TEXT; UPDATE scans SET note = id' };

async function migrated(...steps: (typeof added)[]): Promise<void> {
  const connection = await connect(file, {}, [...migrations, ...steps]);
  connection.db.close();
}

test('an inventory is copied before it is migrated', async () => {
  const store = await open();
  const scan = await land(store, specs, [sighting()]);
  await migrated(added);
  const db = beside();
  expect(db.prepare('SELECT id, note FROM scans').all()).toEqual([{ id: scan, note: scan }]);
  expect(db.prepare('SELECT version, name FROM migrations').all()).toEqual([
    { version: 1, name: 'inventory' },
    { version: 2, name: 'added' },
  ]);
  const copy = `${file}.bak-1`;
  expect(statSync(copy).mode & 0o777).toBe(0o600);
  file = copy;
  expect(await held(await open())).toHaveLength(1);
});

test('a new inventory is migrated without a copy', async () => {
  await migrated(added);
  expect(() => statSync(`${file}.bak-1`)).toThrow('ENOENT');
});

test('a migration that fails leaves the one before', async () => {
  await land(await open(), specs, [sighting()]);
  const broken = { version: 3, name: 'broken', sql: 'CREATE TABLE half (x); SELECT nonsense' };
  expect(await trouble(migrated(added, broken))).toContain('nonsense');
  const db = beside();
  expect(db.pragma('user_version', { simple: true })).toBe(2);
  expect(db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'half'").get()).toBeUndefined();
  await migrated(added);
});

test('an inventory of a newer noontide, or of another, is refused', async () => {
  await migrated(added);
  expect(await trouble(open())).toContain('newer than this noontide knows');
  expect(await trouble(migrated({ ...added, sql: 'ALTER TABLE scans ADD COLUMN other TEXT' }))).toContain(
    'made by another migration',
  );
});

test('an older inventory is not migrated by a reader', async () => {
  await (await open()).close();
  const reading = connect(file, { readonly: true }, [...migrations, added]);
  expect(await trouble(reading)).toContain('run noontide scan once');
});

test('a link that leads nowhere is refused: what it names is not made', async () => {
  const target = join(folder, 'elsewhere');
  file = join(folder, 'link.db');
  symlinkSync(target, file);
  expect(await trouble(open())).toContain('a link that leads nowhere');
  expect(existsSync(target)).toBe(false);
});

describe('an inventory that somebody else made or changed is refused', () => {
  const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n';
  test.each([
    ['a trigger', 'CREATE TRIGGER gone AFTER INSERT ON scans BEGIN DELETE FROM endpoints; END', 'gone'],
    ['a view', 'CREATE VIEW more AS SELECT 1', 'more'],
    ['a table', 'CREATE TABLE more (x)', 'more'],
    ['an index', 'CREATE INDEX more ON scans(version)', 'more'],
    ['an endless view named like a table', `DROP TABLE changes; CREATE VIEW changes AS ${endless}`, 'changes'],
    [
      'an endless view named like the ledger',
      `DROP TABLE migrations; CREATE VIEW migrations AS ${endless}`,
      'migrations',
    ],
    ['a table with other types', 'DROP TABLE changes; CREATE TABLE changes (key, at, scan)', 'changes'],
    ['a table that is missing', 'DROP TABLE services', 'services'],
    ['no version', 'PRAGMA user_version = 0', 'migrations'],
    ['a version below the first', 'PRAGMA user_version = -1', 'migrations'],
  ])('%s', async (_, sql, name) => {
    await (await open()).close();
    const other = beside();
    other.exec(sql);
    other.close();
    for (const readonly of [true, false]) {
      expect(await trouble(open({ readonly }))).toContain(`did not make it as it is: ${name} is`);
    }
  });

  test('more parts than can be ours are not all read', async () => {
    await (await open()).close();
    const other = beside();
    for (let i = 0; i < 500; i++) other.exec(`CREATE TABLE more${i} (x)`);
    other.close();
    expect(await trouble(open())).toContain('did not make it as it is: more');
  });

  test('what ANALYZE adds is no harm', async () => {
    await land(await open(), specs, [sighting()]);
    const other = beside();
    other.exec('ANALYZE');
    other.close();
    expect(await held(await open())).toHaveLength(1);
  });

  test('the schema cannot be written through a connection of ours', async () => {
    const { db } = await connect(file);
    opened.push(db);
    db.pragma('writable_schema = ON');
    expect(() => db.exec("UPDATE sqlite_schema SET sql = ''")).toThrow('may not be modified');
    expect(db.pragma('cell_size_check', { simple: true })).toBe(1);
  });
});

test.runIf(process.platform !== 'win32').each(['', '-wal', '-journal', '-shm'])(
  'a pipe as noontide.db%s is refused and not waited for',
  async (suffix) => {
    mkdirSync(join(folder, 'data'));
    if (suffix !== '') await (await open()).close();
    file += suffix;
    execFileSync('mkfifo', [file]);
    const path = file.slice(0, file.length - suffix.length);
    for (const readonly of [true, false]) {
      expect(await trouble(openInventory(path, { readonly }))).toContain('it is no regular file');
    }
  },
);

test.runIf(process.platform !== 'win32').each(['/dev/null', '/dev/zero', tmpdir()])('%s is refused', async (path) => {
  file = path;
  expect(await trouble(open())).toContain('it is no regular file');
});
