import { Bytes } from './bytes.ts';
import type { Disorder } from './disorder.ts';
import { type Address, flag, mss, type PacketWriter } from './packets.ts';
import type { Random } from './random.ts';

type Side = 0 | 1;

/** What is said on a connection: turn by turn, first by the client, then by the server. */
export interface Talk {
  /** Writes what each side says next, into emptied bytes; false when nothing is left to say. */
  turn(said: readonly [Bytes, Bytes]): boolean;
}

/** One TCP connection, sent a few packets at a time. */
export class Flow {
  readonly #writer: PacketWriter;
  readonly #disorder: Disorder;
  readonly #random: Random;
  readonly #talk: Talk;
  readonly #ends: readonly [Address, Address];
  readonly #said: readonly [Bytes, Bytes] = [new Bytes(), new Bytes()];
  /** Next sequence number of each side, and what the other has acknowledged of it. */
  readonly #next: [number, number];
  readonly #acked: [number, number];
  #side: Side = 1;
  /** How far the current side's bytes are sent. */
  #sent = 0;
  /** Where the segment stands that waits behind its successor; -1: none does. */
  #held = -1;
  #heldEnd = 0;

  /** `midway`: the capture began behind the handshake. */
  constructor(
    writer: PacketWriter,
    disorder: Disorder,
    random: Random,
    talk: Talk,
    ends: readonly [Address, Address],
    midway: boolean,
  ) {
    this.#writer = writer;
    this.#disorder = disorder;
    this.#random = random;
    this.#talk = talk;
    this.#ends = ends;
    this.#next = [random.word(), random.word()];
    this.#acked = [this.#next[0], this.#next[1]];
    if (!midway) this.#open();
  }

  /** Sends the next few packets. False when the connection is over. */
  step(): boolean {
    for (let left = 1 + this.#random.below(6); left > 0; left--) {
      if (this.#sent >= this.#said[this.#side].length) {
        if (this.#nextSide()) return true;
        if (this.#sent >= this.#said[this.#side].length && !this.#speak()) {
          this.#close();
          return false;
        }
      }
      this.#segment();
    }
    return true;
  }

  /** Turns to the other side; true when this side has something to say later, and waits now. */
  #nextSide(): boolean {
    if (this.#side === 1) return false;
    this.#side = 1;
    this.#sent = 0;
    return this.#said[1].length > 0 && this.#random.chance(0.8);
  }

  /** False when nobody has anything more to say. */
  #speak(): boolean {
    for (const said of this.#said) said.clear();
    if (!this.#talk.turn(this.#said)) return false;
    this.#side = 0;
    this.#sent = 0;
    return true;
  }

  #segment(): void {
    const side = this.#side;
    const { length } = this.#said[side];
    const start = this.#sent;
    // Now and then a segment is shorter, so that heads and frames are cut anywhere.
    const most = this.#random.chance(0.05) ? 1 + this.#random.below(mss) : mss;
    const end = Math.min(start + most, length);
    this.#sent = end;
    if (this.#held < 0 && end < length && this.#disorder.late()) {
      this.#held = start;
      this.#heldEnd = end;
      return;
    }
    this.#data(side, start, end);
    if (this.#held >= 0) {
      this.#data(side, this.#held, this.#heldEnd);
      this.#held = -1;
    }
    if (this.#disorder.again()) this.#data(side, Math.max(0, start - this.#random.below(200)), end);
    this.#acked[side] = (this.#next[side] + end) >>> 0;
    if (end === length) {
      this.#next[side] = (this.#next[side] + length) >>> 0;
    }
    if (this.#disorder.acknowledge()) this.#control((1 - side) as Side, flag.ack);
  }

  #data(side: Side, start: number, end: number): void {
    const { buffer, length } = this.#said[side];
    const to = Math.min(end, start + mss);
    const flags = to === length ? flag.ack | flag.push : flag.ack;
    const seq = this.#next[side] + start;
    this.#writer.packet(this.#ends[side], this.#ends[1 - side]!, flags, seq, this.#acked[1 - side]!, buffer, start, to);
  }

  /** A packet without data. */
  #control(side: Side, flags: number): void {
    const nothing = this.#said[side].buffer;
    const ack = (flags & flag.ack) === 0 ? 0 : this.#acked[1 - side]!;
    this.#writer.packet(this.#ends[side], this.#ends[1 - side]!, flags, this.#acked[side]!, ack, nothing, 0, 0);
  }

  #open(): void {
    this.#control(0, flag.syn);
    this.#advance(0);
    this.#control(1, flag.syn | flag.ack);
    this.#advance(1);
    this.#control(0, flag.ack);
  }

  #close(): void {
    if (this.#random.chance(0.1)) {
      this.#control(0, flag.rst | flag.ack);
      return;
    }
    this.#control(0, flag.fin | flag.ack);
    this.#advance(0);
    this.#control(1, flag.fin | flag.ack);
    this.#advance(1);
    this.#control(0, flag.ack);
  }

  #advance(side: Side): void {
    this.#next[side] = (this.#next[side] + 1) >>> 0;
    this.#acked[side] = this.#next[side];
  }
}
