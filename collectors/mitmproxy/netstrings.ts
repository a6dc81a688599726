import type { Splitter, Take } from '#collectors/traffic/log/lines';

/** Bytes of one flow, its bodies included. */
const maxFlow = 33_554_432;

/**
 * The values of a file of tagged netstrings (`5:hello,`): their length in digits, a colon, the bytes, and a character for their type; told
 * with that character in front. What does not begin so ends the reading: without a length nothing behind can be found.
 */
export class Netstrings implements Splitter {
  tooLong = 0;
  #number = 0;
  #broken = false;
  #digits = '';
  /** Bytes of the value, with its type, that have not come yet; -1 while its length is read. */
  #missing = -1;
  #over = false;
  #kept: Buffer[] = [];

  push(bytes: Buffer, take: Take): void {
    let at = 0;
    while (at < bytes.length && !this.#broken) {
      if (this.#missing < 0) {
        this.#readLength(bytes[at] as number, take);
        at++;
        continue;
      }
      const part = Math.min(this.#missing, bytes.length - at);
      if (!this.#over) this.#kept.push(Buffer.from(bytes.subarray(at, at + part)));
      at += part;
      this.#missing -= part;
      if (this.#missing === 0) this.#tell(take);
    }
  }

  end(take: Take): void {
    if (this.#missing >= 0) take('', this.#number + 1, true);
  }

  #readLength(byte: number, take: Take): void {
    if (byte >= 0x30 && byte <= 0x39 && this.#digits.length < 12) this.#digits += String.fromCharCode(byte);
    else if (byte === 0x3a && this.#digits !== '') {
      const length = Number(this.#digits);
      this.#missing = length + 1;
      this.#over = length > maxFlow;
    } else {
      this.#broken = true;
      take('', ++this.#number, false);
    }
  }

  #tell(take: Take): void {
    this.#number++;
    if (this.#over) this.tooLong++;
    else {
      const whole = Buffer.concat(this.#kept).toString('latin1');
      take(whole.slice(-1) + whole.slice(0, -1), this.#number, false);
    }
    this.#kept = [];
    this.#digits = '';
    this.#missing = -1;
    this.#over = false;
  }
}
