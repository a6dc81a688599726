const places = 2_048;
/** Words of four bytes; longer texts are not remembered. */
const longest = 64;

/**
 * Texts that come again in a field of a log: clients, programs, times. The same bytes give the same string, in which its hash is kept: to
 * look it up costs a fraction of what it costs with a new one.
 *
 * Each has one place, by its hash, and is remembered when it comes for the second time. It is compared word by word, not byte by byte:
 * measured, that is what makes this worth its while.
 */
export class Texts {
  readonly #met = new Int32Array(places);
  readonly #lengths = new Int32Array(places);
  readonly #words = new Int32Array(places * longest);
  readonly #texts: string[] = new Array<string>(places).fill('');
  /** Of the text at hand. */
  readonly #own = new Int32Array(longest);

  /** `line[at, end)`, of a line that stands in `bytes` from `base` on, one byte a character. Hot: several times a record. */
  of(line: string, at: number, end: number, bytes: Uint8Array, base: number): string {
    const length = end - at;
    const words = (length + 3) >> 2;
    if (words > longest) return line.slice(at, end);
    const hash = this.#take(bytes, base + at, base + end);
    const place = hash & (places - 1);
    if (this.#lengths[place] === length && this.#holds(place * longest, words)) return this.#texts[place] as string;
    const text = line.slice(at, end);
    if (this.#met[place] !== hash) {
      this.#met[place] = hash;
      return text;
    }
    // A copy of its own: a part of a string keeps the whole.
    const own = Buffer.from(text, 'latin1').toString('latin1');
    this.#lengths[place] = length;
    this.#words.set(this.#own.subarray(0, words), place * longest);
    this.#texts[place] = own;
    return own;
  }

  /** Its words, the last filled up with zeros; gives their hash. */
  #take(bytes: Uint8Array, from: number, to: number): number {
    const own = this.#own;
    let hash = to - from;
    let at = from;
    let count = 0;
    for (; at + 4 <= to; at += 4) {
      const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      own[count++] = word;
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    if (at < to) {
      let word = 0;
      for (let shift = 0; at < to; at++, shift += 8) word |= bytes[at]! << shift;
      own[count] = word;
      hash = Math.imul(hash ^ word, 0x9e3779b1);
    }
    return hash ^ (hash >>> 13);
  }

  #holds(from: number, words: number): boolean {
    const known = this.#words;
    const own = this.#own;
    for (let i = 0; i < words; i++) if (known[from + i] !== own[i]) return false;
    return true;
  }
}
