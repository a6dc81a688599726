import type { InferResult, Kysely } from 'kysely';
import type { ScopeState } from '#model/scope';
import type { Location, Plane, Server, Sighting } from '#model/sighting';
import type { StoredSighting } from '#model/view';
import type { Tables } from './schema.ts';

function stored(build: Kysely<Tables>) {
  return build
    .selectFrom('sightings')
    .innerJoin('scopes', 'scopes.key', 'sightings.scope')
    .select([
      'sightings.id',
      'scopes.source',
      'scopes.name as scope',
      'scopes.environment',
      'scopes.plane',
      'protocol',
      'method',
      'path',
      'path_kind',
      'anchored',
      'servers',
      'service',
      'facts',
      'location',
      'seen_first',
      'seen_last',
      'seen_count',
      'first_scan_at',
      'last_scan_at',
      'gone_at',
    ])
    .orderBy('sightings.id');
}

export function sightingsAfter(build: Kysely<Tables>, id: number, limit: number) {
  return stored(build).where('sightings.id', '>', id).limit(limit);
}

export function sightingsById(build: Kysely<Tables>, ids: readonly number[]) {
  return stored(build).where('sightings.id', 'in', ids);
}

type SightingRow = InferResult<ReturnType<typeof stored>>[number];

export function toSighting(row: SightingRow): StoredSighting {
  const sighting: StoredSighting = {
    id: row.id,
    source: row.source,
    scope: row.scope,
    environment: row.environment,
    plane: row.plane as Plane,
    protocol: row.protocol as Sighting['protocol'],
    method: row.method,
    path: row.path,
    pathKind: row.path_kind as Sighting['pathKind'],
    anchored: row.anchored === 1,
    servers: JSON.parse(row.servers) as Server[],
    service: row.service,
    facts: JSON.parse(row.facts) as Sighting['facts'],
    where: JSON.parse(row.location) as Location,
    firstScanAt: row.first_scan_at,
    lastScanAt: row.last_scan_at,
    goneAt: row.gone_at,
  };
  if (row.seen_first !== null && row.seen_last !== null && row.seen_count !== null) {
    sighting.seen = { first: row.seen_first, last: row.seen_last, count: row.seen_count };
  }
  return sighting;
}

/** Scopes that are not retired, with the last word on each. */
export function scopeStates(build: Kysely<Tables>) {
  return build
    .selectFrom('scopes')
    .innerJoin('scans', 'scans.key', 'scopes.scan')
    .selectAll('scopes')
    .select('scans.id as scan_id')
    .where('retired_at', 'is', null)
    .orderBy('source')
    .orderBy('plane')
    .orderBy('name');
}

type ScopeRow = InferResult<ReturnType<typeof scopeStates>>[number];

export function toScopeState(row: ScopeRow): ScopeState {
  return {
    scope: row.name,
    plane: row.plane as Plane,
    completeness: row.completeness as ScopeState['completeness'],
    saw: row.saw,
    problems: JSON.parse(row.problems) as ScopeState['problems'],
    covers: JSON.parse(row.covers) as ScopeState['covers'],
    source: row.source,
    kind: row.kind,
    environment: row.environment,
    scan: row.scan_id,
    at: row.at,
    completeAt: row.complete_at,
    sightings: row.sightings,
  };
}
