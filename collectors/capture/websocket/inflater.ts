import { constants, inflateRawSync } from 'node:zlib';

/** An inflated message, at most. */
const maxInflated = 65_536;
/** How far back deflate refers (RFC 1951, section 2). */
const window = 32_768;
/** What senders leave out at a message's end (RFC 7692, section 7.2.1). */
const tail = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** Inflates the messages of one direction of permessage-deflate (RFC 7692), each in its order. */
export class Inflater {
  readonly #takesOver: boolean;
  #before: Buffer = Buffer.alloc(0);

  /** `takesOver`: messages refer to those before (section 7.1.1). */
  constructor(takesOver: boolean) {
    this.#takesOver = takesOver;
  }

  /** The message's content; `null` when it is none, or too long. */
  inflate(content: Buffer): Buffer | null {
    try {
      const options = {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: maxInflated,
        ...(this.#before.length > 0 ? { dictionary: this.#before } : {}),
      };
      const found = inflateRawSync(Buffer.concat([content, tail]), options);
      // A copy, as only the end of it is kept.
      if (this.#takesOver) this.#before = Buffer.from(Buffer.concat([this.#before, found]).subarray(-window));
      return found;
    } catch {
      // No such data, or more of it than is looked at.
      return null;
    }
  }
}
