import type { Trouble } from './format.ts';

/** Cuts packets out of the bytes of a capture, which come in pieces of any size, and gives them to a sink. */
export interface Cutter {
  /** Why nothing more is read: `cut` is not called again. */
  readonly trouble: Trouble | null;
  /**
   * Hot. Takes what stands whole in `bytes[from, to)`, and answers where the rest begins: it is given again with more behind it. A
   * rest is never longer than {@link mostUncut}.
   */
  cut(bytes: Buffer, from: number, to: number): number;
  /** Of a capture that ends with `left` bytes uncut: gives what was held back, and answers what is wrong with that end. */
  end(left: number): Trouble | null;
}

/** MAXIMUM_SNAPLEN of libpcap: nobody keeps more of a packet, and a length beyond it is corrupt. */
const usualMost = 262_144;

/** Bytes that a cutter waits for at most. */
export const mostUncut = 524_288;

/** The longest packet that is believed of a recording that says to have kept `snap` bytes of each. */
export function longestPacket(snap: number): number {
  return snap > usualMost && snap <= mostUncut - 64 ? snap : usualMost;
}
