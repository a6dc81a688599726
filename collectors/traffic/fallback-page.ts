import type { Operation } from './operation.ts';
import type { Tally } from './tally.ts';

interface Page {
  operations: number;
  /** First segments of the paths that had it: what makes them unrelated. */
  firsts: Set<string>;
}

interface Host {
  pages: Map<string, Page>;
  /** Those that were answered with a page at all. */
  operations: number;
}

const enoughUnrelated = { html: 4, other: 8 };
/** Other than a page, an answer is the same by chance, or because it is empty, far more often. */
const other = { operations: 16, share: 0.25, bytes: 64 };

/**
 * Pages that a host answers to paths that have nothing to do with each other: an application's fallback page (every
 * route of a single-page application, a «not found» that says 200). By host, then type and length.
 */
export function fallbackPages(operations: Iterable<Operation>): Map<string, Set<string>> {
  const hosts = new Map<string, Host>();
  for (const { host, path, answered } of operations) {
    if (!answered?.pages || answered.pages === 'varied') continue;
    const known = entry(hosts, host, () => ({ pages: new Map(), operations: 0 }));
    known.operations++;
    for (const name of answered.pages.keys()) {
      const page = entry(known.pages, name, () => ({ operations: 0, firsts: new Set() }));
      page.operations++;
      if (page.firsts.size < enoughUnrelated.other) page.firsts.add(firstSegment(path));
    }
  }
  const found = new Map<string, Set<string>>();
  for (const [host, { pages, operations: all }] of hosts) {
    const same = [...pages].filter(([name, page]) => isFallback(name, page, all)).map(([name]) => name);
    if (same.length > 0) found.set(host, new Set(same));
  }
  return found;
}

/** How many answers of an operation are one of its host's fallback pages. */
export function fallbacks(tally: Tally, pages: Set<string> | undefined): number {
  if (!pages || !tally.pages || tally.pages === 'varied') return 0;
  let sum = 0;
  for (const [page, times] of tally.pages) if (pages.has(page)) sum += times;
  return sum;
}

function isFallback(name: string, { operations, firsts }: Page, all: number): boolean {
  if (name.startsWith('text/html ') || name.startsWith('application/xhtml+xml '))
    return firsts.size >= enoughUnrelated.html;
  const bytes = Number(name.slice(name.indexOf(' ') + 1));
  return (
    firsts.size >= enoughUnrelated.other &&
    bytes >= other.bytes &&
    operations >= other.operations &&
    operations >= all * other.share
  );
}

function firstSegment(path: string): string {
  const slash = path.indexOf('/', 1);
  return slash < 0 ? path : path.slice(0, slash);
}

function entry<V>(map: Map<string, V>, key: string, fresh: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = fresh();
    map.set(key, value);
  }
  return value;
}
