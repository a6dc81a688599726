import type { Budget } from '#collectors/capture/tcp/receiver';
import { varint, varintEnd } from './packet.ts';

/** Frame types in Initial packets (RFC 9000, section 17.2.2). */
const frame = { padding: 0, ping: 1, ack: 2, ackEcn: 3, crypto: 6 } as const;

/** A ClientHello has some 2 KB with keys that withstand quantum computers; a session ticket adds to it. */
const maxLength = 16_384;
/** Pieces of it that do not touch: clients cut it in a dozen, on purpose. */
const maxRanges = 64;
const maxAckRanges = 64;

/** A connection's first handshake message, put together from CRYPTO frames in any order. */
export class CryptoStream {
  readonly #budget: Budget;
  #bytes = Buffer.alloc(0);
  /** What of it has come, in order, apart from one another. */
  #ranges: { from: number; to: number }[] = [];

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Bytes held. */
  get held(): number {
    return this.#bytes.length;
  }

  /** Frames of a packet; what cannot stand in an Initial ends them. */
  feed(bytes: Buffer): void {
    let at = 0;
    while (at >= 0 && at < bytes.length) {
      const type = bytes[at]!;
      if (type === frame.padding || type === frame.ping) at++;
      else if (type === frame.ack || type === frame.ackEcn) at = acknowledgement(bytes, at + 1, type === frame.ackEcn);
      else if (type === frame.crypto) at = this.#crypto(bytes, at + 1);
      else return;
    }
  }

  /** The message's type and body once it is whole. */
  message(): { type: number; body: Buffer } | null {
    const [first] = this.#ranges;
    if (first === undefined || first.from > 0 || first.to < 4) return null;
    const end = 4 + this.#bytes.readUIntBE(1, 3);
    return first.to < end ? null : { type: this.#bytes[0]!, body: this.#bytes.subarray(4, end) };
  }

  release(): void {
    this.#budget.held -= this.#bytes.length;
    this.#bytes = Buffer.alloc(0);
    this.#ranges = [];
  }

  /** Where the frame ends, or -1. */
  #crypto(bytes: Buffer, at: number): number {
    const offset = varint(bytes, at, bytes.length);
    at = varintEnd(bytes, at, bytes.length);
    const length = varint(bytes, at, bytes.length);
    at = varintEnd(bytes, at, bytes.length);
    if (offset < 0 || length < 0 || at + length > bytes.length || offset + length > maxLength) return -1;
    if (length > 0 && this.#cover(offset, offset + length)) bytes.copy(this.#bytes, offset, at, at + length);
    return at + length;
  }

  #cover(from: number, to: number): boolean {
    if (this.#ranges.length >= maxRanges) return false;
    if (to > this.#bytes.length) {
      const larger = Buffer.alloc(Math.min(maxLength, Math.max(to, 2 * this.#bytes.length)));
      this.#bytes.copy(larger);
      this.#budget.held += larger.length - this.#bytes.length;
      this.#bytes = larger;
    }
    const apart = this.#ranges.filter((range) => range.to < from || range.from > to);
    const touched = this.#ranges.filter((range) => range.to >= from && range.from <= to);
    const range = {
      from: Math.min(from, ...touched.map((range) => range.from)),
      to: Math.max(to, ...touched.map((range) => range.to)),
    };
    this.#ranges = [...apart, range].sort((a, b) => a.from - b.from);
    return true;
  }
}

/** Where an ACK frame ends (RFC 9000, section 19.3), or -1. */
function acknowledgement(bytes: Buffer, at: number, ecn: boolean): number {
  const to = bytes.length;
  at = varintEnd(bytes, varintEnd(bytes, at, to), to);
  const ranges = varint(bytes, at, to);
  if (ranges < 0 || ranges > maxAckRanges) return -1;
  at = varintEnd(bytes, at, to);
  for (let left = 1 + 2 * ranges + (ecn ? 3 : 0); left > 0; left--) at = varintEnd(bytes, at, to);
  return at;
}
