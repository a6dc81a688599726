import type { Protocol } from '#model/sighting';

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
  /** Where it began, when that is another file than the one in which it is told: `ref` counts there. */
  file?: string | undefined;
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
  /**
   * False where the evidence does not show whether credentials were sent (most access logs): a success without them then says
   * nothing of authentication. Left out, the request's headers are all there.
   */
  headersSeen?: boolean;
  /**
   * How who asked was known, where something else than the headers tells it: a user's name in an access log, a certificate in TLS. As
   * `Auth` names them.
   */
  mechanisms?: readonly string[] | undefined;
  /** Set where the heads alone do not tell what is spoken. */
  protocol?: Protocol;
  /** Of HTTP: `1.0`, `1.1`, `2`, `3`. */
  version?: string | undefined;
  /** From the request's end to the answer's first byte, milliseconds. */
  latency?: number | undefined;
  /** Length of the request's body in bytes as transferred. */
  requestLength?: number | undefined;
  /**
   * Bodies as transferred (content codings still on, chunk framing off), at most {@link maxBody} bytes of each: shorter than
   * its length says where it was cut. Left out when it was not due for inspection, or empty.
   */
  requestBody?: Uint8Array | undefined;
  responseBody?: Uint8Array | undefined;
  /** Trailer fields of the answer (gRPC's status), by lower-case name. */
  responseTrailers?: ReadonlyMap<string, string>;
  /** Of a connection that was upgraded to messages (WebSocket), or a stream of them (gRPC): how many each side sent. */
  messages?: { sent: number; received: number };
  /** What is called inside of the exchange, where its reader knows already: `tools/call search`, `query orders`. */
  calls?: string[];
  /** What is odd about it (`request smuggling: …`): each a fixed text without a value. */
  marks?: string[] | undefined;
  /**
   * Uniform in 32 bits, unsigned: the exchanges with the lowest are those that are inspected. The same whenever the same evidence is
   * read, whatever file it stands in, so that parts merge to what the whole would have given.
   */
  lot?: number | undefined;
  /**
   * The same object for exchanges that are alike in all that is counted: operation, heads, credentials; see {@link Like}. One that has it
   * may be used again for the next as soon as it was told: who keeps it keeps a copy.
   */
  like?: Like | undefined;
}

export const noHeaders: ReadonlyMap<string, string> = new Map();

/** To be filled in; all have one shape. */
export function newExchange(): Exchange {
  return {
    at: 0,
    ref: 0,
    file: undefined,
    scheme: null,
    method: '',
    host: '',
    target: '',
    status: 0,
    requestHeaders: noHeaders,
    responseHeaders: noHeaders,
    responseLength: null,
    client: '',
    mechanisms: undefined,
    version: undefined,
    latency: undefined,
    requestLength: undefined,
    requestBody: undefined,
    responseBody: undefined,
    marks: undefined,
    lot: undefined,
    like: undefined,
  };
}

/** Bytes of a body that are kept for inspection. */
export const maxBody = 65_536;

/** What whoever counts exchanges wants to look into. */
export interface Interest {
  /** Of exchanges of which no {@link Like} is known, bodies are wanted of those whose lot is below. */
  readonly firstBelow: number;
}

/** Who counts exchanges. */
export interface Counter extends Interest {
  add(exchange: Exchange): void;
}

/**
 * Exchanges that are alike: what follows from their heads is worked out once, and kept here by whoever counts them. Only time,
 * reference, lengths, latency, client and lot are each exchange's own.
 */
export interface Like {
  /** The counter's own; `null` at first. */
  cell: object | null;
  /**
   * Bodies are wanted of exchanges whose lot is below: the request's is decided when its head is read, so the bound is that of its
   * operation; the response's by operation and status.
   */
  requestsBelow: number;
  responsesBelow: number;
}
