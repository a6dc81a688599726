import type Database from 'better-sqlite3';
import { sightingIdentity } from '#db/identity';
import type { ScopeWriter, SourceRecord } from '#db/store';
import { checkRow, number } from '#db/stored';
import type { ScopeReport } from '#model/scope';
import type { Plane, Sighting } from '#model/sighting';
import type { Connection } from './connection.ts';
import { beat, scanKey } from './scan.ts';

/** Sightings held in memory by one writer before they go to the temporary table: whichever bound is met first. */
const bufferRows = 500;
const bufferCharacters = 1_000_000;

const columns = `identity, protocol, method, path, path_kind, anchored, servers, service, facts, location,
  seen_first, seen_last, seen_count`;

type Row = (string | number | null)[];

/**
 * What writers of one connection share: a temporary table in which sightings wait for their landing, and the
 * statements that move them. The table is on disk, private to the connection, and gone with it.
 */
export interface Staging {
  stage: Database.Transaction<(writer: number, rows: readonly Row[]) => void>;
  clear(writer: number): void;
  land: Database.Statement;
  nextWriter(): number;
}

/** SQL's min and max are null when one side is; here the other side counts then. */
const mergeSeen = (into: string) => `
  seen_first = coalesce(min(${into}.seen_first, excluded.seen_first), ${into}.seen_first, excluded.seen_first),
  seen_last = coalesce(max(${into}.seen_last, excluded.seen_last), ${into}.seen_last, excluded.seen_last)`;

export function staging(db: Database.Database): Staging {
  db.exec(`CREATE TEMP TABLE IF NOT EXISTS staged (
    writer INTEGER NOT NULL, identity TEXT NOT NULL, protocol TEXT, method TEXT, path TEXT, path_kind TEXT,
    anchored INTEGER, servers TEXT, service TEXT, facts TEXT, location TEXT, seen_first REAL, seen_last REAL, seen_count INTEGER,
    UNIQUE (writer, identity))`);
  const insert = db.prepare(`
    INSERT INTO temp.staged (writer, ${columns}) VALUES (?, ${columns
      .split(',')
      .map(() => '?')
      .join(', ')})
    ON CONFLICT (writer, identity) DO UPDATE SET
      facts = add_facts(staged.facts, excluded.facts),
      ${mergeSeen('staged')},
      seen_count = coalesce(staged.seen_count + excluded.seen_count, staged.seen_count, excluded.seen_count)`);
  const land = db.prepare(`
    INSERT INTO sightings (scope, ${columns}, landing, first_scan, last_scan, first_scan_at, last_scan_at)
    SELECT @scope, ${columns}, @landing, @scan, @scan, @at, @at FROM temp.staged WHERE writer = @writer
    ON CONFLICT (scope, identity) DO UPDATE SET
      facts = CASE WHEN @replaces OR sightings.facts = excluded.facts THEN excluded.facts
                   ELSE join_facts(sightings.facts, excluded.facts) END,
      location = excluded.location,
      ${mergeSeen('sightings')},
      seen_count = coalesce(max(sightings.seen_count, excluded.seen_count), sightings.seen_count, excluded.seen_count),
      landing = excluded.landing,
      last_scan = excluded.last_scan,
      first_scan_at = min(sightings.first_scan_at, excluded.first_scan_at),
      last_scan_at = max(sightings.last_scan_at, excluded.last_scan_at),
      gone_at = NULL,
      gone_scan = NULL`);
  const remove = db.prepare('DELETE FROM temp.staged WHERE writer = ?');
  // Without a condition the whole table is dropped at once, instead of row by row.
  const removeAll = db.prepare('DELETE FROM temp.staged');
  const staged = new Set<number>();
  let writers = 0;
  return {
    stage: db.transaction((writer, rows) => {
      staged.add(writer);
      for (const row of rows) insert.run(writer, row);
    }),
    clear(writer) {
      if (!staged.delete(writer)) return;
      if (staged.size === 0) removeAll.run();
      else remove.run(writer);
    },
    land,
    nextWriter: () => ++writers,
  };
}

export function scopeWriter(
  connection: Connection,
  stage: Staging,
  scan: string,
  source: SourceRecord,
  name: string,
  plane: Plane,
): ScopeWriter {
  const writer = stage.nextWriter();
  let rows: Row[] = [];
  let characters = 0;
  let open = true;

  const flush = () => {
    stage.stage(writer, rows);
    rows = [];
    characters = 0;
  };
  const finish = () => {
    open = false;
    rows = [];
    stage.clear(writer);
  };
  const mustBeOpen = () => {
    if (!open) throw new Error(`scope ${name} has ended`);
  };

  return {
    async add(sighting) {
      mustBeOpen();
      if (sighting.plane !== plane) throw new Error(`scope ${name} is ${plane}, its sighting ${sighting.plane}`);
      const row = toRow(sighting);
      rows.push(row);
      characters += weight(row);
      if (rows.length >= bufferRows || characters >= bufferCharacters) await connection.read(flush);
    },
    async end(report) {
      mustBeOpen();
      try {
        await connection.read(flush);
        await connection.write(() => landScope(connection, stage, writer, scan, source, name, plane, report));
      } finally {
        finish();
      }
    },
    async abandon() {
      finish();
    },
  };
}

