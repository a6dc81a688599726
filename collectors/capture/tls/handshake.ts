import type { Budget } from '#collectors/capture/tcp/receiver';

/** Handshake messages that are looked at (RFC 8446, section 4; RFC 5246, section 7.4). */
export const message = {
  clientHello: 1,
  serverHello: 2,
  endOfEarlyData: 5,
  encryptedExtensions: 8,
  certificate: 11,
  certificateRequest: 13,
  finished: 20,
  keyUpdate: 24,
  /** RFC 8879. */
  compressedCertificate: 25,
} as const;

/** Receives a message; of a long one `body` is only its beginning. Both are used again when it returns. */
export type TakeMessage = (type: number, body: Buffer, length: number) => void;

/** Kept of a message: with a few thousand bytes of key shares and padding, a ClientHello is the longest that is read. */
const maxKept = 16_384;
/** A message that says it is longer is none. */
const maxLength = 1_048_576;

/** Puts handshake messages together that stand in several records, or several in one. */
export class HandshakeReader {
  readonly #take: TakeMessage;
  readonly #budget: Budget;
  #kept = none;
  #filled = 0;
  /** Bytes of the message still to come that are not kept. */
  #rest = 0;
  #lost = false;

  constructor(take: TakeMessage, budget: Budget) {
    this.#take = take;
    this.#budget = budget;
  }

  /** The next record's content. */
  feed(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to && !this.#lost) {
      const wanted = this.#wanted();
      const taken = Math.min(to - at, this.#filled < wanted ? wanted - this.#filled : this.#rest);
      if (this.#filled < wanted) this.#keep(bytes, at, at + taken);
      else this.#rest -= taken;
      at += taken;
      if (this.#filled === 4 && wanted === 4) this.#begin();
      if (this.#filled === this.#wanted() && this.#rest === 0 && this.#filled >= 4) this.#finish();
    }
  }

  /** Begins anew, at the beginning of a message; or, `lost`, hears no more until it does. */
  reset(lost = false): void {
    this.#release();
    this.#rest = 0;
    this.#lost = lost;
  }

  /** Bytes that are kept of the message at hand: its header, and as much as it has and may. */
  #wanted(): number {
    return this.#filled < 4 ? 4 : 4 + Math.min(maxKept, this.#kept.readUIntBE(1, 3));
  }

  #begin(): void {
    const length = this.#kept.readUIntBE(1, 3);
    this.#rest = Math.max(0, length - maxKept);
    if (length > maxLength) this.reset(true);
  }

  #finish(): void {
    const type = this.#kept[0]!;
    const length = this.#kept.readUIntBE(1, 3);
    const body = this.#kept.subarray(4, this.#filled);
    this.#release();
    this.#take(type, body, length);
  }

  #release(): void {
    this.#budget.held -= this.#kept.length;
    this.#kept = none;
    this.#filled = 0;
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    const filled = this.#filled + to - from;
    if (filled > this.#kept.length) {
      const larger = Buffer.allocUnsafe(Math.min(4 + maxKept, Math.max(filled, 2 * this.#kept.length, 64)));
      this.#kept.copy(larger, 0, 0, this.#filled);
      this.#budget.held += larger.length - this.#kept.length;
      this.#kept = larger;
    }
    bytes.copy(this.#kept, this.#filled, from, to);
    this.#filled = filled;
  }
}

const none = Buffer.alloc(0);
