import type { Budget } from '#collectors/capture/tcp/receiver';
import { maxBody } from '#collectors/traffic/exchange';

/** Bytes held by all connections together beyond which bodies are kept no more: half of what connections are given up at. */
const maxHeld = 16 * 1_048_576;
/**
 * Short ones stand together in a slab of Node's, as a buffer of its own costs more than to read the request. A slab lives as long as
 * the last of them, so that each counts for a share of it.
 */
const short = 1_024;
const none = Buffer.alloc(0);

/** The beginning of a body that is wanted for inspection, as far as it came without a hole, at most {@link maxBody} bytes. */
export class Body {
  readonly #budget: Budget;
  readonly #expected: number;
  #bytes: Buffer = none;
  #charged = 0;
  #length = 0;
  #open = true;

  /** So many bytes are `expected`, when the head tells: their room is made at once, with the first that comes. */
  constructor(budget: Budget, expected = 0) {
    this.#budget = budget;
    this.#expected = expected;
  }

  add(bytes: Buffer, from: number, to: number): void {
    if (!this.#open) return;
    const length = Math.min(maxBody, this.#length + to - from);
    if (length > this.#bytes.length && !this.#grow(length)) {
      this.#open = false;
      return;
    }
    bytes.copy(this.#bytes, this.#length, from, from + length - this.#length);
    this.#length = length;
    if (length === maxBody) this.#open = false;
  }

  /** What follows is not kept. */
  cut(): void {
    this.#open = false;
  }

  /** What is kept so far. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** What was kept, whose memory is the caller's from now on; `undefined` for nothing. */
  taken(): Uint8Array | undefined {
    const kept = this.#length > 0 ? this.bytes : undefined;
    this.#budget.held -= this.#charged;
    this.#charged = 0;
    this.#bytes = none;
    this.#length = 0;
    this.#open = false;
    return kept;
  }

  /** Doubles, so that a body that comes byte by byte is copied twice and not a thousand times. */
  #grow(length: number): boolean {
    const room = Math.min(maxBody, Math.max(length, this.#expected, this.#bytes.length * 2));
    if (this.#budget.held + room > maxHeld) return false;
    const larger = room <= short ? Buffer.allocUnsafe(room) : Buffer.allocUnsafeSlow(room);
    this.#bytes.copy(larger, 0, 0, this.#length);
    const charge = Math.max(room, short);
    this.#budget.held += charge - this.#charged;
    this.#charged = charge;
    this.#bytes = larger;
    return true;
  }
}
