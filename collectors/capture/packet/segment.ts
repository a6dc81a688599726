/**
 * A TCP segment or UDP datagram where it lies in a packet. One object serves for all of them: what is kept is copied.
 */
export interface Segment {
  /** The packet, or what was put together of its fragments. */
  bytes: Buffer;
  /** Where the source address begins in `bytes`; the destination's stands behind it. */
  addresses: number;
  /** Bytes of an address: 4 or 16. */
  width: 4 | 16;
  sourcePort: number;
  destinationPort: number;
  /** Unsigned 32 bits as in a signed number, like all sequence numbers here. Of TCP. */
  seq: number;
  /** With the flag ACK. */
  ack: number;
  /** TCP's flags: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32. */
  flags: number;
  /** The captured data is `bytes[from, to)`. */
  from: number;
  to: number;
  /** Bytes of data that were sent; more than `to - from` when the recording cut the packet. */
  length: number;
  /** The packet's number and time (epoch milliseconds, with a fraction). */
  ref: number;
  at: number;
}

/** Receives what was in the packets, tunnels opened. */
export interface SegmentSink {
  /** Hot. Only those that carry data, SYN, FIN or RST: pure acknowledgements, near half of all packets, do not come. */
  tcp(segment: Segment): void;
  /** Only those that may carry QUIC: UDP from or to port 443 or 8443 whose first byte is that of a long header. */
  udp(segment: Segment): void;
}
