/** Receives what a capture holds, in its order. */
export interface PacketSink {
  /**
   * Hot: once a packet, without an allocation. `bytes[from, to)` was captured of `length` bytes on the wire (never less than
   * `to - from`), at `at` (epoch milliseconds with a fraction, between 0 and 8.64e15; a packet without a time has that of the packet
   * before it, or 0), on a link of type `link` (LINKTYPE_), as the capture's packet `number` (from 1).
   *
   * The bytes are used again when the call returns; around the packet stand its neighbours. It must not throw.
   */
  packet(bytes: Buffer, from: number, to: number, length: number, at: number, link: number, number: number): void;
  /**
   * TLS secrets that stand in the capture (pcapng's Decryption Secrets Block), in the format of SSLKEYLOGFILE: whole lines, of a
   * long block in several calls.
   */
  secrets(keyLog: string): void;
}
