import { compareText } from '#model/order';

/** In how many samples each name was met. Keys are sorted, so that equal facts have equal texts. */
export type Counts = Record<string, number>;

/** Names of a kind that are kept; of more, those that sort first, so that merging stays associative. */
const maxNames = 32;

/** One sample's names, each counted once. Hot: most samples have none, or one. */
export function countsOf(names: readonly string[], limit = maxNames): Counts {
  if (names.length === 0) return {};
  if (names.length === 1) return { [names[0]!]: 1 };
  const distinct = [...new Set(names)].sort(compareText);
  return Object.fromEntries(distinct.slice(0, limit).map((name) => [name, 1]));
}

export function mergeCounts(many: readonly Counts[], limit = maxNames): Counts {
  const sums = new Map<string, number>();
  for (const counts of many)
    for (const [name, samples] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + samples);
  return Object.fromEntries([...sums].sort(([a], [b]) => compareText(a, b)).slice(0, limit));
}

/**
 * Merges lists of records that count samples: those with the same key are joined, the first `limit` keys by order stay.
 * Commutative and associative when `join` is.
 */
export function mergeByKey<T>(
  many: readonly (readonly T[])[],
  keyOf: (item: T) => string,
  join: (one: T, other: T) => T,
  limit: number,
): T[] {
  const some = many.filter((items) => items.length > 0);
  if (some.length === 0) return [];
  if (some.length === 1 && some[0]!.length === 1) return [...some[0]!];
  const joined = new Map<string, T>();
  for (const items of some) {
    for (const item of items) {
      const key = keyOf(item);
      const known = joined.get(key);
      joined.set(key, known === undefined ? item : join(known, item));
    }
  }
  return [...joined]
    .sort(([a], [b]) => compareText(a, b))
    .slice(0, limit)
    .map(([, item]) => item);
}
