import type { Change, ChangeKind } from '#db/store';
import { checkRow, readJson } from '#db/stored';
import { difference } from '#db/view/difference';
import { type Kin, type Lineage, lineage, type OldKin } from '#db/view/lineage';
import { type EndpointScalars, listValues, readDocument, type Stored, scalarColumns, toStored } from '#db/view/row';
import { endpointRow, sightingIds } from '#db/view/shape';
import type { ResolvedEndpoint } from '#model/view';
import type { Connection } from './connection.ts';

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

type Statements = ReturnType<typeof statements>;

export interface WrittenEndpoints {
  lineage: Lineage;
  /** Without the scan, in the order of the view; then what vanished. */
  changes: Omit<Change, 'scan'>[];
}

/** Writes the endpoints of a view that are new or differ, and removes those that are in it no more. */
export function writeEndpoints(
  connection: Connection,
  endpoints: readonly ResolvedEndpoint[],
  at: number,
): WrittenEndpoints {
  const write = statements(connection);
  const known = write.known.all().map(toKnown);
  const spans = scanSpans(connection);
  const heirs = lineage(known, endpoints.map(toKin), {
    before: () =>
      write.sightings.all().map((text) => readJson<number[]>('endpoint_documents.sightings', text, sightingIds)),
    after: endpoints.map((endpoint) => endpoint.sightings),
    tells: (sighting) => spans.get(sighting)?.tells ?? false,
  });

  const changes: WrittenEndpoints['changes'] = [];
  const record = (kind: ChangeKind, endpoint: string, on: EndpointScalars, fields: Change['fields']) => {
    const { environment, service, method, path, verdict } = on;
    changes.push({ at, kind, endpoint, environment, service, method, path, fields, verdict });
  };
  endpoints.forEach((endpoint, i) => {
    const id = heirs.ids[i] as string;
    const before = known[heirs.continues[i] as number];
    const stored = toStored(endpoint);
    const { first, last } = span(endpoint, spans, before, at);
    if (before) {
      const fields = rewrite(write, before.row, endpoint, stored, first, last);
      if (Object.keys(fields).length > 0) record('changed', id, stored.scalars, fields);
    } else {
      insert(write, id, endpoint, stored, first, last);
      record('appeared', id, stored.scalars, {});
    }
  });
  const kept = new Set(heirs.continues);
  known.forEach(({ row }, i) => {
    if (kept.has(i)) return;
    remove(write, row.key);
    record('vanished', row.id, row, {});
  });
  return { lineage: heirs, changes };
}

function insert(
  write: Statements,
  id: string,
  endpoint: ResolvedEndpoint,
  stored: Stored,
  first: number,
  last: number,
): void {
  const key = Number(write.insert.run(id, first, last, stored.digest, ...scalarValues(stored)).lastInsertRowid);
  write.insertDocument.run(key, stored.document, stored.sightings);
  for (const [field, value] of listValues(endpoint)) write.insertList.run(field, value, key);
}

/** Answers what a person would call a change. */
function rewrite(
  write: Statements,
  row: KnownRow,
  endpoint: ResolvedEndpoint,
  stored: Stored,
  first: number,
  last: number,
): Change['fields'] {
  const renamed = writeScalars(write, row, stored, first, last);
  if (row.digest === stored.digest) {
    return renamed ? difference({ ...row, document: '' }, { ...stored.scalars, document: '' }) : {};
  }
  const document = write.document.get(row.key) as string;
  write.updateDocument.run(stored.document, stored.sightings, row.key);
  if (document !== stored.document) {
    removeLists(write, row.key, document);
    for (const [field, value] of listValues(endpoint)) write.insertList.run(field, value, row.key);
  }
  return difference({ ...row, document }, { ...stored.scalars, document: stored.document });
}

function remove(write: Statements, key: number): void {
  removeLists(write, key, write.document.get(key) as string);
  write.delete.run(key);
}

function removeLists(write: Statements, key: number, document: string): void {
  for (const [field, value] of listValues(readDocument(document))) write.deleteList.run(field, value, key);
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

/**
 * Writes what differs; answers whether it is more than counters. A statement that names an indexed column writes its
 * index too, whether the value is another or not.
 */
function writeScalars(write: Statements, before: KnownRow, after: Stored, first: number, last: number): boolean {
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

function toKnown(row: KnownRow): Known {
  checkRow('endpoints', row, endpointRow);
  const { id, environment, service, protocol, method, path, path_kind, reason } = row;
  return {
    id,
    firstSeen: row.first_seen,
    ...naming(environment, service, protocol, method, path, path_kind, reason),
    row,
  };
}

function toKin(endpoint: ResolvedEndpoint): Kin {
  const { id, environment, service, protocol, method, path, pathKind, verdict } = endpoint;
  return { id, ...naming(environment, service, protocol, method, path, pathKind, verdict.reason) };
}

function naming(
  environment: string,
  service: string,
  protocol: string,
  method: string,
  path: string,
  pathKind: string,
  reason: string,
): Omit<Kin, 'id'> {
  // A host of which only closed TLS is known is another thing than a route for everything.
  const closed = reason === 'encrypted' ? '\nclosed' : '';
  return {
    identity: `${environment}\n${service}\n${protocol}\n${method}\n${path}\n${pathKind}${closed}`,
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
