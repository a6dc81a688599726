import { EventEmitter } from 'node:events';
import { type PacketHeader, parse } from 'pcap-parser';
import type { Cutter } from './cutter.ts';
import type { Trouble } from './format.ts';
import type { PacketSink } from './packets.ts';
import { type PcapHeader, PcapRecords, pcapHeaderLength } from './pcap.ts';

/**
 * Cuts a classic capture that arrives as a stream, from behind its header on, by `pcap-parser`. That checks nothing, so a length that
 * cannot be ends it here; and it copies each piece behind what it still holds, so pieces of 64 KiB cost twice as much as those of 1 MiB.
 */
export class PcapStreamCutter implements Cutter {
  readonly #records: PcapRecords;
  readonly #extra: number;
  readonly #input = Object.assign(new EventEmitter(), { pause: () => undefined, resume: () => undefined });
  /** Bytes that the parser holds. */
  #held = 0;

  constructor(header: PcapHeader, sink: PacketSink) {
    this.#records = new PcapRecords(header, sink);
    this.#extra = header.extra;
    const parser = parse(this.#input);
    parser.on('packetHeader', (packet) => this.#check(packet));
    parser.on('packet', ({ header, data }) => this.#take(header, data));
    // It keeps the first piece that it gets and copies all others: the caller may use its own again.
    this.#input.emit('data', plainHeader(header));
  }

  get trouble(): Trouble | null {
    return this.#records.trouble;
  }

  cut(bytes: Buffer, from: number, to: number): number {
    if (to > from) {
      this.#held += to - from;
      this.#input.emit('data', bytes.subarray(from, to));
    }
    return to;
  }

  end(): Trouble | null {
    return this.#records.end(this.#held);
  }

  #check(packet: PacketHeader): void {
    if (this.#records.trouble !== null || !this.#records.believes(packet.capturedLength)) {
      // More than will ever come: the parser stops here.
      packet.capturedLength = Number.POSITIVE_INFINITY;
    } else {
      packet.capturedLength += this.#extra;
    }
  }

  #take({ timestampSeconds, timestampMicroseconds, originalLength }: PacketHeader, data: Buffer): void {
    this.#held -= 16 + data.length;
    this.#records.take(data, this.#extra, data.length, originalLength, timestampSeconds, timestampMicroseconds);
  }
}

/** The file header in the one variant that `pcap-parser` knows: microseconds, without additions. */
function plainHeader({ bigEndian, link }: PcapHeader): Buffer {
  const plain = Buffer.alloc(pcapHeaderLength);
  const view = new DataView(plain.buffer, plain.byteOffset);
  view.setUint32(0, 0xa1b2c3d4, !bigEndian);
  view.setUint16(4, 2, !bigEndian);
  view.setUint16(6, 4, !bigEndian);
  view.setUint32(20, link, !bigEndian);
  return plain;
}
