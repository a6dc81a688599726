/** Records that are remembered of a direction: more than a window holds, unless they are short. */
const kept = 64;

/**
 * How far a direction's plain stream is at the end of its records, by TCP's numbers: what an acknowledgement of the ciphertext
 * means for the plain stream. Hot: numbers in a ring.
 */
export class Marks {
  readonly #ends = new Int32Array(kept);
  readonly #offsets = new Float64Array(kept);
  #count = 0;

  /** The record up to `end` (TCP's number) brought the plain stream to `offset`. */
  add(end: number, offset: number): void {
    const at = this.#count++ % kept;
    this.#ends[at] = end;
    this.#offsets[at] = offset;
  }

  /** The plain stream's offset up to which records were received by one who acknowledges `ack`: of the last that is remembered. */
  offset(ack: number): number {
    const oldest = Math.max(0, this.#count - kept);
    for (let i = this.#count - 1; i > oldest; i--) {
      if (((ack - this.#ends[i % kept]!) | 0) >= 0) return this.#offsets[i % kept]!;
    }
    if (this.#count === 0 || (oldest === 0 && ((ack - this.#ends[0]!) | 0) < 0)) return 0;
    return this.#offsets[oldest % kept]!;
  }
}
