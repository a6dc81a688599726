/**
 * One request, and its answer when that was seen: what every traffic collector (capture, HAR, access logs) reads, and what
 * {@link file://./fold.ts} turns into sightings. Header values and targets are raw and may hold secrets: they stay in memory
 * and never leave the fold.
 */
export interface Exchange {
  /** When the request began, epoch milliseconds by the evidence's own clock. */
  at: number;
  /** Packet, entry or line number, counted from 1. */
  ref: number;
  /** `null` when the transport does not tell. */
  scheme: 'http' | 'https' | 'ws' | 'wss' | null;
  /** As sent; the fold makes it upper case. */
  method: string;
  /** As sent (`Host`, the absolute target, or a URL's authority), or the server's address and port; `''` when unknown. */
  host: string;
  /** Request target as sent: origin form, absolute form or asterisk (RFC 9112, section 3.2). */
  target: string;
  /** 0 when the answer was not seen. */
  status: number;
  /** By lower-case name; of a repeated header, the values joined by `, `. */
  requestHeaders: ReadonlyMap<string, string>;
  responseHeaders: ReadonlyMap<string, string>;
  /** Length of the answer's body in bytes as transferred; `null` when unknown. */
  responseLength: number | null;
  /** Who asked, so that one client's probing can be told from use; `''` when unknown. Never stored. */
  client: string;
}
