import { anybody, newShared, type Session } from '#collectors/capture/session';
import { newTally, type Tally } from '#collectors/capture/tally';
import type { Budget, Receiver, Side } from '#collectors/capture/tcp/receiver';
import type { Exchange, Interest } from '#collectors/traffic/exchange';

/** What one side said, or bytes of it that are missing. */
export type Said = { side: Side; bytes: Buffer; at?: number } | { side: Side; gap: number };

export interface Heard {
  session: Session;
  exchanges: Exchange[];
  tally: Tally;
  budget: Budget;
}

/** Whoever wants to look into all. */
export const everything: Interest = { firstBelow: 2 ** 32 };

/** A connection's surroundings, with what it tells: side 0 is 10.0.0.1:40000, side 1 10.0.0.2:8080. */
export function hearing(told: Partial<Session> = {}): Heard {
  const exchanges: Exchange[] = [];
  const tally = newTally();
  const shared = newShared(tally, (exchange) => void exchanges.push({ ...exchange }), everything);
  const endpoints = ['\x0a\0\0\x01\u9c40', '\x0a\0\0\x02\u1f90'] as const;
  const session = {
    shared,
    endpoints,
    midway: false,
    scheme: 'http' as const,
    caller: anybody,
    lot: 7,
    depth: 0,
    ...told,
  };
  return { session, exchanges, tally, budget: shared.budget };
}

/** Hands over what was said, each piece in bytes that are used again afterwards, and closes; the most that was held meanwhile. */
export function say(receiver: Receiver, said: readonly Said[], { budget }: Heard): number {
  let most = 0;
  const seq: [number, number] = [0, 0];
  for (const [i, one] of said.entries()) {
    if ('gap' in one) {
      receiver.gap(one.side, one.gap);
    } else {
      const bytes = Buffer.concat([Buffer.alloc(3, 0xaa), one.bytes, Buffer.alloc(3, 0xaa)]);
      const to = bytes.length - 3;
      receiver.data(one.side, {
        bytes,
        from: 3,
        to,
        ref: i + 1,
        at: one.at ?? 1_000 + i,
        seq: seq[one.side],
        ack: null,
      });
      seq[one.side] += one.bytes.length;
      bytes.fill(0xee);
    }
    most = Math.max(most, budget.held);
  }
  receiver.end(0);
  receiver.end(1);
  receiver.close();
  return most;
}

/** What was said in other pieces: cut at these places of the whole, in the same order. */
export function recut(said: readonly Said[], cuts: readonly number[]): Said[] {
  const pieces: Said[] = [];
  const places = [...cuts].sort((a, b) => a - b);
  let passed = 0;
  for (const one of said) {
    if ('gap' in one) {
      pieces.push(one);
      continue;
    }
    let from = 0;
    for (const place of places) {
      const to = place - passed;
      if (to <= from || to >= one.bytes.length) continue;
      pieces.push({ ...one, bytes: one.bytes.subarray(from, to) });
      from = to;
    }
    pieces.push({ ...one, bytes: one.bytes.subarray(from) });
    passed += one.bytes.length;
  }
  return pieces;
}
