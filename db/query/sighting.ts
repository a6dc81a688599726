import type { InferResult, Kysely } from 'kysely';
import { checkRow, list, nullable, number, oneOf, optional, readJson, shape, text, time } from '#db/stored';
import { facts, location, servers } from '#db/view/shape';
import { type Coverage, completenesses, type Problem, type ScopeState } from '#model/scope';
import { type Plane, pathKinds, planes, protocols, type Sighting } from '#model/sighting';
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

const sightingRow = shape<SightingRow>({
  id: number,
  source: text,
  scope: text,
  environment: text,
  plane: oneOf(...planes),
  protocol: oneOf(...protocols),
  method: text,
  path: text,
  path_kind: oneOf(...pathKinds),
  anchored: number,
  servers: text,
  service: text,
  facts: text,
  location: text,
  seen_first: nullable(time),
  seen_last: nullable(time),
  seen_count: nullable(number),
  first_scan_at: time,
  last_scan_at: time,
  gone_at: nullable(time),
});

/** Throws `StoredError` for a row that noontide does not write. */
export function toSighting(row: SightingRow): StoredSighting {
  checkRow('sightings', row, sightingRow);
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
    servers: readJson('sightings.servers', row.servers, servers),
    service: row.service,
    facts: readJson('sightings.facts', row.facts, facts),
    where: readJson('sightings.location', row.location, location),
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

const scopeRow = shape<ScopeRow>({
  key: number,
  source: text,
  plane: oneOf(...planes),
  name: text,
  kind: text,
  environment: text,
  completeness: oneOf(...completenesses),
  saw: text,
  problems: text,
  covers: text,
  scan: number,
  scan_id: text,
  at: time,
  complete_at: nullable(time),
  retired_at: nullable(time),
  sightings: number,
});
const problems = list(shape<Problem>({ message: text, where: optional(text), mend: optional(text) }));
const covers = shape<Coverage>({
  services: optional(list(text)),
  hosts: optional(list(text)),
  from: optional(time),
  to: optional(time),
});

/** Throws `StoredError` for a row that noontide does not write. */
export function toScopeState(row: ScopeRow): ScopeState {
  checkRow('scopes', row, scopeRow);
  return {
    scope: row.name,
    plane: row.plane as Plane,
    completeness: row.completeness as ScopeState['completeness'],
    saw: row.saw,
    problems: readJson('scopes.problems', row.problems, problems),
    covers: readJson('scopes.covers', row.covers, covers),
    source: row.source,
    kind: row.kind,
    environment: row.environment,
    scan: row.scan_id,
    at: row.at,
    completeAt: row.complete_at,
    sightings: row.sightings,
  };
}
