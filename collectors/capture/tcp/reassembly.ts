import type { Segment } from '#collectors/capture/packet/segment';
import type { Tally } from '#collectors/capture/tally';
import { ack as ackFlag, fin, syn } from './flags.ts';
import type { Budget, Piece, Receiver, Side } from './receiver.ts';

/** Of one direction: what may wait for a hole to fill. The largest windows in use are of this order. */
const maxHeldBytes = 1_048_576;
const maxHeldSegments = 1_024;
/** What a held segment costs beside its data. */
const overhead = 256;

/** A segment this far from what is expected is none of this connection, unless a few come in a row. */
export const window = 16 * 1_048_576;
const strays = 3;

/** Of the many directions of which nothing is held. */
const none: never[] = [];

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
 * One direction of a TCP connection (RFC 9293): segments in any order, repeated and overlapping, become its bytes in order and once. Of
 * two versions of a byte the first that was in order wins. A hole is waited for until the bound; then it is a gap.
 */
export class Reassembly {
  /** Sequence number of the next byte. */
  next = 0;
  /** The next segment in order may be handed on without a look at anything else: bytes have come, none wait, the end has not. */
  flowing = false;
  strays = 0;
  readonly #side: Side;
  readonly #to: Receiver;
  readonly #budget: Budget;
  readonly #tally: Tally;
  /** One for all directions: valid during a call. */
  readonly #piece: Piece;
  /** Sequence number of the first byte; `null` until something tells. */
  #first: number | null = null;
  /** Whether a SYN told where the stream begins. */
  #synced = false;
  /** Whether bytes have been handed out: only then is a hole a loss, not the time before the capture. */
  #begun = false;
  /** The side's FIN, and all before it, has been handed out. */
  ended = false;
  /** Sequence number behind the last byte, once FIN told. */
  #last: number | null = null;
  /** Behind `next`, by sequence number. */
  #held: Held[] = none;
  #heldBytes = 0;

  constructor(side: Side, to: Receiver, budget: Budget, tally: Tally, piece: Piece) {
    this.#side = side;
    this.#to = to;
    this.#budget = budget;
    this.#tally = tally;
    this.#piece = piece;
  }

