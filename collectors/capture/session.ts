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
  /** Heads of HTTP/1 that were read before: in clear, inside of TLS, and there from clients that sent a certificate. */
  readonly heads: { readonly http: Heads; readonly https: Heads; readonly certified: Heads };
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
  const alike = interest !== null;
  const heads = { http: new Heads(alike), https: new Heads(alike), certified: new Heads(alike) };
  return { tally, budget: { held: 0 }, keys, heads, interest, told: newExchange(), files: 1, emit };
}

/** How who asks is known beside the heads, as {@link Exchange.mechanisms} has it. Each is one list, the same for all. */
export const mechanisms = { none: [], certificate: ['mutualTLS'] } as const satisfies Record<string, readonly string[]>;

/** Who asks inside of a connection: one object for all of its readers, for a certificate may come when they have begun. */
export interface Caller {
  mechanisms: (typeof mechanisms)[keyof typeof mechanisms];
}

/** Where no TLS is around. */
export const anybody: Readonly<Caller> = { mechanisms: mechanisms.none };

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
  readonly caller: Readonly<Caller>;
  /** Inside of a tunnel, the host it leads to as its client asked for it, with the port where it is not HTTPS's own. */
  readonly authority?: string | undefined;
  /** How many readers are around it: a tunnel in a tunnel ends somewhere. */
  readonly depth: number;
}

/** Makes the reader of what a connection carries, whatever that is: its first bytes tell. */
export type OpenSession = (session: Session) => Receiver;

/** The heads that a connection's may be alike to: those of other callers tell other things. */
export function headsOf({ shared, scheme, caller }: Session): Heads {
  return caller.mechanisms === mechanisms.none ? shared.heads[scheme] : shared.heads.certified;
}

/** The lot of an exchange whose request begins at `seq` of its direction, or is HTTP/2's stream `seq`. */
export function lotAt({ lot }: Session, seq: number): number {
  return hashPair(lot, seq) >>> 0;
}
