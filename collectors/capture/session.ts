import { type Exchange, type Interest, newExchange } from '#collectors/traffic/exchange';
import { hashPair } from '#collectors/traffic/hash';
import { Heads } from './http1/heads.ts';
import type { Tally } from './tally.ts';
import type { Budget, Receiver } from './tcp/receiver.ts';
import { KeyLog } from './tls/key-log.ts';

/** What is the same for all connections of a capture. */
export interface Shared {
  readonly tally: Tally;
  readonly budget: Budget;
  /** Secrets of TLS sessions, growing while a capture with embedded ones is read. */
  readonly keys: KeyLog;
  /** Heads of HTTP/1 that were read before, in clear and inside of TLS. */
  readonly heads: { readonly http: Heads; readonly https: Heads };
  /** Who counts exchanges; `null` for who wants each as it was sent, without its body. Another with each file of a recording. */
  interest: Interest | null;
  /** What is told of those that are alike, one at a time. */
  readonly told: Exchange;
  /** Files of the recording that were begun. */
  files: number;
  /** Hot: once an exchange, as soon as its answer ended, or without one when the connection is over. */
  emit(exchange: Exchange): void;
}

/** `interest`: of whom it is told, exchanges that are alike share their heads, and of those that are due for inspection the bodies are kept. */
export function newShared(
  tally: Tally,
  emit: (exchange: Exchange) => void,
  interest: Interest | null,
  keys: KeyLog = new KeyLog(),
): Shared {
  const heads = { http: new Heads(interest !== null), https: new Heads(interest !== null) };
  return { tally, budget: { held: 0 }, keys, heads, interest, told: newExchange(), files: 1, emit };
}

/** What the readers of one connection's bytes know of it: TCP's own, or what TLS or a tunnel carries inside of it. */
export interface Session {
  readonly shared: Shared;
  /** Addresses with ports of side 0 and side 1: address bytes, one a character, and behind them the port as one. */
  readonly endpoints: readonly [string, string];
  /** The capture began after it. */
  readonly midway: boolean;
  readonly scheme: 'http' | 'https';
  /** Uniform in 32 bits, the same whenever the same connection is read, whatever file it stands in: seed of its exchanges' `lot`. */
  readonly lot: number;
  /** Inside of a tunnel, the host it leads to as its client asked for it, with the port where it is not HTTPS's own. */
  readonly authority?: string | undefined;
  /** How many readers are around it: a tunnel in a tunnel ends somewhere. */
  readonly depth: number;
}

/** Makes the reader of what a connection carries, whatever that is: its first bytes tell. */
export type OpenSession = (session: Session) => Receiver;

/** The lot of an exchange whose request begins at `seq` of its direction, or is HTTP/2's stream `seq`. */
export function lotAt({ lot }: Session, seq: number): number {
  return hashPair(lot, seq) >>> 0;
}
