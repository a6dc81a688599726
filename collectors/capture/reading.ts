import type { Trouble } from './input/format.ts';
import { newTally, type Tally } from './tally.ts';

/** What is known of a file beside its exchanges, growing while it is read. */
export interface Reading {
  tally: Tally;
  trouble: Trouble | null;
  /** The time of its first packet, epoch milliseconds; `null` before it. */
  first: number | null;
  /** The span of its packets, epoch milliseconds; `null` before the first. */
  from: number | null;
  to: number | null;
}

export function newReading(): Reading {
  return { tally: newTally(), trouble: null, first: null, from: null, to: null };
}
