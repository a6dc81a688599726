/**
 * Counts of whole numbers by buckets that widen as the numbers do: eight to each power of two, so that a number read back is at
 * most 6.25 % off, and exact below 16. Only the span of buckets that were met is kept. Plain data, and merges exactly.
 */
export interface Histogram {
  /** The bucket of the first count. */
  low: number;
  counts: number[];
}

const greatest = 4_294_967_295;

/** Counts a number (negative ones as 0, those from 2^32 on as 2^32 - 1); gives the histogram, made when there was none. Hot. */
export function record(histogram: Histogram | null, value: number): Histogram {
  const bucket = bucketOf(value);
  if (histogram === null) return { low: bucket, counts: [1] };
  const { counts } = histogram;
  const at = bucket - histogram.low;
  if (at >= 0 && at < counts.length) counts[at]!++;
  else add(histogram, bucket, 1);
  return histogram;
}

/** All that either holds; `into` is changed, `from` is not. */
export function mergeHistograms(into: Histogram | null, from: Histogram | null): Histogram | null {
  if (from === null) return into;
  if (into === null) return { low: from.low, counts: [...from.counts] };
  for (const [i, times] of from.counts.entries()) if (times > 0) add(into, from.low + i, times);
  return into;
}

/** How many numbers were counted. */
export function total({ counts }: Histogram): number {
  return counts.reduce((sum, times) => sum + times, 0);
}

/** The number that the given share of all is not above; of several that are alike, the middle. */
export function percentile(histogram: Histogram, share: number): number {
  let left = Math.max(1, Math.ceil(total(histogram) * share));
  let bucket = histogram.low;
  for (const times of histogram.counts) {
    left -= times;
    if (left <= 0) break;
    bucket++;
  }
  return middleOf(bucket);
}

function add(histogram: Histogram, bucket: number, times: number): void {
  const { counts } = histogram;
  for (; bucket < histogram.low; histogram.low--) counts.unshift(0);
  for (let end = histogram.low + counts.length; end <= bucket; end++) counts.push(0);
  counts[bucket - histogram.low]! += times;
}

function bucketOf(value: number): number {
  const whole = value > 0 ? Math.min(value, greatest) >>> 0 : 0;
  if (whole < 8) return whole;
  const power = 31 - Math.clz32(whole);
  return (power - 2) * 8 + ((whole >>> (power - 3)) & 7);
}

function middleOf(bucket: number): number {
  if (bucket < 16) return bucket;
  const width = 2 ** ((bucket >> 3) - 1);
  return (8 + (bucket & 7)) * width + Math.floor((width - 1) / 2);
}
