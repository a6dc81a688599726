/** Plays recorded bytes to a TLS connection, and keeps what comes out of it. */
import { anybody, newShared, type Session } from '#collectors/capture/session';
import { newTally, type Tally } from '#collectors/capture/tally';
import type { Receiver, Side } from '#collectors/capture/tcp/receiver';
import { TlsConnection } from '#collectors/capture/tls/connection';
import { KeyLog } from '#collectors/capture/tls/key-log';
import { everything } from '#test/collectors/capture/session';
import type { Chunk } from './recording.ts';

/** What the inner receiver was told of a side: its bytes, holes as their length, and its end. */
export type Told = (Buffer | number | 'end')[];

export class Inside implements Receiver {
  readonly told: [Told, Told] = [[], []];
  readonly acks: [number[], number[]] = [[], []];
  readonly refs: [number[], number[]] = [[], []];
  readonly #next: [number, number] = [0, 0];
  closed = 0;

  data(side: Side, { bytes, from, to, seq, ref, ack }: Parameters<Receiver['data']>[1]): void {
    const other = this.#next[side === 0 ? 1 : 0];
    if (seq !== this.#next[side]) throw new Error(`offset ${seq} instead of ${this.#next[side]}`);
    if (ack === null || ack < 0 || ack > other) throw new Error(`${ack} received of ${other}`);
    this.acks[side].push(ack);
    this.#next[side] += to - from;
    this.refs[side].push(ref);
    this.told[side].push(Buffer.from(bytes.subarray(from, to)));
  }

  gap(side: Side, length: number): void {
    if (!(length > 0)) throw new Error(`a gap of ${length}`);
    this.#next[side] += length;
    this.told[side].push(length);
  }

  end(side: Side): void {
    this.told[side].push('end');
  }

  close(): void {
    this.closed++;
  }

  /** All bytes of a side, holes left out. */
  text(side: Side): Buffer {
    return Buffer.concat(this.told[side].filter((part) => Buffer.isBuffer(part)));
  }

  gaps(side: Side): number[] {
    return this.told[side].filter((part) => typeof part === 'number');
  }
}

export interface Played {
  inside: Inside;
  tally: Tally;
  sessions: Session[];
  held: number;
  most: number;
}

/** A chunk, a hole of so many bytes, or lines for the key log. */
export type Step = Chunk | { side: 0 | 1; gap: number } | { keys: string };

export function play(steps: readonly Step[], keyLog: string, growing = false): Played {
  const tally = newTally();
  const keys = new KeyLog();
  keys.growing = growing;
  keys.add(keyLog);
  const inside = new Inside();
  const sessions: Session[] = [];
  const shared = newShared(tally, () => undefined, everything, keys);
  const { budget } = shared;
  const session: Session = {
    shared,
    endpoints: ['\x0a\x00\x00\x01\u9c40', '\x0a\x00\x00\x02\u01bb'],
    midway: false,
    scheme: 'http',
    caller: anybody,
    lot: 7,
    depth: 0,
  };
  const connection = new TlsConnection(session, (inner) => {
    sessions.push(inner);
    return inside;
  });
  let ref = 0;
  let most = 0;
  // Sequence numbers that wrap soon.
  const seqs: [number, number] = [2 ** 31 - 700, -300];
  for (const step of steps) {
    ref++;
    if ('keys' in step) keys.add(step.keys);
    else if ('gap' in step) {
      connection.gap(step.side, step.gap);
      seqs[step.side] = (seqs[step.side] + step.gap) | 0;
    }
    // Bytes around the piece, that none may be read.
    else {
      const [seq, ack] = step.side === 0 ? seqs : [seqs[1], seqs[0]];
      const bytes = Buffer.concat([Buffer.from([23, 3, 3]), step.bytes, Buffer.from([23, 3, 3])]);
      connection.data(step.side, { bytes, from: 3, to: bytes.length - 3, ref, at: 1_000 + ref, seq, ack });
      seqs[step.side] = (seq + step.bytes.length) | 0;
      bytes.fill(0xee);
    }
    most = Math.max(most, budget.held);
  }
  connection.end(0);
  connection.end(1);
  connection.close();
  return { inside, tally, sessions, held: budget.held, most };
}

/** The same bytes in other pieces: each side's cut at these places, in the order of the chunks. */
export function recut(chunks: readonly Chunk[], sizes: readonly number[]): Chunk[] {
  let i = 0;
  return chunks.flatMap(({ side, bytes }) => {
    const pieces: Chunk[] = [];
    for (let from = 0; from < bytes.length; ) {
      const size = sizes[i++ % sizes.length]!;
      pieces.push({ side, bytes: bytes.subarray(from, from + size) });
      from += size;
    }
    return pieces;
  });
}
