import { mergeByKey } from '#collectors/traffic/inspect/counts';
import { compareText } from '#model/order';
import { distinctNeeded } from './recognise.ts';

/** That values of a class stood at a place, in so many samples. Never holds a value. */
export interface Trace {
  class: string;
  /** `request body items[].email`, `query email`, `path`, `header x-user-email`, `response body …`. */
  place: string;
  samples: number;
}

/** Values that passed a check which one number in ten passes by chance. */
export interface Chance extends Trace {
  /** Six bits of a hash of each, sorted, at most four: enough to tell different values apart, too few to tell a value. */
  prints: number[];
  /** Values of the same shape that failed. */
  failed: number;
}

export interface Data {
  sure: Trace[];
  maybe: Chance[];
}

const maxTraces = 128;
const maxPrints = 4;

export function mergeData(many: readonly Data[]): Data {
  return {
    sure: mergeByKey(
      many.map(({ sure }) => sure),
      keyOf,
      (one, other) => ({ ...one, samples: one.samples + other.samples }),
      maxTraces,
    ),
    maybe: mergeByKey(
      many.map(({ maybe }) => maybe),
      keyOf,
      (one, other) => ({
        ...one,
        samples: one.samples + other.samples,
        prints: smallest([...one.prints, ...other.prints]),
        failed: one.failed + other.failed,
      }),
      maxTraces,
    ),
  };
}

/** What is proven: by one value, or by several different ones of which none failed. Sorted by class, then place. */
export function provenData({ sure, maybe }: Data): Trace[] {
  const several = maybe.filter(
    ({ class: name, prints, failed }) => failed === 0 && prints.length >= (distinctNeeded.get(name) ?? 1),
  );
  const proven = new Map(
    [...several, ...sure].map(({ class: name, place, samples }) => [
      `${name} ${place}`,
      { class: name, place, samples },
    ]),
  );
  return [...proven].sort(([a], [b]) => compareText(a, b)).map(([, trace]) => trace);
}

export function smallest(prints: readonly number[]): number[] {
  return [...new Set(prints)].sort((a, b) => a - b).slice(0, maxPrints);
}

/** FNV-1a, folded to six bits. */
export function printOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length && i < 64; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 6) ^ (hash >>> 12) ^ (hash >>> 18) ^ (hash >>> 24)) & 0x3f;
}

function keyOf({ class: name, place }: Trace): string {
  return `${name} ${place}`;
}
