import type { Segment } from '#collectors/capture/packet/ip';
import type { Tally } from '#collectors/capture/tally';
import type { Receiving } from './flows.ts';
import type { Budget, Side } from './receiver.ts';

/** Of one direction: what may wait for a hole to fill. The largest windows in use are of this order. */
const maxHeldBytes = 1_048_576;
const maxHeldSegments = 1_024;
/** What a held segment costs beside its data. */
const overhead = 256;

/** A segment this far from what is expected is none of this connection, unless a few come in a row. */
const window = 16 * 1_048_576;
const strays = 3;

interface Held {
  seq: number;
  /** Bytes that were sent; more than `bytes` holds when the recording cut them. */
  length: number;
  bytes: Buffer;
  ref: number;
  at: number;
  ack: number | null;
}

/**
 * One direction of a TCP connection: segments in any order, repeated and overlapping, become its bytes in order and once. Of two
 * versions of a byte the first that was in order wins. A hole is waited for until the bound; then it is a gap.
 */
export class Reassembly {
  readonly #side: Side;
  readonly #to: Receiving;
  readonly #budget: Budget;
  readonly #tally: Tally;
  /** Sequence number of the first byte, and of the next one; `null` until something tells. */
  #first: number | null = null;
  #next = 0;
  /** Whether a SYN told where the stream begins. */
  #synced = false;
  /** Whether bytes have been handed out: only then is a hole a loss, not the time before the capture. */
  #begun = false;
  #ended = false;
  /** Sequence number behind the last byte, once FIN told. */
  #last: number | null = null;
  /** Behind `#next`, by sequence number. */
  #held: Held[] = [];
  #heldBytes = 0;
  #strays = 0;

  constructor(side: Side, to: Receiving, budget: Budget, tally: Tally) {
    this.#side = side;
    this.#to = to;
    this.#budget = budget;
    this.#tally = tally;
  }

  /** Whether the segment is of a new connection between the same ports: by its SYN, or by numbers far from those expected. */
  begunAnew(segment: Segment): boolean {
    if (this.#first === null) return false;
    const first = (segment.seq + (segment.syn ? 1 : 0)) | 0;
    if (segment.syn) return first !== this.#first && (this.#begun || this.#ended);
    if (segment.length === 0 || Math.abs((segment.seq - this.#next) | 0) <= window) return false;
    return this.#strays + 1 >= strays;
  }

  /** The next byte's sequence number, where nothing of this side was seen yet. */
  expect(ack: number): void {
    if (this.#first !== null) return;
    this.#first = ack | 0;
    this.#next = ack | 0;
  }

  take(segment: Segment, ref: number, at: number): void {
    const seq = (segment.seq + (segment.syn ? 1 : 0)) | 0;
    if (!this.#begun && !this.#ended && this.#isBeginning(segment, seq)) {
      this.#first = seq;
      this.#next = seq;
      this.#synced ||= segment.syn;
      this.#drop();
    }
    const ahead = (seq - this.#next) | 0;
    if (Math.abs(ahead) > window) {
      this.#strays++;
      return;
    }
    this.#strays = 0;
    if (this.#ended) return;
    if (segment.fin) this.#last ??= (seq + segment.length) | 0;
    if (segment.length > 0) {
      const { length, data, ack } = segment;
      const held = { seq, length, bytes: data, ref, at, ack };
      if (ahead <= 0) this.#hand(held);
      else this.#hold(held, ahead);
    }
    this.#drain();
    while (this.#heldBytes > maxHeldBytes || this.#held.length > maxHeldSegments) this.skip();
  }

  /** A SYN is, and before one was seen, data that stands before what was expected by the other side's word, or far from it. */
  #isBeginning(segment: Segment, seq: number): boolean {
    if (segment.syn || this.#first === null) return true;
    const ahead = (seq - this.#next) | 0;
    return !this.#synced && segment.length > 0 && (ahead < 0 || ahead > window);
  }

  /** Packet number of the segment behind the first hole; `null` when none waits. */
  get waiting(): number | null {
    return this.#held[0]?.ref ?? null;
  }

  /** Gives up the first hole: a gap, and what waits behind it. */
  skip(): void {
    const first = this.#held[0];
    if (first === undefined) return;
    const missing = (first.seq - this.#next) | 0;
    this.#next = first.seq;
    this.#gap(missing);
    this.#drain();
  }

  /** Hands out what of a segment is new; it begins at `#next` or before. */
  #hand({ seq, length, bytes, ref, at, ack }: Held): void {
    const known = (this.#next - seq) | 0;
    if (known >= length) return;
    if (bytes.length > known) {
      this.#begun = true;
      const piece = { bytes, from: known, to: bytes.length, ref, at, seq: this.#next, ack };
      this.#to.receiver?.data(this.#side, piece);
    }
    const absent = length - Math.max(known, bytes.length);
    this.#next = (seq + length) | 0;
    if (absent > 0) this.#gap(absent);
  }

  #hold(segment: Held, ahead: number): void {
    const held = this.#held;
    let at = held.length;
    while (at > 0 && ((held[at - 1]!.seq - this.#next) | 0) > ahead) at--;
    const before = held[at - 1];
    if (before !== undefined && before.seq === segment.seq) {
      if (before.bytes.length >= segment.bytes.length) return;
      this.#charge(-before.bytes.length - overhead);
      held.splice(--at, 1);
    }
    // A copy: the packet's own bytes are gone with the batch.
    held.splice(at, 0, { ...segment, bytes: Buffer.from(segment.bytes) });
    this.#charge(segment.bytes.length + overhead);
  }

  #drain(): void {
    let done = 0;
    while (done < this.#held.length && ((this.#held[done]!.seq - this.#next) | 0) <= 0) {
      const segment = this.#held[done++]!;
      this.#charge(-segment.bytes.length - overhead);
      this.#hand(segment);
    }
    if (done > 0) this.#held.splice(0, done);
    if (this.#last !== null && ((this.#last - this.#next) | 0) <= 0 && !this.#ended) {
      this.#ended = true;
      this.#drop();
      this.#to.receiver?.end(this.#side);
    }
  }

  #gap(length: number): void {
    if (this.#begun) {
      this.#tally.gaps++;
      this.#tally.gapBytes += length;
    }
    this.#to.receiver?.gap(this.#side, length);
  }

  #drop(): void {
    for (const segment of this.#held) this.#charge(-segment.bytes.length - overhead);
    this.#held = [];
  }

  #charge(bytes: number): void {
    this.#heldBytes += bytes;
    this.#budget.held += bytes;
  }
}
