/**
 * The smallest hashes of what was met, ascending: how many distinct things there were, in bounded room (Bar-Yossef et al.,
 * "Counting distinct elements in a data stream", 2002). Exact up to its size; beyond, off by about 1 / sqrt(size). Plain data; merges
 * exactly, whatever the order.
 */
export type Distinct = number[];

/** Notes a hash of 32 bits; false when it stood there already, or is beyond what is kept. Hot. */
export function noteDistinct(distinct: Distinct, hash: number, size: number): boolean {
  let high = distinct.length;
  if (high >= size && hash > distinct[high - 1]!) return false;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (distinct[middle]! < hash) low = middle + 1;
    else high = middle;
  }
  if (distinct[low] === hash) return false;
  distinct.push(hash);
  for (let i = distinct.length - 1; i > low; i--) distinct[i] = distinct[i - 1]!;
  distinct[low] = hash;
  if (distinct.length > size) distinct.pop();
  return true;
}

export function mergeDistinct(into: Distinct | null, from: Distinct | null, size: number): Distinct | null {
  if (from === null) return into;
  if (into === null) return [...from];
  for (const hash of from) noteDistinct(into, hash, size);
  return into;
}

/** How many distinct things were noted, at least about. */
export function distinctCount(distinct: Distinct, size: number): number {
  if (distinct.length < size) return distinct.length;
  return Math.max(size, Math.round((size - 1) / ((distinct[size - 1]! + 1) / 4_294_967_296)));
}
