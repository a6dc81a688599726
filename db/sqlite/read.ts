import { setImmediate as turn } from 'node:timers/promises';
import { successor } from '#db/query/condition';
import {
  countEndpoints,
  endpointKeys,
  endpointsById,
  endpointsByKey,
  formerIds,
  heirOf,
  idsBetween,
  type KeyedEndpointRow,
  sightingsOf,
} from '#db/query/endpoint';
import { type FindingRow, findingKeys, findingsByKey, findingsOf, toFinding } from '#db/query/finding';
import { changesOf, changesSince, toChange } from '#db/query/history';
import { sightingsAfter, sightingsById, toSighting } from '#db/query/sighting';
import type { Change, EndpointDetail, EndpointQuery, FindingQuery } from '#db/store';
import { readJson } from '#db/stored';
import { toEndpoint } from '#db/view/row';
import { sightingIds } from '#db/view/shape';
import type { Condition } from '#model/condition';
import type { Endpoint } from '#model/endpoint';
import type { Finding } from '#model/finding';
import type { StoredSighting } from '#model/view';
import type { Connection } from './connection.ts';
import { sqliteDialect } from './dialect.ts';

/** Rows read at once: between two pages nothing is locked, and timers have their turn. */
const pageRows = 1_000;

/** As many endpoints as an ambiguous beginning of an id names at most. */
const maxCandidates = 20;

export function readEndpoints(connection: Connection, query: EndpointQuery): AsyncIterable<Endpoint> {
  const { build, rows } = connection;
  return inPages<KeyedEndpointRow, Endpoint>(
    connection,
    () => rows(endpointKeys(build, sqliteDialect, query)),
    (page) => rows(endpointsByKey(build, page)),
    toEndpoint,
  );
}

export function readFindings(connection: Connection, query: FindingQuery): AsyncIterable<Finding> {
  const { build, rows } = connection;
  return inPages<FindingRow, Finding>(
    connection,
    () => rows(findingKeys(build, sqliteDialect, query)),
    (page) => rows(findingsByKey(build, page)),
    toFinding,
  );
}

/**
 * Settles the order by keys alone, which are small, and reads the rows page by page; one that is gone by then is left
 * out.
 */
async function* inPages<Row extends { key: number }, T>(
  connection: Connection,
  keysOf: () => { key: number }[],
  rowsOf: (page: number[]) => Row[],
  toRecord: (row: Row) => T,
): AsyncGenerator<T> {
  const keys = await connection.read(() => keysOf().map((row) => row.key));
  for (let from = 0; from < keys.length; from += pageRows) {
    if (from > 0) await turn();
    const page = keys.slice(from, from + pageRows);
    const found = await connection.read(() => new Map(rowsOf(page).map((row) => [row.key, toRecord(row)])));
    for (const key of page) {
      const record = found.get(key);
      if (record) yield record;
    }
  }
}

export async function* readSightings(connection: Connection): AsyncGenerator<StoredSighting> {
  for (let after = 0; ; ) {
    const page = await connection.read(() =>
      connection.rows(sightingsAfter(connection.build, after, pageRows)).map(toSighting),
    );
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageRows) return;
    after = last.id;
    await turn();
  }
}

export async function* readChanges(connection: Connection, since: number): AsyncGenerator<Change> {
  for (let from = since, after = 0; ; ) {
    const page = await connection.read(() =>
      connection
        .rows(changesSince(connection.build, from, after, pageRows))
        .map((row) => ({ key: row.key, change: toChange(row) })),
    );
    for (const { change } of page) yield change;
    const last = page.at(-1);
    if (!last || page.length < pageRows) return;
    from = last.change.at;
    after = last.key;
    await turn();
  }
}

export function countOf({ build, rows }: Connection, where: Condition | undefined): number {
  return rows(countEndpoints(build, sqliteDialect, where))[0]?.count ?? 0;
}

/** The endpoint of that id or former id, else those whose id, present or former, begins with it. */
export function findEndpoint(connection: Connection, id: string): Endpoint[] {
  const { build, rows } = connection;
  if (id === '') return [];
  const exact = endpointOf(connection, id);
  if (exact) return [exact];
  const ids = rows(idsBetween(build, id, successor(id) ?? id, maxCandidates)).map((row) => row.id);
  return rows(endpointsById(build, ids)).map(toEndpoint);
}

export function endpointDetail(connection: Connection, id: string): EndpointDetail | null {
  const { build, rows } = connection;
  const endpoint = endpointOf(connection, id);
  if (!endpoint) return null;
  const former = rows(formerIds(build, endpoint.id)).map((row) => row.id);
  const sightings = rows(sightingsOf(build, endpoint.id)).flatMap((row) =>
    readJson<number[]>('endpoint_documents.sightings', row.sightings, sightingIds),
  );
  return {
    endpoint,
    sightings: chunks(sightings).flatMap((page) => rows(sightingsById(build, page)).map(toSighting)),
    findings: rows(findingsOf(build, endpoint.id)).map(toFinding),
    changes: rows(changesOf(build, [endpoint.id, ...former])).map(toChange),
    formerIds: former,
  };
}

function endpointOf({ build, rows }: Connection, id: string): Endpoint | null {
  const [same] = rows(endpointsById(build, [id]));
  if (same) return toEndpoint(same);
  const [heir] = rows(heirOf(build, id));
  const [row] = heir ? rows(endpointsById(build, [heir.endpoint])) : [];
  return row ? toEndpoint(row) : null;
}

/** SQLite binds at most 32,766 values. */
function chunks(values: readonly number[]): number[][] {
  const found: number[][] = [];
  for (let from = 0; from < values.length; from += pageRows) found.push(values.slice(from, from + pageRows));
  return found;
}
