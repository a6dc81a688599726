import type { InferResult, Kysely } from 'kysely';
import { type Change, changeKinds, type ScanRecord } from '#db/store';
import { checkRow, list, nullable, number, oneOf, readJson, record, shape, text, time } from '#db/stored';
import type { Tables } from './schema.ts';

function changes(build: Kysely<Tables>) {
  return build
    .selectFrom('changes')
    .innerJoin('scans', 'scans.key', 'changes.scan')
    .selectAll('changes')
    .select('scans.id as scan_id')
    .orderBy('changes.at')
    .orderBy('changes.key');
}

/** Since a time, and after the change that was read last, in the order in which they came. */
export function changesSince(build: Kysely<Tables>, since: number, after: number, limit: number) {
  return changes(build)
    .where((eb) =>
      eb.or([eb('changes.at', '>', since), eb.and([eb('changes.at', '=', since), eb('changes.key', '>', after)])]),
    )
    .limit(limit);
}

export function changesOf(build: Kysely<Tables>, ids: readonly string[]) {
  return changes(build).where('changes.endpoint', 'in', ids);
}

type ChangeRow = InferResult<ReturnType<typeof changes>>[number];

const changeRow = shape<ChangeRow>({
  key: number,
  at: time,
  scan: number,
  scan_id: text,
  kind: oneOf(...changeKinds),
  endpoint: text,
  environment: text,
  service: text,
  method: text,
  path: text,
  fields: text,
  verdict: text,
});
const changedFields = record((value) => list(text)(value) && (value as string[]).length === 2);

/** Throws `StoredError` for a row that noontide does not write. */
export function toChange(row: ChangeRow): Change {
  checkRow('changes', row, changeRow);
  const { at, scan_id, endpoint, environment, service, method, path, verdict } = row;
  return {
    at,
    scan: scan_id,
    kind: row.kind as Change['kind'],
    endpoint,
    environment,
    service,
    method,
    path,
    fields: readJson('changes.fields', row.fields, changedFields),
    verdict,
  };
}

/** The last scans, the latest first. */
export function lastScans(build: Kysely<Tables>, limit: number) {
  return build
    .selectFrom('scans')
    .select(['id', 'started_at', 'finished_at', 'status', 'version', 'sources', 'scopes', 'sightings'])
    .orderBy('key', 'desc')
    .limit(limit);
}

type ScanRecordRow = InferResult<ReturnType<typeof lastScans>>[number];

const scanRow = shape<ScanRecordRow>({
  id: text,
  started_at: time,
  finished_at: nullable(time),
  status: oneOf('running', 'done', 'incomplete', 'interrupted'),
  version: text,
  sources: text,
  scopes: number,
  sightings: number,
});

/** Throws `StoredError` for a row that noontide does not write. */
export function toScanRecord(row: ScanRecordRow): ScanRecord {
  checkRow('scans', row, scanRow);
  return {
    id: row.id,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    status: row.status as ScanRecord['status'],
    version: row.version,
    sources: readJson('scans.sources', row.sources, list(text)),
    scopes: row.scopes,
    sightings: row.sightings,
  };
}
