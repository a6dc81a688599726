/** What `pcap-parser` 0.2.1 takes and emits, as far as it is used here. */
declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events';

  export interface PacketHeader {
    timestampSeconds: number;
    timestampMicroseconds: number;
    /** Read again when the packet's data is cut out, so a listener may change it. */
    capturedLength: number;
    originalLength: number;
  }

  export interface Parser extends EventEmitter {
    on(event: 'packetHeader', listener: (header: PacketHeader) => void): this;
    on(event: 'packet', listener: (packet: { header: PacketHeader; data: Buffer }) => void): this;
  }

  export function parse(input: EventEmitter & { pause(): void; resume(): void }): Parser;
}
