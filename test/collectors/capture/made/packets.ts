import { closeSync, openSync, writeSync } from 'node:fs';
import type { Random } from './random.ts';

/** Ethernet, IPv4, and TCP with its timestamps; around them, in a tunnel, Ethernet, IPv4, UDP and VXLAN (RFC 7348). */
const inner = 14 + 20 + 32;
const outer = 14 + 20 + 8 + 8;
const record = 16;

/** The most that a segment carries. */
export const mss = 1_448;

export const flag = { fin: 1, syn: 2, rst: 4, push: 8, ack: 16 } as const;

/** One side's address: IPv4 as a number, and a port. */
export interface Address {
  ip: number;
  port: number;
}

/** A classic pcap file of TCP packets, written block by block; packets are a few microseconds apart. */
export class PacketWriter {
  readonly #file: number;
  readonly #block = Buffer.allocUnsafeSlow(4 * 1_048_576);
  readonly #vxlan: boolean;
  readonly #random: Random;
  #used = 0;
  #written = 0;
  #identification = 0;
  /** The clock: seconds since the epoch, and microseconds. */
  #seconds = Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000;
  #micros = 0;
  /** The clock as HTTP writes it. */
  date = '';
  packets = 0;
  /** Packets without data that only acknowledge. */
  acks = 0;

  constructor(path: string, vxlan: boolean, random: Random) {
    this.#file = openSync(path, 'w');
    this.#vxlan = vxlan;
    this.#random = random;
    this.date = new Date(this.#seconds * 1_000).toUTCString();
    const words = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, 1];
    for (const word of words) this.#used = this.#block.writeUInt32LE(word, this.#used);
  }

  /** Written so far. */
  get bytes(): number {
    return this.#written + this.#used;
  }

  packet(
    from: Address,
    to: Address,
    flags: number,
    seq: number,
    ack: number,
    data: Buffer,
    start: number,
    end: number,
  ): void {
    const payload = end - start;
    const length = inner + payload + (this.#vxlan ? outer : 0);
    if (this.#used + record + length > this.#block.length) this.#flush();
    this.packets++;
    if (payload === 0 && flags === flag.ack) this.acks++;
    const block = this.#block;
    let at = this.#recordHeader(length);
    if (this.#vxlan) at = this.#tunnel(at, inner + payload, from.port);
    at = this.#internet(at, 52 + payload, 6, from.ip, to.ip);
    at = block.writeUInt16BE(from.port, at);
    at = block.writeUInt16BE(to.port, at);
    at = block.writeUInt32BE(seq >>> 0, at);
    at = block.writeUInt32BE(ack >>> 0, at);
    at = block.writeUInt16BE((8 << 12) | flags, at);
    at = block.writeUInt16BE(501, at);
    // No checksum: the network card would have computed it behind the recording.
    at = block.writeUInt32BE(0, at);
    at = block.writeUInt32BE(0x0101_080a, at);
    at = block.writeUInt32BE(this.#micros, at);
    at = block.writeUInt32BE(this.#seconds >>> 0, at);
    data.copy(block, at, start, end);
    this.#used = at + payload;
  }

  /** A connection request as a port scanner sends it: no options, no answer. */
  probe(from: Address, to: Address, seq: number): void {
    if (this.#used + record + 54 > this.#block.length) this.#flush();
    this.packets++;
    const block = this.#block;
    let at = this.#internet(this.#recordHeader(54), 40, 6, from.ip, to.ip);
    at = block.writeUInt16BE(from.port, at);
    at = block.writeUInt16BE(to.port, at);
    at = block.writeUInt32BE(seq >>> 0, at);
    at = block.writeUInt32BE(0, at);
    at = block.writeUInt16BE((5 << 12) | flag.syn, at);
    at = block.writeUInt16BE(1_024, at);
    this.#used = block.writeUInt32BE(0, at);
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #recordHeader(length: number): number {
    const block = this.#block;
    this.#micros += 1 + this.#random.below(8);
    if (this.#micros >= 1_000_000) {
      this.#micros -= 1_000_000;
      this.#seconds++;
      this.date = new Date(this.#seconds * 1_000).toUTCString();
    }
    let at = block.writeUInt32LE(this.#seconds, this.#used);
    at = block.writeUInt32LE(this.#micros, at);
    at = block.writeUInt32LE(length, at);
    return block.writeUInt32LE(length, at);
  }

  /** From a mirror at 10.255.0.1 to a collector at 10.255.0.2. */
  #tunnel(at: number, length: number, port: number): number {
    const block = this.#block;
    at = this.#internet(at, 20 + 8 + 8 + length, 17, 0x0aff_0001, 0x0aff_0002);
    at = block.writeUInt16BE(49_152 + (port & 0x3fff), at);
    at = block.writeUInt16BE(4_789, at);
    at = block.writeUInt16BE(8 + 8 + length, at);
    at = block.writeUInt16BE(0, at);
    at = block.writeUInt32BE(0x0800_0000, at);
    return block.writeUInt32BE(42 << 8, at);
  }

  /** Headers of Ethernet and IPv4. */
  #internet(at: number, length: number, protocol: number, from: number, to: number): number {
    const block = this.#block;
    at = block.writeUInt32BE(0x0242_ac11, at);
    at = block.writeUInt32BE(0x0002_0242, at);
    at = block.writeUInt32BE(0xac11_0003, at);
    at = block.writeUInt16BE(0x0800, at);
    const identification = this.#identification++ & 0xffff;
    const word = 0x4500 + length + identification + 0x4000 + ((64 << 8) | protocol);
    let sum = word + (from >>> 16) + (from & 0xffff) + (to >>> 16) + (to & 0xffff);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    at = block.writeUInt16BE(0x4500, at);
    at = block.writeUInt16BE(length, at);
    at = block.writeUInt16BE(identification, at);
    at = block.writeUInt16BE(0x4000, at);
    at = block.writeUInt16BE((64 << 8) | protocol, at);
    at = block.writeUInt16BE(~sum & 0xffff, at);
    at = block.writeUInt32BE(from >>> 0, at);
    return block.writeUInt32BE(to >>> 0, at);
  }

  #flush(): void {
    for (let from = 0; from < this.#used; ) from += writeSync(this.#file, this.#block, from, this.#used - from);
    this.#written += this.#used;
    this.#used = 0;
  }
}
