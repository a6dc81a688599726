import type { Exchange } from '#collectors/traffic/exchange';
import type { Unasked } from './exchange-of.ts';

/**
 * What a record is, that is no exchange: a comment or another kind of event; a connection over TLS whose requests are not logged
 * ({@link file://./encrypted.ts}); or nothing that this format has.
 */
export type NoExchange = Unasked | 'aside' | 'encrypted' | 'foreign';

/** One way in which records are written. May remember what it read before (a heading): each file has its own. */
export interface LogFormat {
  /** As it is shown and configured: `combined`. */
  name: string;
  /** Never throws, whatever the record. `record` is text of one byte a character; see {@link file://./lines.ts}. */
  read(record: string, ref: number): Exchange | NoExchange;
  /** The same of a line that also stands in `bytes` from `at` on, where bytes cost less than text. Hot: once a line. */
  readLine?(line: string, ref: number, bytes: Uint8Array, at: number): Exchange | NoExchange;
}
