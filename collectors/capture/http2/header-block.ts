import type { Budget } from '#collectors/capture/tcp/receiver';

/** A header block, compressed, at most. */
const maxBlock = 65_536;
const none = Buffer.alloc(0);

/** A header block that goes on in CONTINUATION frames (RFC 9113, section 4.3), held until its last. */
export class HeaderBlock {
  /** Whether one is under way. */
  open = false;
  /** It was longer than what is held: its end is waited for, and nothing kept. */
  flooded = false;
  /** The stream whose frames carry it, and the one that it opens, which PUSH_PROMISE names. */
  carrier = 0;
  stream = 0;
  flags = 0;
  /** Of its first frame. */
  at = 0;
  ref = 0;
  bytes: Buffer = none;
  length = 0;
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  begin(carrier: number, stream: number, flags: number, at: number, ref: number): void {
    this.open = true;
    this.flooded = false;
    this.carrier = carrier;
    this.stream = stream;
    this.flags = flags;
    this.at = at;
    this.ref = ref;
  }

  add(bytes: Buffer, from: number, to: number): void {
    const length = this.length + to - from;
    if (this.flooded || length > maxBlock) {
      this.release();
      this.open = true;
      this.flooded = true;
      return;
    }
    if (length > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.min(maxBlock, Math.max(length, this.bytes.length * 2)));
      this.bytes.copy(larger, 0, 0, this.length);
      this.#budget.held += larger.length - this.bytes.length;
      this.bytes = larger;
    }
    bytes.copy(this.bytes, this.length, from, to);
    this.length = length;
  }

  release(): void {
    this.#budget.held -= this.bytes.length;
    this.bytes = none;
    this.length = 0;
    this.open = false;
  }
}
