/** Numbers that look random and are the same for the same seed (xorshift32, Marsaglia 2003). Not for secrets. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Spread over all bits, so that neighbouring seeds have nothing in common; a state of zero would stay so.
    this.#state = Math.imul(seed, 0x9e37_79b1) | 1;
  }

  /** An integer from 0 to below `limit`. */
  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }
}
