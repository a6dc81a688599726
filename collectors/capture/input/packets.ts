/** Receives what a capture file holds, in its order. */
export interface PacketSink {
  /**
   * Hot: once a packet, without an allocation. `bytes[from, to)` was captured of `length` bytes on the wire, at `at` (epoch
   * milliseconds, with a fraction), on a link of type `link` (LINKTYPE_), as the capture's packet `number` (from 1). The bytes are
   * used again when the call returns.
   */
  packet(bytes: Buffer, from: number, to: number, length: number, at: number, link: number, number: number): void;
  /** TLS secrets that stand in the capture (pcapng's Decryption Secrets Block), in the format of SSLKEYLOGFILE. */
  secrets(keyLog: string): void;
}
