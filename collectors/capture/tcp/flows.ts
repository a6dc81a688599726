import { randomInt } from 'node:crypto';
import type { Segment } from '#collectors/capture/packet/segment';
import type { Tally } from '#collectors/capture/tally';
import { ack as ackFlag, fin, rst, syn } from './flags.ts';
import { FlowKeys, isLotIn } from './keys.ts';
import { Reassembly, window } from './reassembly.ts';
import type { Budget, Piece, Receiver, Side } from './receiver.ts';

/**
 * Makes the receiver of a connection of which data came: its endpoints are those of side 0 and side 1, `midway` when the
 * connection is older than the capture; `lot` is uniform in 32 bits and the same whenever the connection is read.
 */
export type Open = (endpoints: [string, string], midway: boolean, lot: number) => Receiver;

export interface Limits {
  /** Connections that are followed at once. */
  flows: number;
  /** Bytes held for all of them: segments out of order, heads, bodies, requests without an answer. */
  held: number;
  /** Milliseconds of the capture's clock that a silent connection is kept, at least. */
  idle: number;
}

/** The connections of a capture may be followed by several tables, each in a thread of its own, that have the same seed. */
export interface Part {
  index: number;
  of: number;
  seed: number;
}

export function newSeed(): number {
  return randomInt(2 ** 32) | 0;
}

export const defaultLimits: Limits = { flows: 65_536, held: 32 * 1_048_576, idle: 300_000 };

/** A connection of which data came; most connections of a port scan never have any. */
interface Flow {
  /** Order of their beginnings, in which they end when the capture does. */
  number: number;
  slot: number;
  receiver: Receiver;
  one: Reassembly;
  other: Reassembly;
}

/** What is known of a connection before its first data. */
const syn0 = 1;
const syn1 = 2;
/** Met since the last turn. */
const met = 4;
const midway = 8;
/** Both sides have ended: what comes late is not looked at. */
const done = 16;
/** Met in the file that is being read. */
const here = 32;
const metHere = met | here;

/** The side's next segment in order may be handed on without a look at anything else. */
const flowing0 = 64;
const flowing1 = 128;
const flowing = [flowing0, flowing1] as const;

const nobody: Receiver = { data: () => undefined, gap: () => undefined, end: () => undefined, close: () => undefined };

/** Connections under way that are all unknown, from which on they are those of another recording. */
const strangers = 3;

/**
 * Follows TCP connections (RFC 9293) and hands each one's bytes, in order and once, to a receiver of its own.
 *
 * A turn closes those that were not met since the last one: it comes when there are too many, with the capture's clock, or
 * when too much is held. Each turn costs what it frees. Hot: `tcp` is called for each segment, and of thousands of connections nearly every
 * object that it looks at has to come from memory, which takes as long as a hundred steps: a connection's state is a row of numbers, from
 * which the next segment in order goes straight to its receiver, or is passed over when that has no use for it.
 */
export class FlowTable {
  readonly #open: Open;
  readonly #limits: Limits;
  readonly #tally: Tally;
  readonly #budget: Budget;
  readonly #keys: FlowKeys;
  readonly #part: Part;
  #flows: (Flow | null)[] = [];
  #flags = new Uint8Array(0);
  #isn0 = new Int32Array(0);
  #isn1 = new Int32Array(0);
  /** Of those that are done, where each side ended. */
  #end0 = new Int32Array(0);
  #end1 = new Int32Array(0);
  /** Of each side that is flowing: its next number, bytes behind it that the receiver has no use for, and those of them that came. */
  #next = new Int32Array(0);
  #unread = new Int32Array(0);
  #passed = new Int32Array(0);
  /** Who has what flows. */
  #receivers: Receiver[] = [];
  #opened = 0;
  /** Met since the last turn. */
  #young = 0;
  #turnedAt = Number.NEGATIVE_INFINITY;
  readonly #piece: Piece = { bytes: Buffer.alloc(0), from: 0, to: 0, ref: 0, at: 0, seq: 0, ack: 0, unread: 0 };

  constructor(
    open: Open,
    tally: Tally,
    budget: Budget,
    limits: Limits = defaultLimits,
    part: Part = { index: 0, of: 1, seed: newSeed() },
  ) {
    this.#part = part;
    this.#keys = new FlowKeys(part.seed);
    this.#open = open;
    this.#tally = tally;
    this.#budget = budget;
    this.#limits = limits;
    this.#fit();
  }

