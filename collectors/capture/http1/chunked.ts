import type { Body } from '#collectors/capture/body';

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
  /** Where the last `take` ended; -1 when the bytes are no chunks. */
  end = 0;
  #at: 'size' | 'extension' | 'data' | 'data-end' | 'trailer' = 'size';
  #remaining = 0;
  /** Digits of a size, or characters of a trailer line. */
  #count = 0;
  #line = 0;

  /** Another one begins. */
  begin(): void {
    this.length = 0;
    this.#remaining = 0;
    this.#begin('size');
  }

  /**
   * Takes what of `bytes[from, to)` belongs to the body, up to the index that `end` then has; true when it is over. What is data goes
   * into `body`.
   */
  take(bytes: Buffer, from: number, to: number, body: Body | null): boolean {
    let at = from;
    while (at < to) {
      if (this.#at === 'data') {
        const taken = Math.min(this.#remaining, to - at);
        if (body !== null) body.add(bytes, at, at + taken);
        this.#advance(taken);
        at += taken;
        continue;
      }
      const byte = bytes[at++]!;
      if (++this.#line > maxLineLength) return this.#broken();
      if (this.#at === 'size') {
        const digit = hexDigit(byte);
        if (digit >= 0) {
          if (++this.#count > 12) return this.#broken();
          this.#remaining = this.#remaining * 16 + digit;
        } else if (byte === lf) {
          if (!this.#sized()) return this.#broken();
        } else if (byte === 59 || byte === 13 || byte === 32 || byte === 9) {
          if (this.#count > 0) this.#at = 'extension';
        } else {
          return this.#broken();
        }
      } else if (this.#at === 'extension') {
        if (byte === lf && !this.#sized()) return this.#broken();
      } else if (this.#at === 'data-end') {
        if (byte === lf) this.#begin('size');
        else if (byte !== 13) return this.#broken();
      } else if (byte === lf) {
        // An empty line, counted with its line end, is the trailer's end.
        if (this.#count === 0) {
          this.end = at;
          return true;
        }
        this.#begin('trailer');
      } else if (byte !== 13) {
        this.#count++;
      }
    }
    this.end = at;
    return false;
  }

  /** Bytes of the chunk that are still to come. */
  get unread(): number {
    return this.#at === 'data' ? this.#remaining : 0;
  }

  /** Whether a hole of so many bytes lies within a chunk's data, so that the rest can be read on. */
  skip(length: number): boolean {
    if (this.#at !== 'data' || length > this.#remaining) return false;
    this.#advance(length);
    return true;
  }

  #broken(): boolean {
    this.end = -1;
    return false;
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

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
