import type { Leaf } from '#model/endpoint';
import { counted, figure } from '#model/figure';
import type { Plane } from '#model/sighting';
import type { Coverage } from './coverage.ts';
import type { Standing } from './states.ts';

const day = 24 * 60 * 60 * 1_000;

/** One sentence for a person, with the facts that decided: no more than the planes say. */
export function because(
  { leaf, reason, decidedBy }: { leaf: Leaf; reason: string; decidedBy: Plane[] },
  standing: Standing,
  coverage: Coverage,
  successor: string | null,
): string {
  const alive = living(standing);
  switch (leaf) {
    case 'zombie':
      switch (reason) {
        case 'removed':
          return `the specification had it and no longer does, but ${alive}`;
        case 'sunset':
          return `its sunset was ${isoDay(standing.sunset)}, but ${alive}`;
        case 'superseded':
          return `only its successor ${successor} is declared, but ${alive}`;
        case 'retired-revision':
          return `its revision was retired, but ${alive}`;
        default:
          return 'the code no longer has it, but the gateway still routes it';
      }
    case 'deprecated-in-use':
      return `declared as deprecated, and ${alive}`;
    case 'deprecated-idle':
      return `declared as deprecated; ${silence(standing, coverage)}, and ${reason === 'routed' ? 'it is still routed' : 'the code still has it'}`;
    case 'shadow':
      switch (reason) {
        case 'deployed':
          return `a gateway routes it, and no specification declares it${standing.states.coded === 'no' ? '; the code does not have it' : ''}`;
        case 'unattributed':
          return `${alive}, but no specification declares it and no code that was read has it`;
        default:
          return `${alive}, but no specification declares it`;
      }
    case 'undocumented':
      return `the code has it, and no specification declares it; ${silence(standing, coverage)}`;
    case 'orphan':
      return `declared and ${reason}, but ${silence(standing, coverage)}`;
    case 'phantom':
      return `declared, but no code or gateway that was read has it, and ${silence(standing, coverage)}`;
    case 'managed':
      if (reason === 'health') return 'a health check, which comes with the platform';
      return `declared, and ${alive}`;
    case 'retired':
      return `${reason === 'sunset' ? `past its sunset of ${isoDay(standing.sunset)}` : 'gone from the specification'}, and ${silence(standing, coverage)}`;
    case 'indeterminate':
      if (standing.closed !== null) return closedTls(standing.closed);
      if (reason === 'unanchored')
        return 'the prefix it is mounted under could not be resolved, so that its path is only a tail';
      return decidedBy.length > 0
        ? `${known(standing)}; a complete scan of ${list(decidedBy)} sources would decide`
        : `${known(standing)}; nothing contradicts it`;
  }
}

function closedTls({ connections, alpn }: NonNullable<Standing['closed']>): string {
  return `TLS was seen (${[counted(connections, 'connection'), ...alpn].join(', ')}), and no key to look into it`;
}

function living({ states, hits, lastCall }: Standing): string {
  if (states.observed === 'fresh') return `it was called ${times(hits)}, last on ${isoDay(lastCall)}`;
  return 'a gateway routes it';
}

function silence({ states, lastCall }: Standing, coverage: Coverage): string {
  if (lastCall !== null && states.observed !== 'fresh') return `the last call was on ${isoDay(lastCall)}`;
  if (states.observed !== 'never' || !coverage.observed) return 'no traffic of its hosts was read';
  return `no call was seen in ${duration(coverage.observed.to - coverage.observed.from)} of traffic`;
}

function known({ states }: Standing): string {
  const declared = {
    active: 'declared',
    deprecated: 'deprecated',
    sunset: 'past its sunset',
    removed: 'no longer declared',
    none: 'declared nowhere',
    unknown: '',
  };
  const parts = [
    declared[states.declared],
    states.deployed === 'yes' ? 'routed' : states.deployed === 'draft' ? 'in a gateway’s draft' : '',
    states.coded === 'yes' ? 'coded' : states.coded === 'no' ? 'in no code' : '',
    states.observed === 'fresh' ? 'called' : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(', ') : 'little is known';
}

function list(planes: readonly Plane[]): string {
  return planes.length > 1 ? `${planes.slice(0, -1).join(', ')} or ${planes.at(-1)}` : (planes[0] ?? '');
}

function times(count: number): string {
  return count === 1 ? 'once' : `${figure(count)} times`;
}

function isoDay(at: number | null): string {
  return at === null ? 'an unknown day' : new Date(at).toISOString().slice(0, 10);
}

/** In the largest unit that fits: `3 minutes`, `12 days`. */
function duration(milliseconds: number): string {
  const units: [string, number][] = [
    ['day', day],
    ['hour', day / 24],
    ['minute', 60_000],
    ['second', 1_000],
  ];
  for (const [unit, length] of units) {
    const count = Math.floor(milliseconds / length);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return 'less than a second';
}
