import type { Sighting } from '#model/sighting';

/**
 * What a traffic sighting's answers are worth (docs/definitions.md, guards):
 * `alone`: it proves an endpoint by itself; `known`: it proves one that another plane or a success at another time knows;
 * `corroborates`: it says something of a known one, and does not count as a hit; `never`: nothing.
 */
export function qualifies({
  facts,
  method,
}: Pick<Sighting, 'facts' | 'method'>): 'alone' | 'known' | 'corroborates' | 'never' {
  if (facts.static || method === 'CONNECT' || method === 'TRACE') return 'never';
  const { good, refused, failed } = tally(facts.statuses ?? {});
  if (good - (facts.fallback ?? 0) > 0) return 'alone';
  if (refused > 0) return 'known';
  return failed > 0 ? 'corroborates' : 'never';
}

export function succeeds(sighting: Pick<Sighting, 'facts' | 'method'>): boolean {
  return qualifies(sighting) === 'alone';
}

/** Whether all that it knows is that there is TLS, which stayed closed: no call, and no word on any operation. */
export function staysClosed({ plane, facts }: Pick<Sighting, 'plane' | 'facts'>): boolean {
  return plane === 'observed' && facts.tls !== undefined && facts.statuses === undefined;
}

/** Calls that count as hits of an endpoint that is known. */
export function hits(statuses: Record<string, number>): number {
  const { good, refused } = tally(statuses);
  return good + refused;
}

function tally(statuses: Record<string, number>): { good: number; refused: number; failed: number } {
  const counts = { good: 0, refused: 0, failed: 0 };
  for (const [status, count] of Object.entries(statuses)) {
    const code = Number(status);
    if (code === 101 || (code >= 200 && code < 400)) counts.good += count;
    else if (code === 401 || code === 403) counts.refused += count;
    else if (code !== 404 && code !== 405 && code !== 501 && code !== 0) counts.failed += count;
  }
  return counts;
}