function landScope(
  connection: Connection,
  stage: Staging,
  writer: number,
  scanId: string,
  source: SourceRecord,
  name: string,
  plane: Plane,
  report: ScopeReport,
): void {
  const at = connection.now();
  const scan = scanKey(connection, scanId);
  const complete = report.completeness === 'complete';
  const landing = nextLanding(connection);
  const scope = putScope(connection, { source, name, plane, report, scan, at });
  // What was observed stays true when a log is rotated; what is declared, deployed or coded is what was read last.
  const replaces = complete && plane !== 'observed' ? 1 : 0;
  const landed = stage.land.run({ scope, landing, scan, at, writer, replaces }).changes;
  if (complete) {
    connection
      .statement('UPDATE sightings SET gone_at = ?, gone_scan = ? WHERE scope = ? AND landing <> ? AND gone_at IS NULL')
      .run(at, scan, scope, landing);
  }
  connection
    .statement(
      `UPDATE scopes SET sightings = (SELECT count(*) FROM sightings WHERE scope = @scope AND gone_at IS NULL)
     WHERE key = @scope`,
    )
    .run({ scope });
  connection
    .statement('UPDATE scans SET scopes = scopes + 1, sightings = sightings + ? WHERE key = ?')
    .run(landed, scan);
  beat(connection);
}

interface Landing {
  source: SourceRecord;
  name: string;
  plane: Plane;
  report: ScopeReport;
  scan: number;
  at: number;
}

function putScope({ statement }: Connection, { source, name, plane, report, scan, at }: Landing): number {
  const row = statement<Row, { key: number }>(
    `INSERT INTO scopes (source, plane, name, kind, environment, completeness, saw, problems, covers, scan,
         at, complete_at, sightings)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
       ON CONFLICT (source, plane, name) DO UPDATE SET
         kind = excluded.kind, environment = excluded.environment, completeness = excluded.completeness,
         saw = excluded.saw, problems = excluded.problems, covers = excluded.covers, scan = excluded.scan, at = excluded.at,
         complete_at = coalesce(excluded.complete_at, scopes.complete_at), retired_at = NULL
       RETURNING key`,
  ).get(
    source.name,
    plane,
    name,
    source.kind,
    source.environment,
    report.completeness,
    report.saw,
    JSON.stringify(report.problems),
    JSON.stringify(report.covers),
    scan,
    at,
    report.completeness === 'complete' ? at : null,
  );
  return (row as { key: number }).key;
}

/** Marks what scopes of a source held as gone, unless they are in the list. */
export function retireScopes(connection: Connection, scanId: string, source: string, kept: readonly string[]): void {
  const { db } = connection;
  const at = connection.now();
  const scan = scanKey(connection, scanId);
  const keep = new Set(kept);
  const retired = db
    .prepare<[string], { key: number; name: string }>(
      'SELECT key, name FROM scopes WHERE source = ? AND retired_at IS NULL ORDER BY key',
    )
    .all(source)
    .filter((scope) => !keep.has(scope.name));
  if (retired.length === 0) return;
  nextLanding(connection);
  const retire = db.prepare('UPDATE scopes SET retired_at = ?, sightings = 0 WHERE key = ?');
  const gone = db.prepare('UPDATE sightings SET gone_at = ?, gone_scan = ? WHERE scope = ? AND gone_at IS NULL');
  for (const scope of retired) {
    retire.run(at, scope.key);
    gone.run(at, scan, scope.key);
  }
}

/** Counts what landed, so that a view knows whether it lags behind. */
function nextLanding({ statement }: Connection): number {
  const landing = statement<[], number>('UPDATE inventory SET landing = landing + 1 RETURNING landing').pluck().get();
  return checkRow('inventory', landing as number, number);
}

function toRow(sighting: Sighting): Row {
  const { protocol, method, path, pathKind, anchored, servers, service, facts, where, seen } = sighting;
  return [
    sightingIdentity(sighting),
    protocol,
    method,
    path,
    pathKind,
    anchored ? 1 : 0,
    JSON.stringify(servers),
    service,
    JSON.stringify(facts),
    JSON.stringify(where),
    seen?.first ?? null,
    seen?.last ?? null,
    seen?.count ?? null,
  ];
}

function weight(row: Row): number {
  return (row[3] as string).length + (row[6] as string).length + (row[8] as string).length + (row[9] as string).length;
}
