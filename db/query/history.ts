import type { InferResult, Kysely } from 'kysely';
import type { Change, ScanRecord } from '#db/store';
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

export function toChange(row: ChangeRow): Change {
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
    fields: JSON.parse(row.fields) as Change['fields'],
    verdict,
  };
}

/** The last scans, the latest first. */
export function lastScans(build: Kysely<Tables>, limit: number) {
  return build.selectFrom('scans').selectAll().orderBy('key', 'desc').limit(limit);
}

type ScanRow = InferResult<ReturnType<typeof lastScans>>[number];

export function toScanRecord(row: ScanRow): ScanRecord {
  return {
    id: row.id,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    status: row.status as ScanRecord['status'],
    version: row.version,
    sources: JSON.parse(row.sources) as string[],
    scopes: row.scopes,
    sightings: row.sightings,
  };
}
