import { EventEmitter } from 'node:events';
import { type PacketHeader, parse } from 'pcap-parser';
import { openRegular } from '#collectors/open';
import { type CaptureHeader, copyAgain, headerLength, readHeader, type Trouble } from './format.ts';

export interface Packet {
  /** In the file, from 1. */
  number: number;
  /** Epoch milliseconds. */
  at: number;
  data: Buffer;
}

/** Packets of one piece of a file. Their data is valid until the next batch is asked for. */
export interface Batch {
  link: number;
  packets: Packet[];
  /** Bytes of the file read so far. */
  bytes: number;
  /** In the last batch: why the file was not read to its end. */
  trouble: Trouble | null;
}

/** `pcap-parser` copies each chunk behind what it still holds: 64 KiB chunks cost twice as much as these. */
const chunkLength = 1_048_576;

/** MAXIMUM_SNAPLEN of libpcap. A longer packet is a corrupt length, for which the parser would buffer the rest of the file. */
const maxPacketLength = 262_144;

/**
 * Headers of zeros in a row: nobody records a packet without length at the beginning of 1970, and no more than one by a
 * mistake. It is what a file system gives for blocks that were never written.
 */
const maxZeroHeaders = 1_024;

/**
 * Reads a classic pcap file in pieces of 1 MiB; nothing is read ahead of the consumer.
 *
 * A file that is cut or corrupt gives what stands before the break, and says where it is.
 *
 * @throws what opening or reading the file throws, and the signal's reason once it is aborted.
 */
export async function* readPackets(path: string, signal: AbortSignal): AsyncGenerator<Batch> {
  const file = await openRegular(path);
  try {
    const head = Buffer.alloc(headerLength);
    const { bytesRead } = await file.read(head, 0, headerLength, 0);
    const header = readHeader(head.subarray(0, bytesRead));
    if ('problem' in header) {
      yield { link: -1, packets: [], bytes: bytesRead, trouble: header };
      return;
    }
    const cutter = new PacketCutter(header);
    // One buffer serves every read, since the parser copies out of it all but the file header's own 24 bytes.
    const chunk = Buffer.allocUnsafe(chunkLength);
    let bytes = headerLength;
    while (cutter.trouble === null) {
      signal.throwIfAborted();
      const read = await file.read(chunk, 0, chunkLength, bytes);
      bytes += read.bytesRead;
      if (read.bytesRead === 0) {
        yield { link: header.link, packets: cutter.rest(), bytes, trouble: cutter.cutOff(bytes) };
        return;
      }
      const packets = cutter.cut(chunk.subarray(0, read.bytesRead));
      yield { link: header.link, packets, bytes, trouble: cutter.trouble };
    }
  } finally {
    await file.close();
  }
}

/** Drives `pcap-parser`, which takes a stream and checks nothing, chunk by chunk. */
class PacketCutter {
  trouble: Trouble | null = null;
  readonly #header: CaptureHeader;
  readonly #input = Object.assign(new EventEmitter(), { pause: () => undefined, resume: () => undefined });
  #packets: Packet[] = [];
  /** A run of headers of zeros, until it is known what it is. */
  #zeros: Packet[] = [];
  #number = 0;
  /** Where in the file the next packet's header stands. */
  #position = headerLength;

  constructor(header: CaptureHeader) {
    this.#header = header;
    const parser = parse(this.#input);
    parser.on('packetHeader', (packet) => this.#check(packet));
    parser.on('packet', ({ header, data }) => this.#take(header, data));
    this.#input.emit('data', plainHeader(header));
  }

  cut(chunk: Buffer): Packet[] {
    this.#packets = [];
    this.#input.emit('data', chunk);
    return this.#packets;
  }

  /** What was held back until the file's end. */
  rest(): Packet[] {
    return this.#zeros;
  }

  /** What is wrong with a file that ends at `bytes`. */
  cutOff(bytes: number): Trouble | null {
    return bytes === this.#position ? null : this.#broken('the file ends inside packet');
  }

  #check(packet: PacketHeader): void {
    if (packet.capturedLength > maxPacketLength) {
      this.trouble = this.#broken(`a captured length of ${packet.capturedLength} bytes is corrupt, in packet`);
    } else if (this.#zeros.length === maxZeroHeaders) {
      this.#number -= maxZeroHeaders;
      this.#position -= maxZeroHeaders * (16 + this.#header.extra);
      this.trouble = this.#broken('zeros stand in place of packet');
    }
    if (this.trouble !== null) {
      // More than will ever come: the parser stops here.
      packet.capturedLength = Number.POSITIVE_INFINITY;
    } else {
      packet.capturedLength += this.#header.extra;
    }
  }

  #take(packet: PacketHeader, data: Buffer): void {
    this.#number++;
    this.#position += 16 + data.length;
    const { fractions, extra } = this.#header;
    const milliseconds = Math.min(999, Math.floor(packet.timestampMicroseconds / (fractions / 1_000)));
    const taken = {
      number: this.#number,
      at: packet.timestampSeconds * 1_000 + milliseconds,
      data: extra === 0 ? data : data.subarray(extra),
    };
    if (taken.at === 0 && taken.data.length === 0 && packet.originalLength === 0) {
      this.#zeros.push(taken);
      return;
    }
    if (this.#zeros.length > 0) {
      this.#packets.push(...this.#zeros);
      this.#zeros = [];
    }
    this.#packets.push(taken);
  }

  #broken(what: string): Trouble {
    const message = `${what} ${this.#number + 1}; what follows it was not read`;
    return { completeness: 'partial', problem: { message, where: `byte ${this.#position}`, mend: copyAgain } };
  }
}

/** The file header in the one variant that `pcap-parser` knows: microseconds, without additions. */
function plainHeader({ bigEndian, link }: CaptureHeader): Buffer {
  const plain = Buffer.alloc(headerLength);
  const view = new DataView(plain.buffer, plain.byteOffset);
  view.setUint32(0, 0xa1b2c3d4, !bigEndian);
  view.setUint16(4, 2, !bigEndian);
  view.setUint16(6, 4, !bigEndian);
  view.setUint32(20, link, !bigEndian);
  return plain;
}
