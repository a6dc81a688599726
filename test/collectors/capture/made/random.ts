/** Numbers that look random and are the same for the same seed (xorshift32, Marsaglia 2003). Not for secrets. */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Spread over all bits, so that neighbouring seeds have nothing in common; a state of zero would stay so.
    this.#state = Math.imul(seed, 0x9e37_79b1) | 1;
  }

  /** 32 bits, unsigned. */
  word(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** An integer from 0 to below `limit`. */
  below(limit: number): number {
    return this.word() % limit;
  }

  chance(share: number): boolean {
    return this.word() < share * 0x1_0000_0000;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /** So many hexadecimal digits. */
  hex(digits: number): string {
    let text = '';
    while (text.length + 4 <= digits) text += quads[this.word() & 0xffff];
    return text.length === digits ? text : text + quads[this.word() & 0xffff]!.slice(text.length + 4 - digits);
  }

  /** So many characters of base64url. */
  base64(length: number): string {
    let text = '';
    while (text.length < length) {
      let word = this.word();
      for (let i = 0; i < 5; i++, word >>>= 6) text += alphabet[word & 63];
    }
    return text.slice(0, length);
  }
}

/** All numbers of four hexadecimal digits: writing them one by one took a quarter of the time that a capture takes. */
const quads = Array.from({ length: 0x1_0000 }, (_, value) => (value + 0x1_0000).toString(16).slice(1));

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
