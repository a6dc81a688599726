import type { Exchange } from '#collectors/traffic/exchange';
import type { Tally } from './tally.ts';
import type { Budget } from './tcp/receiver.ts';
import type { KeyLog } from './tls/key-log.ts';

/** What is the same for all connections of a capture. */
export interface Shared {
  readonly tally: Tally;
  readonly budget: Budget;
  /** Secrets of TLS sessions, growing while a capture with embedded ones is read. */
  readonly keys: KeyLog;
  /** Hot: once an exchange, as soon as its answer ended, or without one when the connection is over. */
  emit(exchange: Exchange): void;
}

/** What the readers of one connection's bytes know of it: TCP's own, or what TLS or a tunnel carries inside of it. */
export interface Session {
  readonly shared: Shared;
  /** Addresses with ports of side 0 and side 1, as {@link file://./packet/ip.ts} writes them. */
  readonly endpoints: readonly [string, string];
  /** The capture began after it. */
  readonly midway: boolean;
  readonly scheme: 'http' | 'https';
  /** Uniform in 32 bits, the same whenever the same connection is read, whatever file it stands in: seed of its exchanges' `lot`. */
  readonly lot: number;
  /** How many readers are around it: a tunnel in a tunnel ends somewhere. */
  readonly depth: number;
}
