import type { PlaneStates } from '#model/endpoint';
import type { Windows } from '#model/rule';
import type { Plane } from '#model/sighting';
import type { JoinedEndpoint, StoredSighting } from '#model/view';
import { hits, qualifies, staysClosed } from '#path/qualify';
import { type Coverage, wouldHaveShown } from './coverage.ts';

/** An endpoint's states on the four planes, and the facts that its verdict turns on. */
export interface Standing {
  states: PlaneStates;
  /** The last qualified call, epoch milliseconds. */
  lastCall: number | null;
  /** Calls that qualified. */
  hits: number;
  sunset: number | null;
  /** A gateway's revision that was retired and still answers. */
  retired: boolean;
  /** The code had it and has it no more. */
  leftCode: boolean;
  /** Nothing but tails whose mount is unknown: the path itself is not proven. */
  unanchored: boolean;
  /** What was seen of TLS where that is all, for it stayed closed; `null` for every other endpoint. */
  closed: { connections: number; alpn: string[] } | null;
}

/**
 * The states by the definitions (docs/definitions.md). `none`, `no` and `never` need scopes that were read completely and would have
 * shown it: unknown is never no.
 */
export function standing(endpoint: JoinedEndpoint, coverage: Coverage, windows: Windows): Standing {
  if (endpoint.sightings.every(staysClosed)) return closedStanding(endpoint);
  const live = (plane: Plane) =>
    endpoint.sightings.filter((sighting) => sighting.plane === plane && sighting.goneAt === null);
  const gone = (plane: Plane) =>
    endpoint.sightings.some((sighting) => sighting.plane === plane && sighting.goneAt !== null);
  const since = endpoint.sightings.reduce(
    (first, sighting) => Math.min(first, sighting.firstScanAt),
    Number.POSITIVE_INFINITY,
  );
  const silent = (plane: Plane) =>
    coverage.own[plane].length > 0 && coverage.own[plane].every((scope) => wouldHaveShown(scope, since));

  const declared = live('declared');
  const deployed = live('deployed');
  const coded = live('coded');
  const sunset = latest(declared.map(({ facts }) => facts.sunset));
  const traffic = calls(live('observed'), endpoint);

  return {
    states: {
      declared:
        declared.length > 0
          ? declaredState(declared, sunset, coverage.now)
          : gone('declared')
            ? 'removed'
            : declaresNothing(coverage, since)
              ? 'none'
              : 'unknown',
      deployed: deployed.some(({ facts }) => !facts.draft)
        ? 'yes'
        : deployed.length > 0
          ? 'draft'
          : silent('deployed')
            ? 'no'
            : 'unknown',
      coded: coded.length > 0 ? 'yes' : silent('coded') && coverage.codeIsUnderstood ? 'no' : 'unknown',
      observed: observedState(traffic.last, coverage, windows, since),
    },
    lastCall: traffic.last,
    hits: traffic.hits,
    sunset,
    retired: deployed.some(({ facts }) => facts.retired),
    leftCode: coded.length === 0 && gone('coded'),
    unanchored: endpoint.sightings.every((sighting) => !sighting.anchored),
    closed: null,
  };
}

/** Nothing is known of what is asked inside of TLS: whatever was read may declare it or not. */
function closedStanding({ sightings }: JoinedEndpoint): Standing {
  return {
    states: { declared: 'unknown', deployed: 'unknown', coded: 'unknown', observed: 'unknown' },
    lastCall: null,
    hits: 0,
    sunset: null,
    retired: false,
    leftCode: false,
    unanchored: false,
    closed: {
      connections: sightings.reduce((sum, { seen }) => sum + (seen?.count ?? 0), 0),
      alpn: [...new Set(sightings.flatMap(({ facts }) => facts.tls?.alpn ?? []))].sort(),
    },
  };
}

function declaredState(declared: StoredSighting[], sunset: number | null, now: number): PlaneStates['declared'] {
  if (sunset !== null && sunset <= now) return 'sunset';
  // Several documents: one that does not call it deprecated keeps it alive.
  return declared.every(({ facts }) => facts.deprecated) ? 'deprecated' : 'active';
}

/** What was read of the service's own specifications does not have it; or, of a service without any, every one that was found was read. */
function declaresNothing(coverage: Coverage, since: number): boolean {
  if (coverage.absent.has('declared')) return false;
  const deciding = coverage.own.declared.length > 0 ? coverage.own.declared : coverage.unread;
  return deciding.every((scope) => wouldHaveShown(scope, since));
}

function observedState(
  last: number | null,
  coverage: Coverage,
  windows: Windows,
  since: number,
): PlaneStates['observed'] {
  const to = coverage.observed?.to ?? last;
  if (last !== null && to !== null) {
    const age = to - last;
    return age <= windows.fresh ? 'fresh' : age <= windows.stale ? 'stale' : 'never';
  }
  return coverage.observed && coverage.own.observed.some((scope) => wouldHaveShown(scope, since)) ? 'never' : 'unknown';
}

function calls(observed: StoredSighting[], endpoint: JoinedEndpoint): { last: number | null; hits: number } {
  const known =
    observed.some((sighting) => qualifies(sighting) === 'alone') ||
    endpoint.sightings.some(({ plane }) => plane !== 'observed');
  let last: number | null = null;
  let count = 0;
  for (const sighting of observed) {
    const worth = qualifies(sighting);
    if (worth !== 'alone' && !(worth === 'known' && known)) continue;
    last = Math.max(last ?? 0, sighting.seen?.last ?? 0);
    count += hits(sighting.facts.statuses ?? {});
  }
  return { last, hits: count };
}

function latest(dates: (number | undefined)[]): number | null {
  const known = dates.filter((date) => date !== undefined);
  return known.length > 0 ? Math.max(...known) : null;
}
