import type { Segment } from '#collectors/capture/packet/ip';
import type { Tally } from '#collectors/capture/tally';
import { Reassembly } from './reassembly.ts';
import type { Budget, Receiver, Side } from './receiver.ts';

/** `null` until there is data: most connections of a port scan never have any. */
export interface Receiving {
  receiver: Receiver | null;
}

/** Makes a connection's receiver. `midway`: the connection is older than the capture. */
export type Open = (endpoints: [string, string], midway: boolean, budget: Budget) => Receiver;

export interface Limits {
  /** Connections that are followed at once. */
  flows: number;
  /** Bytes held for all of them: segments out of order, heads, requests without an answer. */
  held: number;
  /** Milliseconds of the capture's clock that a silent connection is kept, at least. */
  idle: number;
}

export const defaultLimits: Limits = { flows: 65_536, held: 32 * 1_048_576, idle: 300_000 };

interface Flow {
  midway: boolean;
  receiving: Receiving;
  sides: [Reassembly, Reassembly];
}

/**
 * Follows TCP connections (RFC 9293) and hands each one's bytes, in order and once, to a receiver of its own.
 *
 * Two generations bound it by number, by age and by bytes held: a connection that is met moves to the young one; when that is
 * full, old enough, or too much is held, what remained in the old one is closed. Each turn costs what it frees.
 */
export class FlowTable {
  readonly #open: Open;
  readonly #limits: Limits;
  readonly #tally: Tally;
  readonly #budget: Budget = { held: 0 };
  #young = new Map<string, Flow>();
  #old = new Map<string, Flow>();
  #turnedAt = Number.NEGATIVE_INFINITY;

  constructor(open: Open, tally: Tally, limits: Limits = defaultLimits) {
    this.#open = open;
    this.#tally = tally;
    this.#limits = limits;
  }

  take(segment: Segment, ref: number, at: number): void {
    const { source, destination } = segment;
    const side: Side = source < destination ? 0 : 1;
    const key = side === 0 ? source + destination : destination + source;
    let flow = this.#find(key);
    if (flow?.sides[side].begunAnew(segment)) {
      this.#close(flow);
      flow = undefined;
    }
    flow ??= this.#begin(key, segment);
    if (segment.length > 0) {
      const endpoints: [string, string] = side === 0 ? [source, destination] : [destination, source];
      flow.receiving.receiver ??= this.#open(endpoints, flow.midway, this.#budget);
    }
    const other = flow.sides[side === 0 ? 1 : 0];
    // What the sender has received tells where the other direction goes on, when its beginning is not in the capture.
    if (segment.ack !== null) other.expect(segment.ack);
    flow.sides[side].take(segment, ref, at);
    this.#bound(at);
  }

  /** Ends every connection: the capture is over. */
  close(): void {
    this.#turn();
    this.#turn();
  }

  #find(key: string): Flow | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) {
      this.#old.delete(key);
      this.#young.set(key, old);
    }
    return old;
  }

  #begin(key: string, { syn }: Segment): Flow {
    const receiving: Receiving = { receiver: null };
    const sides: Flow['sides'] = [
      new Reassembly(0, receiving, this.#budget, this.#tally),
      new Reassembly(1, receiving, this.#budget, this.#tally),
    ];
    const flow = { midway: !syn, receiving, sides };
    this.#young.set(key, flow);
    this.#tally.flows++;
    if (!syn) this.#tally.midway++;
    return flow;
  }

  #bound(at: number): void {
    const { flows, held, idle } = this.#limits;
    if (at - this.#turnedAt > idle) {
      if (this.#turnedAt !== Number.NEGATIVE_INFINITY) this.#turn();
      this.#turnedAt = at;
    }
    if (this.#young.size > flows / 2) this.#turn();
    // The second turn closes what was met lately too: only when that alone holds too much.
    for (let turns = 0; turns < 2 && this.#budget.held > held; turns++) this.#turn();
  }

  #turn(): void {
    for (const flow of this.#old.values()) this.#close(flow);
    this.#old = this.#young;
    this.#young = new Map();
  }

  #close(flow: Flow): void {
    // In the order of the packets, so that a request is told before its answer.
    const [one, other] = flow.sides;
    while (one.waiting !== null || other.waiting !== null) {
      if ((one.waiting ?? Infinity) < (other.waiting ?? Infinity)) one.skip();
      else other.skip();
    }
    flow.receiving.receiver?.close();
  }
}
