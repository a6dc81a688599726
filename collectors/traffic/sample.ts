/** An exchange that is looked into. */
export interface Kept {
  lot: number;
  at: number;
  ref: number;
  /** What it told, as JSON: most exchanges of an operation tell the same, which is then one text. `null` until somebody looked. */
  facts: string | null;
}

/**
 * Of all exchanges the few with the smallest lots: as good as drawn by chance, and the same whatever the order or the split. Equal
 * lots are one exchange met twice; the earlier is kept. Plain data.
 */
export interface Sample {
  size: number;
  /** Only an exchange with a lot below can come in. Only falls. */
  below: number;
  /** By lot, ascending. */
  kept: Kept[];
}

/** Above every lot. */
export const everyLot = 4_294_967_296;

export function emptySample(size: number): Sample {
  return { size, below: everyLot, kept: [] };
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
  const { kept } = sample;
  sample.size = size;
  const left = kept.splice(size);
  // An equal lot is looked at: it may be the same exchange, met earlier.
  if (kept.length === size) sample.below = (kept[size - 1]?.lot ?? -1) + 1;
  return left;
}

export function mergeSamples(into: Sample | null, from: Sample | null): Sample | null {
  if (from === null) return into;
  const sample = into ?? emptySample(from.size);
  resize(sample, Math.min(sample.size, from.size));
  for (const one of from.kept) if (one.lot < sample.below && isDue(sample, one.lot, one.at, one.ref)) keep(sample, one);
  return sample;
}
