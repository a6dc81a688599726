import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openInventory } from '#db/sqlite/open';
import { InventoryError, type InventoryStore } from '#db/store';
import { all, endpoint, finding, land, sighting, specs, view } from '#test/db/samples';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-foreign-'));
  file = join(folder, 'noontide.db');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** An inventory with a row in every table, changed by somebody else, opened again. */
async function changed(sql: string): Promise<InventoryStore> {
  const store = await openInventory(file);
  const scan = await land(store, specs, [sighting()]);
  await all(store.sightings());
  const services = [
    { name: 'orders', environments: [], hosts: [], owner: '', endpoints: 1, verdicts: {}, planes: [], bindings: [] },
  ];
  await store.replaceView(scan, { ...view([endpoint({ sightings: [1] })], [finding()]), services });
  await store.close();
  const db = new Database(file);
  db.exec(sql);
  db.close();
  return openInventory(file);
}

/** Everything that commands read. */
async function readAll(store: InventoryStore): Promise<void> {
  await all(store.endpoints({}));
  await all(store.findings({}));
  await all(store.sightings());
  await all(store.changes(0));
  await store.scopes();
  await store.services();
  await store.runs(10);
  await store.endpointDetail('e1');
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

const late = '9000000000000000';
const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
const jsonColumns = [
  ['scans', 'sources'],
  ['scopes', 'problems'],
  ['scopes', 'covers'],
  ['sightings', 'servers'],
  ['sightings', 'facts'],
  ['sightings', 'location'],
  ['endpoint_documents', 'document'],
  ['endpoint_documents', 'sightings'],
  ['services', 'document'],
  ['findings', 'evidence'],
  ['changes', 'fields'],
] as const;

test('what noontide writes is read', async () => {
  const store = await changed('');
  await readAll(store);
  expect(await store.endpointDetail('e1')).toMatchObject({ sightings: [{ id: 1 }], findings: [{}], changes: [{}] });
  await store.close();
});

describe.each(jsonColumns)('%s.%s', (table, column) => {
  test.each(['', '{', 'null', '7', '"text"', '[null]', '[[]]', '{"auth":7,"hosts":7,"in":"code"}', deep])(
    'holding %.40s',
    async (json) => {
      const store = await changed(`UPDATE ${table} SET ${column} = '${json}'`);
      const message = await trouble(readAll(store));
      expect(message).toContain(`${table}.${column} holds what `);
      expect(message).toContain('move it away');
      await store.close();
    },
  );
});

test.each([
  ['scans', 'started_at', late],
  ['scans', 'status', "'strange'"],
  ['scopes', 'at', `-${late}`],
  ['scopes', 'completeness', "'__proto__'"],
  ['sightings', 'seen_last', '9e999'],
  ['sightings', 'plane', "'strange'"],
  ['endpoints', 'first_seen', late],
  ['endpoints', 'last_call', '9e999'],
  ['endpoints', 'verdict', "'constructor'"],
  ['endpoints', 'declared', "''"],
  ['findings', 'last_found', late],
  ['findings', 'severity', "'toString'"],
  ['changes', 'at', late],
  ['changes', 'kind', "'strange'"],
])('%s.%s = %s', async (table, column, value) => {
  const where = column === 'plane' ? 'scopes' : table;
  const store = await changed(`UPDATE ${where} SET ${column} = ${value}`);
  expect(await trouble(readAll(store))).toContain('holds what noontide does not write');
  await store.close();
});

test('a column of another type, in a table that says it has none', async () => {
  await (await changed('')).close();
  const db = new Database(file);
  db.unsafeMode();
  const strict = db.prepare<[], string>("SELECT sql FROM sqlite_schema WHERE name = 'changes'").pluck().get() ?? '';
  db.exec(`PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'changes';
    PRAGMA writable_schema = RESET`);
  db.exec("UPDATE changes SET path = x'00'");
  db.exec('PRAGMA writable_schema = ON');
  db.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 'changes'").run(strict);
  db.close();
  const again = await openInventory(file);
  expect(await trouble(readAll(again))).toContain('a row of changes holds what noontide does not write');
  await again.close();
});

test.each([
  ['an endpoint without its document', 'DELETE FROM endpoint_documents'],
  ['a document that is no JSON', "UPDATE endpoint_documents SET document = '{'"],
  ['facts that are no JSON', "UPDATE sightings SET facts = '{'"],
  ['no row in the table that has one', 'DELETE FROM inventory'],
])('a scan over %s', async (_, sql) => {
  const store = await changed(`PRAGMA foreign_keys = OFF; ${sql}`);
  const scan = async () => {
    const id = await land(store, specs, [sighting({ facts: { owner: 'shop' } })], { completeness: 'partial' });
    await store.replaceView(id, view([]));
  };
  await trouble(scan());
  await store.close();
});
