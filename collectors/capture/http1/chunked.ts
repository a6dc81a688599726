/** A line of a chunked body longer than this is none. */
const maxLineLength = 8_192;
const lf = 10;

/**
 * Finds the end of a chunked body (RFC 9112, section 7.1), which arrives in pieces of any size: sizes, extensions, data and
 * trailers are passed over, nothing is stored.
 */
export class ChunkedBody {
  /** Bytes of data so far, without the framing. */
  length = 0;
  #at: 'size' | 'extension' | 'data' | 'data-end' | 'trailer' = 'size';
  #remaining = 0;
  /** Digits of a size, or characters of a trailer line. */
  #count = 0;
  #line = 0;

  /** How many of `bytes` from `from` on belong to the body: the index behind them, with `done` at its end; -1 when they are no chunks. */
  take(bytes: Buffer, from: number): { end: number; done: boolean } {
    let at = from;
    while (at < bytes.length) {
      if (this.#at === 'data') {
        const taken = Math.min(this.#remaining, bytes.length - at);
        this.#advance(taken);
        at += taken;
        continue;
      }
      const byte = bytes[at++]!;
      if (++this.#line > maxLineLength) return broken;
      if (this.#at === 'size') {
        const digit = hexDigit(byte);
        if (digit >= 0) {
          if (++this.#count > 12) return broken;
          this.#remaining = this.#remaining * 16 + digit;
        } else if (byte === lf) {
          if (!this.#sized()) return broken;
        } else if (byte === 59 || byte === 13 || byte === 32 || byte === 9) {
          if (this.#count > 0) this.#at = 'extension';
        } else {
          return broken;
        }
      } else if (this.#at === 'extension') {
        if (byte === lf && !this.#sized()) return broken;
      } else if (this.#at === 'data-end') {
        if (byte === lf) this.#begin('size');
        else if (byte !== 13) return broken;
      } else if (byte === lf) {
        // An empty line, counted with its line end, is the trailer's end.
        if (this.#count === 0) return { end: at, done: true };
        this.#begin('trailer');
      } else if (byte !== 13) {
        this.#count++;
      }
    }
    return { end: at, done: false };
  }

  /** Whether a hole of so many bytes lies within a chunk's data, so that the rest can be read on. */
  skip(length: number): boolean {
    if (this.#at !== 'data' || length > this.#remaining) return false;
    this.#advance(length);
    return true;
  }

  #sized(): boolean {
    if (this.#count === 0) return false;
    this.#begin(this.#remaining === 0 ? 'trailer' : 'data');
    return true;
  }

  #advance(length: number): void {
    this.#remaining -= length;
    this.length += length;
    if (this.#remaining === 0) this.#begin('data-end');
  }

  #begin(at: 'size' | 'data' | 'data-end' | 'trailer'): void {
    this.#at = at;
    this.#count = 0;
    this.#line = 0;
  }
}

const broken = { end: -1, done: false };

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