  /** Whether the segment is of a new connection between the same ports: by its SYN, or by numbers far from those expected. */
  begunAnew(segment: Segment): boolean {
    if (this.#first === null) return false;
    if ((segment.flags & syn) !== 0) return ((segment.seq + 1) | 0) !== this.#first && (this.#begun || this.ended);
    if (segment.length === 0 || Math.abs((segment.seq - this.next) | 0) <= window) return false;
    return this.strays + 1 >= strays;
  }

  /**
   * What comes next may be of another connection between the same ports: a segment far from what is expected is then none of this one, at
   * once.
   */
  suspect(): void {
    this.strays = strays - 1;
  }

  /** The stream begins behind this number, as its SYN had it. */
  synchronise(isn: number): void {
    if (this.#begun || this.ended) return;
    this.#first = (isn + 1) | 0;
    this.next = this.#first;
    this.#synced = true;
    this.#drop();
  }

  /** The next byte's sequence number, where nothing of this side was seen yet. */
  expect(ack: number): void {
    if (this.#first !== null) return;
    this.#first = ack;
    this.next = ack;
  }

  /** Any segment but the next one in order of a direction that is `flowing`. */
  take({ bytes, from, to, seq: at, ack, flags, length, ref, at: time }: Segment): void {
    const isSyn = (flags & syn) !== 0;
    const seq = (at + (isSyn ? 1 : 0)) | 0;
    if (isSyn) this.synchronise(at);
    else if (!this.#begun && !this.ended && this.#isBeginning(length, seq)) {
      this.#first = seq;
      this.next = seq;
      this.#drop();
    }
    const ahead = (seq - this.next) | 0;
    if (Math.abs(ahead) > window) {
      this.strays++;
      return;
    }
    this.strays = 0;
    if (this.ended) return;
    if ((flags & fin) !== 0) this.#last ??= (seq + length) | 0;
    if (length > 0) {
      const acknowledged = (flags & ackFlag) === 0 ? null : ack;
      if (ahead <= 0) this.#hand(bytes, from, to, seq, length, ref, time, acknowledged);
      // A copy: the packet's own bytes are gone with its block.
      else
        this.#hold(
          { seq, length, bytes: Buffer.from(bytes.subarray(from, to)), ref, at: time, ack: acknowledged },
          ahead,
        );
    }
    this.#drain();
    while (this.#heldBytes > maxHeldBytes || this.#held.length > maxHeldSegments) this.skip();
    this.flowing = this.#begun && !this.ended && this.#last === null && this.#held.length === 0;
  }

  /** Before a SYN was seen: data that stands before what was expected by the other side's word, or far from it. */
  #isBeginning(length: number, seq: number): boolean {
    if (this.#first === null) return true;
    const ahead = (seq - this.next) | 0;
    return !this.#synced && length > 0 && (ahead < 0 || ahead > window);
  }

  /** Packet number of the segment behind the first hole; `null` when none waits. */
  get waiting(): number | null {
    return this.#held[0]?.ref ?? null;
  }

  /** Gives up the first hole: a gap, and what waits behind it. */
  skip(): void {
    const first = this.#held[0];
    if (first === undefined) return;
    const missing = (first.seq - this.next) | 0;
    this.next = first.seq;
    this.#gap(missing);
    this.#drain();
  }

  /** Hands out what of a segment is new; it begins at `next` or before. */
  #hand(
    bytes: Buffer,
    from: number,
    to: number,
    seq: number,
    length: number,
    ref: number,
    at: number,
    ack: number | null,
  ): void {
    const known = (this.next - seq) | 0;
    if (known >= length) return;
    const captured = to - from;
    if (captured > known) {
      this.#begun = true;
      const piece = this.#piece;
      piece.bytes = bytes;
      piece.from = from + known;
      piece.to = to;
      piece.ref = ref;
      piece.at = at;
      piece.seq = this.next;
      piece.ack = ack;
      this.#to.data(this.#side, piece);
    }
    const absent = length - Math.max(known, captured);
    this.next = (seq + length) | 0;
    if (absent > 0) this.#gap(absent);
  }

  #hold(segment: Held, ahead: number): void {
    if (this.#held === none) this.#held = [];
    const held = this.#held;
    let at = held.length;
    while (at > 0 && ((held[at - 1]!.seq - this.next) | 0) > ahead) at--;
    const before = held[at - 1];
    if (before !== undefined && before.seq === segment.seq) {
      if (before.bytes.length >= segment.bytes.length) return;
      this.#charge(-before.bytes.length - overhead);
      held.splice(--at, 1);
    }
    held.splice(at, 0, segment);
    this.#charge(segment.bytes.length + overhead);
  }

  #drain(): void {
    let done = 0;
    while (done < this.#held.length && ((this.#held[done]!.seq - this.next) | 0) <= 0) {
      const { seq, length, bytes, ref, at, ack } = this.#held[done++]!;
      this.#charge(-bytes.length - overhead);
      this.#hand(bytes, 0, bytes.length, seq, length, ref, at, ack);
    }
    if (done > 0) this.#held.splice(0, done);
    if (this.#last !== null && ((this.#last - this.next) | 0) <= 0 && !this.ended) {
      this.ended = true;
      this.#drop();
      this.#to.end(this.#side);
    }
  }

  #gap(length: number): void {
    if (this.#begun) {
      this.#tally.gaps++;
      this.#tally.gapBytes += length;
    }
    this.#to.gap(this.#side, length);
  }

  #drop(): void {
    for (const segment of this.#held) this.#charge(-segment.bytes.length - overhead);
    this.#held = none;
  }

  #charge(bytes: number): void {
    this.#heldBytes += bytes;
    this.#budget.held += bytes;
  }
}
