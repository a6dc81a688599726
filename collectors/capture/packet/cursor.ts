/**
 * Where a packet is being read. One object serves for all: each header that is read moves `at` behind itself and narrows `end` and
 * `sent` to what it says of its content.
 */
export interface Cursor {
  bytes: Buffer;
  /** Where the next header begins. */
  at: number;
  /** Where the layer's captured bytes end: nothing is read from here on. */
  end: number;
  /** Where the layer ends as it was sent; beyond `end` when the recording cut the packet. */
  sent: number;
  /** Of the innermost IP packet: where its addresses begin in `bytes`, and the bytes of one. */
  addresses: number;
  width: 4 | 16;
  /** Of a fragment: which packet it is part of, where its content stands in it (bytes), whether more follow. */
  fragmentId: number;
  fragmentOffset: number;
  moreFragments: boolean;
  /** Of the innermost IP packet's content (IANA's protocol numbers). */
  protocol: number;
  /** Name of the tunnel whose header was read last; whoever counts it empties it. */
  opened: string;
}

/**
 * What begins at a cursor. The first are headers that are read next; `tcp`, `datagram` (UDP that is no tunnel) and `fragment` are what
 * was looked for; the last say why there is none: `other` is IP with another protocol, `foreign` no IP at all.
 */
export type Layer =
  | 'ethernet'
  | 'llc'
  | 'mpls'
  | 'nsh'
  | 'pppoe'
  | 'ppp'
  | 'hdlc'
  | 'wifi'
  | 'aggregate'
  | 'ip'
  | 'ipv4'
  | 'ipv6'
  | 'protocol'
  | 'gre'
  | 'udp'
  | 'tcp'
  | 'datagram'
  | 'fragment'
  | 'other'
  | 'foreign'
  | 'encrypted'
  | 'cut'
  | 'malformed';

export function newCursor(): Cursor {
  const fragment = { fragmentId: 0, fragmentOffset: 0, moreFragments: false, protocol: 0 };
  return { bytes: Buffer.alloc(0), at: 0, end: 0, sent: 0, addresses: 0, width: 4, ...fragment, opened: '' };
}

/** Two bytes as an unsigned number in network order; the caller has made sure that they are there. */
export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** Four bytes as a signed number in network order. */
export function i32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** Makes a layer end at `sent`, or where the one around it ends. */
export function narrow(cursor: Cursor, sent: number): void {
  if (sent < cursor.end) cursor.end = sent;
  cursor.sent = sent;
}

/** Passes over `length` bytes, behind which `then` begins. */
export function skip(cursor: Cursor, length: number, then: Layer): Layer {
  if (cursor.end - cursor.at < length) return 'cut';
  cursor.at += length;
  return then;
}
