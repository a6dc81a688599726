import { BoundedPiece } from './bounded-piece.ts';
import type { Splitter, Take } from './lines.ts';

/** Bytes of one object. A report's entry may hold bodies. */
export const maxObject = 8_388_608;

const quote = 0x22;
const backslash = 0x5c;

/**
 * The objects of a JSON text, in pieces of any size: those at `depth` brackets below its root. 0 for objects that follow each other,
 * on one line or many; 1 for an array of them; 2 for an array in an object. Knows strings, escapes and depth, and no more: what it tells
 * may still not be JSON.
 *
 * Keeps one object between calls, of {@link maxObject} bytes or less.
 */
export class JsonObjects implements Splitter {
  readonly #at: number;
  #depth = 0;
  #inString = false;
  #escaped = false;
  readonly #piece = new BoundedPiece(maxObject);
  #inside = false;

  constructor(depth: number) {
    this.#at = depth;
  }

  get tooLong(): number {
    return this.#piece.tooLong;
  }

  push(bytes: Buffer, take: Take): void {
    let from = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === backslash) this.#escaped = true;
        else if (byte === quote) this.#inString = false;
      } else if (byte === quote) {
        this.#inString = true;
      } else if (byte === 0x7b || byte === 0x5b) {
        if (byte === 0x7b && this.#depth === this.#at && !this.#inside) {
          this.#inside = true;
          from = i;
        }
        this.#depth++;
      } else if (byte === 0x7d || byte === 0x5d) {
        if (this.#depth > 0) this.#depth--;
        if (this.#inside && this.#depth === this.#at) {
          this.#piece.keep(bytes, from, i + 1);
          this.#piece.tell(take, false);
          this.#inside = false;
        }
      }
    }
    if (this.#inside) this.#piece.keep(bytes, from, bytes.length);
  }

  end(take: Take): void {
    if (this.#inside) this.#piece.tell(take, true);
    this.#inside = false;
  }
}
