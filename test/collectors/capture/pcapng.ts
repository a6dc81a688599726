/** Makes pcapng captures for tests, block by block (draft-ietf-opsawg-pcapng, section 4). */

import type { Frame } from './pcap.ts';

/** An option, `[code, value]`. */
export type Option = [code: number, value: Buffer];

export interface SectionOptions {
  bigEndian?: boolean;
}

export interface InterfaceOptions {
  link?: number;
  snap?: number;
  /** if_tsresol as its byte stands in the file. */
  resolution?: number;
  /** if_tsoffset, seconds. */
  offset?: number;
  options?: Option[];
}

/** Writes the blocks of one section. */
export class Section {
  readonly #bigEndian: boolean;
  readonly #clocks: { ticks: number; offset: number }[] = [];

  constructor({ bigEndian = false }: SectionOptions = {}) {
    this.#bigEndian = bigEndian;
  }

  block(type: number, body: Buffer): Buffer {
    const padded = Buffer.concat([body, Buffer.alloc(padding(body.length))]);
    const length = this.word(12 + padded.length);
    return Buffer.concat([this.word(type), length, padded, length]);
  }

  header(major = 1, minor = 0): Buffer {
    const rest = [
      this.#half(major),
      this.#half(minor),
      Buffer.alloc(8, 0xff),
      this.#options([[2, Buffer.from('host')]]),
    ];
    return this.block(0x0a0d0d0a, Buffer.concat([this.word(0x1a2b3c4d), ...rest]));
  }

  interface({ link = 1, snap = 262_144, resolution, offset, options = [] }: InterfaceOptions = {}): Buffer {
    const clock: Option[] = [];
    if (resolution !== undefined) clock.push([9, Buffer.from([resolution])]);
    if (offset !== undefined) clock.push([14, this.#long(BigInt(offset))]);
    const power = resolution ?? 6;
    const ticks = (power & 0x80 ? 2 : 10) ** (power & 0x7f);
    this.#clocks.push({ ticks, offset: offset ?? 0 });
    const body = [this.#half(link), Buffer.alloc(2), this.word(snap), this.#options([...options, ...clock])];
    return this.block(1, Buffer.concat(body));
  }

  /** An Enhanced Packet Block. */
  packet({ at, data, original = data.length }: Frame, on = 0, options: Option[] = []): Buffer {
    const head = [this.word(on), this.#time(at, on), this.word(data.length), this.word(original)];
    const padded = Buffer.concat([data, Buffer.alloc(padding(data.length))]);
    return this.block(6, Buffer.concat([...head, padded, ...(options.length > 0 ? [this.#options(options)] : [])]));
  }

  /** The obsolete Packet Block. */
  oldPacket({ at, data, original = data.length }: Frame, on = 0): Buffer {
    const head = [this.#half(on), this.#half(0xffff), this.#time(at, on), this.word(data.length), this.word(original)];
    return this.block(2, Buffer.concat([...head, data]));
  }

  /** A Simple Packet Block. */
  simplePacket(data: Buffer, original = data.length): Buffer {
    return this.block(3, Buffer.concat([this.word(original), data]));
  }

  /** A Decryption Secrets Block. */
  secrets(text: string, type = 0x544c534b): Buffer {
    const data = Buffer.from(text, 'latin1');
    return this.block(10, Buffer.concat([this.word(type), this.word(data.length), data]));
  }

  word(value: number): Buffer {
    const bytes = Buffer.alloc(4);
    if (this.#bigEndian) bytes.writeUInt32BE(value);
    else bytes.writeUInt32LE(value);
    return bytes;
  }

  #half(value: number): Buffer {
    const bytes = Buffer.alloc(2);
    if (this.#bigEndian) bytes.writeUInt16BE(value);
    else bytes.writeUInt16LE(value);
    return bytes;
  }

  #long(value: bigint): Buffer {
    const bytes = Buffer.alloc(8);
    if (this.#bigEndian) bytes.writeBigInt64BE(value);
    else bytes.writeBigInt64LE(value);
    return bytes;
  }

  #time(at: number, on: number): Buffer {
    const { ticks, offset } = this.#clocks[on] ?? { ticks: 1e6, offset: 0 };
    const count = (BigInt(at - offset * 1_000) * BigInt(ticks)) / 1_000n;
    return Buffer.concat([this.word(Number(count >> 32n)), this.word(Number(count & 0xffff_ffffn))]);
  }

  #options(options: readonly Option[]): Buffer {
    const written = options.map(([code, value]) =>
      Buffer.concat([this.#half(code), this.#half(value.length), value, Buffer.alloc(padding(value.length))]),
    );
    return Buffer.concat([...written, Buffer.alloc(4)]);
  }
}

/** A capture of one section and one interface. */
export function pcapngFile(frames: readonly Frame[], options: SectionOptions & InterfaceOptions = {}): Buffer {
  const section = new Section(options);
  return Buffer.concat([section.header(), section.interface(options), ...frames.map((frame) => section.packet(frame))]);
}

function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}
