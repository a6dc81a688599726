import type { Change, ChangeKind } from '#db/store';
import { difference } from '#db/view/difference';
import { type Kin, type Lineage, lineage, type OldKin } from '#db/view/lineage';
import { type EndpointScalars, listValues, type Stored, scalarColumns, toStored } from '#db/view/row';
import type { ResolvedEndpoint, View } from '#model/view';
import type { Connection } from './connection.ts';
import { writeFindings } from './finding.ts';
import { scanKey } from './scan.ts';

interface KnownRow extends EndpointScalars {
  key: number;
  id: string;
  first_seen: number;
  last_seen: number;
  digest: string;
}

interface Known extends OldKin {
  row: KnownRow;
}

/** What moves with every scan, and is in no index. */
const counters = ['last_call', 'calls', 'confidence'] as const;
const isCounter = (column: string) => (counters as readonly string[]).includes(column);

type Endpoints = ReturnType<typeof statements>;

/**
 * Puts a view in the place of the one before, in the transaction that the caller holds; answers what appeared, changed and vanished.
 * Rows that are the same are not written. `landing` is the count of landings that the view was made from.
 */
export function putView(connection: Connection, scan: string, view: View, landing: number): Change[] {
  const { db } = connection;
  const at = connection.now();
  const scanRow = scanKey(connection, scan);
  const write = statements(connection);
  const known = write.known.all().map(toKnown);
  const next = view.endpoints.map(toKin);
  const spans = scanSpans(connection);
  const heirs = lineage(known, next, {
    before: () => write.sightings.all().map((text) => JSON.parse(text) as number[]),
    after: view.endpoints.map((endpoint) => endpoint.sightings),
    tells: (sighting) => spans.get(sighting)?.tells ?? false,
  });

  const changes: Change[] = [];
  const record = (kind: ChangeKind, endpoint: string, on: EndpointScalars, fields: Change['fields']) => {
    const { environment, service, method, path, verdict } = on;
    changes.push({ at, scan, kind, endpoint, environment, service, method, path, fields, verdict });
  };

  view.endpoints.forEach((endpoint, i) => {
    const id = heirs.ids[i] as string;
    const before = known[heirs.continues[i] as number];
    const stored = toStored(endpoint);
    const { first, last } = span(endpoint, spans, before, at);
    if (!before) {
      const key = Number(write.insert.run(id, first, last, stored.digest, ...scalarValues(stored)).lastInsertRowid);
      write.insertDocument.run(key, stored.document, stored.sightings);
      for (const [field, value] of listValues(endpoint)) write.insertList.run(field, value, key);
      record('appeared', id, stored.scalars, {});
      return;
    }
    const { row } = before;
    const renamed = writeScalars(write, row, stored, first, last);
    if (!renamed && row.digest === stored.digest) return;
    let document = stored.document;
    if (row.digest !== stored.digest) {
      document = write.document.get(row.key) as string;
      write.updateDocument.run(stored.document, stored.sightings, row.key);
      if (document !== stored.document) replaceLists(write, row.key, document, endpoint);
    }
    const fields = difference({ ...row, document }, { ...stored.scalars, document: stored.document });
    if (Object.keys(fields).length > 0) record('changed', id, stored.scalars, fields);
  });

  const kept = new Set(heirs.continues);
  known.forEach(({ row }, i) => {
    if (kept.has(i)) return;
    const document = write.document.get(row.key) as string;
    for (const [field, value] of listValues(JSON.parse(document))) write.deleteList.run(field, value, row.key);
    write.delete.run(row.key);
    record('vanished', row.id, row, {});
  });

  writeFormerIds(connection, heirs);
  const proposed = new Map(view.endpoints.map((endpoint, i) => [endpoint.id, heirs.ids[i] as string]));
  writeFindings(
    connection,
    view.findings.map((finding) => ({ ...finding, endpoint: proposed.get(finding.endpoint) ?? finding.endpoint })),
    at,
  );
  db.exec('DELETE FROM services');
  const service = db.prepare('INSERT INTO services (name, document) VALUES (?, ?)');
  for (const entry of view.services) service.run(entry.name, JSON.stringify(entry));
  const change = db.prepare(
    `INSERT INTO changes (at, scan, kind, endpoint, environment, service, method, path, fields, verdict)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const c of changes) {
    const fields = JSON.stringify(c.fields);
    change.run(at, scanRow, c.kind, c.endpoint, c.environment, c.service, c.method, c.path, fields, c.verdict);
  }
  db.prepare('UPDATE inventory SET view_landing = ?, view_scan = ?, view_at = ?').run(landing, scanRow, at);
  // Statistics, sampled, so that the planner knows which of a filter's parts is the selective one.
  if (changes.length > 0) db.exec('PRAGMA analysis_limit = 400; ANALYZE endpoints; ANALYZE endpoint_list');
  return changes;
}

function statements({ db }: Connection) {
  const values = ['first_seen', 'last_seen', 'digest', ...scalarColumns];
  return {
    known: db.prepare<[], KnownRow>('SELECT * FROM endpoints ORDER BY key'),
    sightings: db.prepare<[], string>('SELECT sightings FROM endpoint_documents ORDER BY endpoint').pluck(),
    document: db.prepare<[number], string>('SELECT document FROM endpoint_documents WHERE endpoint = ?').pluck(),
    insert: db.prepare(
      `INSERT INTO endpoints (id, ${values.join(', ')}) VALUES (?, ${values.map(() => '?').join(', ')})`,
    ),
    update: db.prepare(`UPDATE endpoints SET ${values.map((column) => `${column} = ?`).join(', ')} WHERE key = ?`),
    updateCounters: db.prepare(
      `UPDATE endpoints SET first_seen = ?, last_seen = ?, digest = ?, ${counters.map((c) => `${c} = ?`).join(', ')}
       WHERE key = ?`,
    ),
    delete: db.prepare('DELETE FROM endpoints WHERE key = ?'),
    insertDocument: db.prepare('INSERT INTO endpoint_documents (endpoint, document, sightings) VALUES (?, ?, ?)'),
    updateDocument: db.prepare('UPDATE endpoint_documents SET document = ?, sightings = ? WHERE endpoint = ?'),
    insertList: db.prepare('INSERT INTO endpoint_list (field, value, endpoint) VALUES (?, ?, ?)'),
    deleteList: db.prepare('DELETE FROM endpoint_list WHERE field = ? AND value = ? AND endpoint = ?'),
  };
}

function scalarValues(stored: Stored): (string | number | null)[] {
  return scalarColumns.map((column) => stored.scalars[column]);
}

/** Writes what differs; answers whether it is more than counters. A statement that names an indexed column writes its index too, whether the value is another or not. */
function writeScalars(write: Endpoints, before: KnownRow, after: Stored, first: number, last: number): boolean {
  const { scalars, digest } = after;
  const differs = (column: keyof EndpointScalars) => before[column] !== scalars[column];
  if (scalarColumns.some((column) => differs(column) && !isCounter(column))) {
    write.update.run(first, last, digest, ...scalarValues(after), before.key);
    return true;
  }
  if (counters.some(differs) || before.digest !== digest || before.first_seen !== first || before.last_seen !== last) {
    write.updateCounters.run(first, last, digest, ...counters.map((column) => scalars[column]), before.key);
  }
  return false;
}

function replaceLists(write: Endpoints, key: number, before: string, after: ResolvedEndpoint): void {
  for (const [field, value] of listValues(JSON.parse(before))) write.deleteList.run(field, value, key);
  for (const [field, value] of listValues(after)) write.insertList.run(field, value, key);
}

function toKnown(row: KnownRow): Known {
  const { id, environment, service, protocol, method, path, path_kind } = row;
  return {
    id,
    firstSeen: row.first_seen,
    ...naming(environment, service, protocol, method, path, path_kind),
    row,
  };
}

function toKin(endpoint: ResolvedEndpoint): Kin {
  const { id, environment, service, protocol, method, path, pathKind } = endpoint;
  return { id, ...naming(environment, service, protocol, method, path, pathKind) };
}

function naming(
  environment: string,
  service: string,
  protocol: string,
  method: string,
  path: string,
  pathKind: string,
): Omit<Kin, 'id'> {
  return {
    identity: `${environment}\n${service}\n${protocol}\n${method}\n${path}\n${pathKind}`,
    kind: `${protocol} ${method}`,
  };
}

interface Span {
  first: number;
  last: number;
  /** It names one operation. */
  tells: boolean;
}

/** When scans first and last held each sighting. */
function scanSpans({ db }: Connection): Map<number, Span> {
  const rows = db
    .prepare<[], [number, number, number, string]>('SELECT id, first_scan_at, last_scan_at, path_kind FROM sightings')
    .raw()
    .iterate();
  const spans = new Map<number, Span>();
  for (const [id, first, last, kind] of rows) {
    spans.set(id, { first, last, tells: kind === 'exact' || kind === 'template' });
  }
  return spans;
}

function span(
  endpoint: ResolvedEndpoint,
  spans: ReadonlyMap<number, Span>,
  before: Known | undefined,
  at: number,
): { first: number; last: number } {
  let first = before?.firstSeen ?? Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const sighting of endpoint.sightings) {
    const held = spans.get(sighting);
    if (!held) continue;
    if (held.first < first) first = held.first;
    if (held.last > last) last = held.last;
  }
  return { first: Math.min(first, at), last: Number.isFinite(last) ? last : at };
}

function writeFormerIds({ db }: Connection, { ids, former }: Lineage): void {
  const follow = db.prepare('UPDATE former_ids SET endpoint = ? WHERE endpoint = ?');
  const add = db.prepare('INSERT OR REPLACE INTO former_ids (id, endpoint) VALUES (?, ?)');
  const findings = db.prepare('UPDATE findings SET endpoint = ? WHERE endpoint = ?');
  for (const { id, endpoint } of former) {
    const heir = ids[endpoint] as string;
    follow.run(heir, id);
    add.run(id, heir);
    findings.run(heir, id);
  }
  // An id that is an endpoint's again is nobody's former id.
  db.exec('DELETE FROM former_ids WHERE id IN (SELECT id FROM endpoints)');
}