  tcp(segment: Segment): void {
    const { flags } = segment;
    // A reset is passed over: what it ends gives way by age, and what still comes is read, as forged resets are common.
    if ((flags & rst) !== 0) return;
    const keys = this.#keys;
    const { index, of } = this.#part;
    if (of > 1 && !keys.isIn(segment, index, of)) return;
    const slot = keys.find(segment);
    if (slot >= 0 && (flags & (syn | fin)) === 0) {
      const { side } = keys;
      const row = slot * 2 + side;
      const { from, to, seq, length } = segment;
      const state = this.#flags[slot]!;
      if ((state & (side === 0 ? flowing0 : flowing1)) !== 0 && seq === this.#next[row] && to - from === length) {
        if ((state & metHere) !== metHere) this.#meet(slot);
        this.#next[row] = (seq + length) | 0;
        if (length < this.#unread[row]!) {
          this.#unread[row]! -= length;
          this.#passed[row]! += length;
        } else {
          const receiver = this.#receivers[slot]!;
          if (this.#passed[row] !== 0) this.#pass(row, receiver, side);
          const piece = this.#piece;
          piece.bytes = segment.bytes;
          piece.from = from;
          piece.to = to;
          piece.ref = segment.ref;
          piece.at = segment.at;
          piece.seq = seq;
          piece.ack = (flags & ackFlag) === 0 ? null : segment.ack;
          piece.unread = 0;
          receiver.data(side, piece);
          this.#unread[row] = piece.unread;
        }
        if (this.#budget.held > this.#limits.held || segment.at - this.#turnedAt > this.#limits.idle)
          this.#bound(segment.at);
        return;
      }
    }
    this.#take(segment, slot);
    this.#bound(segment.at);
  }

  /**
   * Whether what is recorded next cannot be what goes on here: of the connections that are under way at its beginning (by their lots) there
   * are some, and none is known.
   */
  isForeign(underWay: ReadonlySet<number>): boolean {
    const { index, of } = this.#part;
    const own = new Set([...underWay].filter((lot) => isLotIn(lot, index, of)));
    if (own.size < strangers) return false;
    const keys = this.#keys;
    for (let slot = 0; slot < this.#flows.length; slot++) if (keys.has(slot) && own.has(keys.lot(slot))) return false;
    return true;
  }

  /** The next file of the recording begins. Numbers must go on where they stood: else it is another connection between the same ports. */
  goOn(): void {
    for (let slot = 0; slot < this.#flows.length; slot++) {
      this.#flags[slot]! &= ~here;
      const flow = this.#flows[slot] ?? null;
      if (flow === null) continue;
      this.#halt(flow);
      flow.one.suspect();
      flow.other.suspect();
      this.#flow(flow);
    }
  }

  /** Ends every connection: the capture is over. */
  close(): void {
    this.#closeAll(this.#flows.filter((flow) => flow !== null));
    this.#keys.clear();
    this.#fit();
  }

  #take(segment: Segment, found: number): void {
    const { flags } = segment;
    const { side } = this.#keys;
    let slot = found < 0 ? this.#begin(segment) : found;
    let flow = this.#flows[slot] ?? null;
    if (flow !== null) this.#halt(flow);
    const isDone = (this.#flags[slot]! & done) !== 0;
    if (isDone && this.#isLate(segment, slot)) return;
    if (isDone || (flow !== null && sideOf(flow, side).begunAnew(segment))) {
      if (flow !== null) this.#closeAll([flow]);
      this.#keys.remove(slot);
      slot = this.#begin(segment);
      flow = null;
    }
    if ((this.#flags[slot]! & metHere) !== metHere) this.#meet(slot);
    if ((flags & syn) !== 0) {
      this.#flags[slot]! |= side === 0 ? syn0 : syn1;
      (side === 0 ? this.#isn0 : this.#isn1)[slot] = segment.seq;
    }
    if (flow === null) {
      if (segment.length === 0) return;
      flow = this.#openFlow(segment, slot);
    }
    // What the sender has received tells where the other direction goes on, when its beginning is not in the capture.
    if ((flags & ackFlag) !== 0) sideOf(flow, side === 0 ? 1 : 0).expect(segment.ack);
    sideOf(flow, side).take(segment);
    if (flow.one.ended && flow.other.ended) this.#finish(flow, slot);
    else this.#flow(flow);
  }

  /** Lets both sides go on by their row, where they may. */
  #flow({ slot, receiver, one, other }: Flow): void {
    let state = this.#flags[slot]! & ~(flowing0 | flowing1);
    if (one.flowing) state |= flowing0;
    if (other.flowing) state |= flowing1;
    this.#flags[slot] = state;
    this.#next[slot * 2] = one.next;
    this.#next[slot * 2 + 1] = other.next;
    this.#receivers[slot] = receiver.decided ?? receiver;
  }

  /** Both sides are as their row has them, which holds nothing any more. */
  #halt(flow: Flow): void {
    const { slot, receiver } = flow;
    for (const side of sides) {
      if ((this.#flags[slot]! & flowing[side]) === 0) continue;
      const row = slot * 2 + side;
      const direction = sideOf(flow, side);
      if (direction.next !== this.#next[row]) {
        direction.next = this.#next[row]!;
        direction.strays = 0;
      }
      if (this.#passed[row] !== 0) this.#pass(row, receiver, side);
      this.#unread[row] = 0;
    }
    this.#flags[slot]! &= ~(flowing0 | flowing1);
  }

  #pass(row: number, receiver: Receiver, side: Side): void {
    receiver.pass?.(side, this.#passed[row]!);
    this.#passed[row] = 0;
  }

  /** Both sides have said all: nothing is kept but where they ended. */
  #finish(flow: Flow, slot: number): void {
    this.#closeAll([flow]);
    this.#forget(slot);
    this.#flags[slot]! |= done;
    this.#end0[slot] = flow.one.next;
    this.#end1[slot] = flow.other.next;
  }

  /** Whether a segment is of a connection that is over, and not of the next one between the same ports. */
  #isLate({ seq, length, flags }: Segment, slot: number): boolean {
    const { side } = this.#keys;
    if ((flags & syn) !== 0) return seq === (side === 0 ? this.#isn0 : this.#isn1)[slot];
    const end = (side === 0 ? this.#end0 : this.#end1)[slot]!;
    return length === 0 || Math.abs((seq - end) | 0) <= window;
  }

  #begin(segment: Segment): number {
    const slot = this.#keys.add();
    if (slot >= this.#flows.length) this.#fit();
    const begins = (segment.flags & syn) !== 0;
    this.#forget(slot);
    this.#flags[slot] = begins ? here : here | midway;
    this.#tally.flows++;
    if (!begins) this.#tally.midway++;
    return slot;
  }

  #openFlow(segment: Segment, slot: number): Flow {
    const flags = this.#flags[slot]!;
    const receiver = this.#open(this.#keys.endpoints(segment), (flags & midway) !== 0, this.#keys.lot(slot));
    const one = new Reassembly(0, receiver, this.#budget, this.#tally, this.#piece);
    const other = new Reassembly(1, receiver, this.#budget, this.#tally, this.#piece);
    if ((flags & syn0) !== 0) one.synchronise(this.#isn0[slot]!);
    if ((flags & syn1) !== 0) other.synchronise(this.#isn1[slot]!);
    const flow = { number: this.#opened++, slot, receiver, one, other };
    this.#flows[slot] = flow;
    return flow;
  }

  /** Half of all may be met between two turns, so that no more are there than are allowed. */
  #meet(slot: number): void {
    const flags = this.#flags[slot]!;
    if ((flags & met) === 0) this.#young++;
    if ((flags & here) === 0) {
      this.#tally.flows++;
      this.#tally.continued++;
    }
    this.#flags[slot] = flags | metHere;
  }

  #bound(at: number): void {
    const { flows, held, idle } = this.#limits;
    if (this.#young > flows / 2) this.#turn();
    if (at - this.#turnedAt > idle) {
      if (this.#turnedAt !== Number.NEGATIVE_INFINITY) this.#turn();
      this.#turnedAt = at;
    }
    // The second turn closes what was met lately too: only when that alone holds too much.
    for (let turns = 0; turns < 2 && this.#budget.held > held; turns++) this.#turn();
  }

  #turn(): void {
    this.#young = 0;
    const ending: Flow[] = [];
    for (let slot = 0; slot < this.#flows.length; slot++) {
      if (!this.#keys.has(slot)) continue;
      if ((this.#flags[slot]! & met) !== 0) {
        this.#flags[slot]! &= ~met;
        continue;
      }
      const flow = this.#flows[slot] ?? null;
      if (flow !== null) ending.push(flow);
      this.#forget(slot);
      this.#keys.remove(slot);
    }
    this.#closeAll(ending);
  }

  /** The row holds no connection that has data. */
  #forget(slot: number): void {
    this.#flows[slot] = null;
    this.#receivers[slot] = nobody;
  }

  #closeAll(flows: Flow[]): void {
    for (const flow of flows.sort((a, b) => a.number - b.number)) {
      this.#halt(flow);
      const { receiver, one, other } = flow;
      // In the order of the packets, so that a request is told before its answer.
      while (one.waiting !== null || other.waiting !== null) {
        if ((one.waiting ?? Infinity) < (other.waiting ?? Infinity)) one.skip();
        else other.skip();
      }
      receiver.close();
    }
  }

  /** As many rows as there are keys. */
  #fit(): void {
    const { capacity } = this.#keys;
    const grown = <T extends Uint8Array | Int32Array>(fresh: T, old: T): T => {
      fresh.set(old.subarray(0, fresh.length));
      return fresh;
    };
    this.#flags = grown(new Uint8Array(capacity), this.#flags);
    this.#isn0 = grown(new Int32Array(capacity), this.#isn0);
    this.#isn1 = grown(new Int32Array(capacity), this.#isn1);
    this.#end0 = grown(new Int32Array(capacity), this.#end0);
    this.#end1 = grown(new Int32Array(capacity), this.#end1);
    this.#next = grown(new Int32Array(capacity * 2), this.#next);
    this.#unread = grown(new Int32Array(capacity * 2), this.#unread);
    this.#passed = grown(new Int32Array(capacity * 2), this.#passed);
    this.#receivers.length = Math.min(this.#receivers.length, capacity);
    while (this.#receivers.length < capacity) this.#receivers.push(nobody);
    this.#flows.length = Math.min(this.#flows.length, capacity);
    while (this.#flows.length < capacity) this.#flows.push(null);
  }
}

const sides = [0, 1] as const;

function sideOf({ one, other }: Flow, side: Side): Reassembly {
  return side === 0 ? one : other;
}
