const firstCapacity = 512;
const maxNames = 4_096;

/**
 * What a name (of a field, a cookie, a parameter) means, by the hash of its bytes: the name itself is looked at when it is met for the
 * first time. Hot: an open-addressed table of numbers.
 */
export class Names {
  readonly #meaning: (name: string) => number;
  #hashes = new Int32Array(firstCapacity);
  /** Meanings and one; 0 for a free place. */
  #meanings = new Uint8Array(firstCapacity);
  #size = 0;

  /** `meaning`: a number below 255 for each name. */
  constructor(meaning: (name: string) => number) {
    this.#meaning = meaning;
  }

  /** Of the name that stands in `bytes[from, to)`. */
  of(hash: number, bytes: Buffer, from: number, to: number): number {
    const mask = this.#hashes.length - 1;
    let at = (hash ^ (hash >>> 16)) & mask;
    for (let found = this.#meanings[at]!; found !== 0; found = this.#meanings[at]!) {
      if (this.#hashes[at] === hash) return found - 1;
      at = (at + 1) & mask;
    }
    const meaning = this.#meaning(bytes.toString('latin1', from, Math.min(to, from + 256)).trim());
    this.#add(hash, meaning);
    return meaning;
  }

  #add(hash: number, meaning: number): void {
    if (this.#size >= maxNames) this.#resize(firstCapacity, false);
    else if (this.#size * 2 >= this.#hashes.length) this.#resize(this.#hashes.length * 2, true);
    this.#insert(hash, meaning + 1);
  }

  #insert(hash: number, found: number): void {
    const mask = this.#hashes.length - 1;
    let at = (hash ^ (hash >>> 16)) & mask;
    while (this.#meanings[at] !== 0) at = (at + 1) & mask;
    this.#hashes[at] = hash;
    this.#meanings[at] = found;
    this.#size++;
  }

  #resize(capacity: number, keeps: boolean): void {
    const hashes = this.#hashes;
    const meanings = this.#meanings;
    this.#hashes = new Int32Array(capacity);
    this.#meanings = new Uint8Array(capacity);
    this.#size = 0;
    if (!keeps) return;
    for (let at = 0; at < hashes.length; at++) if (meanings[at] !== 0) this.#insert(hashes[at]!, meanings[at]!);
  }
}
