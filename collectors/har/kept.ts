/** Bytes of an entry without what is skipped; most are a few KiB. */
export const maxEntry = 8 * 1_048_576;

/** The bytes of one entry, gathered from several pieces, at most {@link maxEntry} of them; used again for the next. */
export class Kept {
  #bytes = Buffer.allocUnsafe(65_536);
  #length = 0;
  #tooLarge = false;

  clear(): void {
    this.#length = 0;
    this.#tooLarge = false;
  }

  append(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (this.#tooLarge || length > maxEntry) {
      this.#tooLarge = true;
      return;
    }
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, this.#length);
    this.#length = length;
  }

  /** As UTF-8; `null` when there was more than is kept. */
  text(): string | null {
    return this.#tooLarge ? null : this.#bytes.toString('utf8', 0, this.#length);
  }
}
