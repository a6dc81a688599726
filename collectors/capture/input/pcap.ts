import { type Cutter, longestPacket } from './cutter.ts';
import { broken, copyAgain, type Trouble, trouble } from './format.ts';
import type { PacketSink } from './packets.ts';

/** A classic pcap file's header, as draft-ietf-opsawg-pcap lays it out. */
export interface PcapHeader {
  bigEndian: boolean;
  /** Parts of a millisecond in which a packet's time is told: 1,000 or 1,000,000. */
  parts: number;
  /** Bytes between a packet's header and its data: 8 in Kuznetzov's variant (interface, protocol, type), else 0. */
  extra: number;
  /** Bytes that were kept of each packet, as the header says. */
  snap: number;
  /** LINKTYPE_ value, without the bits for a frame check sequence. */
  link: number;
}

export const pcapHeaderLength = 24;
const recordHeaderLength = 16;

/**
 * Headers of zeros in a row: nobody records a packet without length at the beginning of 1970, and no more than one by a
 * mistake. It is what a file system gives for blocks that were never written.
 */
const maxZeroHeaders = 1_024;

const variants: Record<number, Pick<PcapHeader, 'parts' | 'extra'>> = {
  2712847316: { parts: 1_000, extra: 0 },
  2712812621: { parts: 1_000_000, extra: 0 },
  2712849716: { parts: 1_000, extra: 8 },
};

/** Reads the first {@link pcapHeaderLength} bytes of a file whose magic is that of classic pcap, or tells what is wrong with them. */
export function readPcapHeader(head: Buffer): PcapHeader | Trouble {
  if (head.length < pcapHeaderLength) return trouble('partial', 'the file ends inside its header', copyAgain);
  const bigEndian = Object.hasOwn(variants, head.readUInt32BE(0));
  const view = new DataView(head.buffer, head.byteOffset, pcapHeaderLength);
  const variant = variants[view.getUint32(0, !bigEndian)]!;
  const major = view.getUint16(4, !bigEndian);
  const minor = view.getUint16(6, !bigEndian);
  if (major !== 2 || minor < 3) {
    const message = `the file is pcap ${major}.${minor}, which is not read`;
    return trouble('unsupported', message, 'convert it: editcap -F pcap IN OUT');
  }
  const snap = view.getUint32(16, !bigEndian);
  return { ...variant, bigEndian, snap, link: view.getUint32(20, !bigEndian) & 0xffff };
}

/** The packets of a classic capture on their way to the sink: counted, checked, and held back where they may be none. */
export class PcapRecords {
  trouble: Trouble | null = null;
  readonly #sink: PacketSink;
  readonly #link: number;
  readonly #parts: number;
  readonly #longest: number;
  /** Of a packet's header, with what the variant adds. */
  readonly #headerLength: number;
  #number = 0;
  /** Where in the capture the next packet's header stands. */
  #position = pcapHeaderLength;
  /** Headers of zeros since the last packet. */
  #zeros = 0;

  constructor(header: PcapHeader, sink: PacketSink) {
    this.#sink = sink;
    this.#link = header.link;
    this.#parts = header.parts;
    this.#longest = longestPacket(header.snap);
    this.#headerLength = recordHeaderLength + header.extra;
  }

  /** Hot. Whether the next packet can be so long; `trouble` is set when not. */
  believes(captured: number): boolean {
    if (captured <= this.#longest) return true;
    this.#release();
    this.trouble = this.#broken(`a captured length of ${captured} bytes is corrupt, in packet`);
    return false;
  }

  /** Hot. The next packet, `bytes[from, to)`; false when it is one that ends the capture. */
  take(bytes: Buffer, from: number, to: number, length: number, seconds: number, fraction: number): boolean {
    if (to === from && length === 0 && seconds === 0 && fraction === 0) return this.#takeZeros();
    if (this.#zeros > 0) this.#release();
    this.#position += this.#headerLength + to - from;
    this.#number++;
    const part = fraction / this.#parts;
    const at = seconds * 1_000 + (part < 1_000 ? part : 999);
    this.#sink.packet(bytes, from, to, Math.max(length, to - from), at, this.#link, this.#number);
    return true;
  }

  /** {@link Cutter.end} */
  end(left: number): Trouble | null {
    this.#release();
    return left === 0 ? null : this.#broken('the file ends inside packet');
  }

  #takeZeros(): boolean {
    if (this.#zeros < maxZeroHeaders) {
      this.#zeros++;
      return true;
    }
    this.trouble = this.#broken('zeros stand in place of packet');
    return false;
  }

  #release(): void {
    for (; this.#zeros > 0; this.#zeros--) {
      this.#position += this.#headerLength;
      this.#sink.packet(nothing, 0, 0, 0, 0, this.#link, ++this.#number);
    }
  }

  #broken(what: string): Trouble {
    return broken(`${what} ${this.#number + 1}`, this.#position);
  }
}

const nothing = Buffer.alloc(0);

/** Cuts a classic capture, from behind its header on. */
export class PcapCutter implements Cutter {
  readonly #records: PcapRecords;
  readonly #little: boolean;
  readonly #headerLength: number;
  #bytes: Buffer = nothing;
  #view: DataView = new DataView(nothing.buffer);

  constructor(header: PcapHeader, sink: PacketSink) {
    this.#records = new PcapRecords(header, sink);
    this.#little = !header.bigEndian;
    this.#headerLength = recordHeaderLength + header.extra;
  }

  get trouble(): Trouble | null {
    return this.#records.trouble;
  }

  cut(bytes: Buffer, from: number, to: number): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const view = this.#view;
    const little = this.#little;
    const records = this.#records;
    const headerLength = this.#headerLength;
    let at = from;
    while (to - at >= recordHeaderLength) {
      const captured = view.getUint32(at + 8, little);
      if (!records.believes(captured)) break;
      const data = at + headerLength;
      const next = data + captured;
      if (next > to) break;
      const length = view.getUint32(at + 12, little);
      const seconds = view.getUint32(at, little);
      if (!records.take(bytes, data, next, length, seconds, view.getUint32(at + 4, little))) break;
      at = next;
    }
    return at;
  }

  end(left: number): Trouble | null {
    return this.#records.end(left);
  }
}
