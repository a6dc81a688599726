export type Side = 0 | 1;

/**
 * Bytes of one direction, in order, and where they came from: `bytes[from, to)`. Both the object and the bytes are used again
 * as soon as the call that hands them out returns: what is kept is copied.
 */
export interface Piece {
  bytes: Buffer;
  from: number;
  to: number;
  /** The packet's number and time (epoch milliseconds, with a fraction). */
  ref: number;
  at: number;
  /** Sequence number of the first byte. */
  seq: number;
  /** How far the sender had received the other direction; `null` when it did not say. */
  ack: number | null;
  /**
   * Said by who receives it: so many bytes behind it are of no account, and fewer than these may be passed over ({@link Receiver.pass})
   * instead of handed out.
   */
  unread?: number;
}

/** Who receives a connection's bytes, whatever carries them (TCP, or TLS in it). Each side is a direction. */
export interface Receiver {
  data(side: Side, piece: Piece): void;
  /** So many bytes came in order that were said to be of no account. Before anything else is told of that side. */
  pass?(side: Side, length: number): void;
  /** Who receives what follows, once that is decided; may be asked again and again. */
  readonly decided?: Receiver | null;
  /** Bytes that were sent and are not in the capture. */
  gap(side: Side, length: number): void;
  /** The side sent its last byte, and everything before it has been handed out. */
  end(side: Side): void;
  /** Nothing more will come. */
  close(): void;
}

/** Bytes held back, of all connections together: whoever holds counts in here, and out again. */
export interface Budget {
  held: number;
}
