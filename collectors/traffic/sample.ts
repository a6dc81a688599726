/** An exchange that is looked into. */
export interface Kept {
  lot: number;
  at: number;
  ref: number;
  /** What it told, as JSON: most exchanges of an operation tell the same, which is then one text. `null` until somebody looked. */
  facts: string | null;
}

/**
 * Of all exchanges the few with the smallest lots: as good as drawn by chance, and the same whatever the order or the split. Of
 * those with a lot below `share` at most `size`, and where there is none of them yet, the one with the smallest lot of all. Equal
 * lots are one exchange met twice; the earlier is kept. Plain data.
 */
export interface Sample {
  size: number;
  share: number;
  /** Only an exchange with a lot below can come in. Only falls. */
  below: number;
  /** By lot, ascending. */
  kept: Kept[];
}

/** Above every lot. */
export const everyLot = 4_294_967_296;

export function emptySample(size: number, share: number = everyLot): Sample {
  return { size, share, below: everyLot, kept: [] };
}

/** Whether an exchange with a lot below the bound comes in: not when it is there already. */
export function isDue({ kept }: Sample, lot: number, at: number, ref: number): boolean {
  const same = kept.find((one) => one.lot === lot);
  return !same || at < same.at || (at === same.at && ref < same.ref);
}

/** Takes what {@link isDue}; gives those that had to leave for it. */
export function keep(sample: Sample, fresh: Kept): Kept[] {
  const { kept } = sample;
  let at = 0;
  while (at < kept.length && kept[at]!.lot < fresh.lot) at++;
  const same = kept[at]?.lot === fresh.lot;
  return [...kept.splice(at, same ? 1 : 0, fresh), ...resize(sample, sample.size)];
}

/** Leaves at most `size` of them; gives the others. */
export function resize(sample: Sample, size: number): Kept[] {
  const { kept, share } = sample;
  sample.size = size;
  let most = 0;
  while (most < Math.min(size, kept.length) && kept[most]!.lot < share) most++;
  const left = kept.splice(Math.max(1, most));
  // An equal lot is looked at: it may be the same exchange, met earlier.
  if (most === size) sample.below = (kept[size - 1]?.lot ?? -1) + 1;
  else if (most > 0) sample.below = share;
  else if (kept.length > 0) sample.below = kept[0]!.lot + 1;
  return left;
}

export function mergeSamples(into: Sample | null, from: Sample | null): Sample | null {
  if (from === null) return into;
  const sample = into ?? emptySample(from.size, from.share);
  if (from.share < sample.share) sample.share = from.share;
  resize(sample, Math.min(sample.size, from.size));
  for (const one of from.kept) if (one.lot < sample.below && isDue(sample, one.lot, one.at, one.ref)) keep(sample, one);
  return sample;
}
