import type { ScopeState } from '#model/scope';
import { type Plane, planes } from '#model/sighting';
import type { JoinedEndpoint, Resolution } from '#model/view';
import { staysClosed } from '#path/qualify';

/** What the scopes that were read can say of one service in one environment: whether silence on a plane means absence. */
export interface Coverage {
  /** Scopes of each plane that could show this service's operations. */
  own: Record<Plane, ScopeState[]>;
  /** Declared scopes of which it is not known what services they declare, because they could not be read. */
  unread: ScopeState[];
  /** Planes that no source of the inventory covers at all. */
  absent: ReadonlySet<Plane>;
  /** The code that was read has most of what is declared, so that what it lacks may count as absent. */
  codeIsUnderstood: boolean;
  /** The span of traffic that was observed on its hosts, epoch milliseconds; `null` when none was. */
  observed: { from: number; to: number } | null;
  /** What «now» is for dates in specifications: where observation ended, else the last scan. */
  now: number;
}

/** Prepares the answer for every service and environment of a resolution; ask with an endpoint of it. */
export function coverageOf(
  resolution: Resolution,
  scopes: readonly ScopeState[],
): (endpoint: JoinedEndpoint) => Coverage {
  const present = new Set(scopes.map(({ plane }) => plane));
  const absent = new Set(planes.filter((plane) => !present.has(plane)));
  const unread = scopes.filter((scope) => scope.plane === 'declared' && !(scope.covers.services?.length ?? 0));
  const lastScan = scopes.reduce((last, { at }) => Math.max(last, at), 0);
  const parts = new Map<string, Part>();
  for (const endpoint of resolution.endpoints) {
    const key = partKey(endpoint);
    const part = parts.get(key) ?? emptyPart();
    parts.set(key, part);
    const live = (plane: Plane) =>
      endpoint.sightings.some((sighting) => sighting.plane === plane && sighting.goneAt === null);
    if (live('declared')) {
      part.declared++;
      if (live('coded')) part.declaredAndCoded++;
    }
    for (const sighting of endpoint.sightings) {
      // Where TLS stayed closed, no call would have been seen.
      if (staysClosed(sighting)) continue;
      const { source, scope, servers } = sighting;
      part.scopes.add(`${source}\n${scope}`);
      for (const { host } of servers) if (host !== null) part.hosts.add(host);
    }
  }
  const groups = new Map<string, Set<string>>();
  for (const { group, service } of resolution.bindings) {
    const known = groups.get(service) ?? new Set();
    groups.set(service, known.add(group));
  }

  const places = indexScopes(scopes);
  const made = new Map<string, Coverage>();
  return (endpoint) => {
    const key = partKey(endpoint);
    const known = made.get(key);
    if (known) return known;
    const part = parts.get(key) ?? emptyPart();
    const shows = new Set<ScopeState>();
    const take = (found: ScopeState[] = []) => found.forEach((scope) => void shows.add(scope));
    for (const name of part.scopes) take(places.byName.get(name));
    for (const group of groups.get(endpoint.service) ?? []) take(places.byGroup.get(group));
    for (const host of part.hosts) take(places.byHost.get(host));
    const own: Coverage['own'] = { declared: [], deployed: [], coded: [], observed: [] };
    for (const scope of shows) {
      if (scope.environment === '' || scope.environment === endpoint.environment) own[scope.plane].push(scope);
    }
    const observed = span(own.observed);
    const codeIsUnderstood = part.declaredAndCoded >= part.declared * understood;
    const coverage = {
      own,
      unread,
      absent,
      codeIsUnderstood,
      observed,
      now: observed?.to ?? lastScan,
    };
    made.set(key, coverage);
    return coverage;
  };
}

/** What one service's endpoints in one environment come from. */
interface Part {
  hosts: Set<string>;
  scopes: Set<string>;
  declared: number;
  declaredAndCoded: number;
}

/** Below this share of declared operations, the code registers its routes in ways that are not understood. */
const understood = 0.5;

function emptyPart(): Part {
  return { hosts: new Set(), scopes: new Set(), declared: 0, declaredAndCoded: 0 };
}

/** Scopes by what makes them one of a service: their sightings, the groups that they cover, and hosts, of which specifications prove nothing. */
function indexScopes(
  scopes: readonly ScopeState[],
): Record<'byName' | 'byGroup' | 'byHost', Map<string, ScopeState[]>> {
  const index = {
    byName: new Map<string, ScopeState[]>(),
    byGroup: new Map<string, ScopeState[]>(),
    byHost: new Map<string, ScopeState[]>(),
  };
  const add = (map: Map<string, ScopeState[]>, key: string, scope: ScopeState) => {
    const known = map.get(key);
    if (known) known.push(scope);
    else map.set(key, [scope]);
  };
  for (const scope of scopes) {
    add(index.byName, `${scope.source}\n${scope.scope}`, scope);
    if (scope.plane !== 'observed')
      for (const name of scope.covers.services ?? []) add(index.byGroup, `${scope.source}/${name}`, scope);
    if (scope.plane !== 'declared') for (const host of scope.covers.hosts ?? []) add(index.byHost, host, scope);
  }
  return index;
}

/**
 * Whether a scope would have shown what was there at a time: it was read completely by the last scan, or by one since then, so
 * that a source which fails today does not unsay what is known.
 */
export function wouldHaveShown(scope: ScopeState, since: number): boolean {
  return scope.completeness === 'complete' || (scope.completeAt !== null && scope.completeAt >= since);
}

function partKey({ service, environment }: JoinedEndpoint): string {
  return `${environment}\n${service}`;
}

function span(scopes: readonly ScopeState[]): { from: number; to: number } | null {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { covers } of scopes) {
    if (covers.from === undefined || covers.to === undefined) continue;
    from = Math.min(from, covers.from);
    to = Math.max(to, covers.to);
  }
  return from <= to ? { from, to } : null;
}
