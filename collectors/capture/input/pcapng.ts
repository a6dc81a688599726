import { type Cutter, longestPacket, mostUncut } from './cutter.ts';
import { broken, type Trouble, trouble } from './format.ts';
import type { PacketSink } from './packets.ts';

/** Block types (draft-ietf-opsawg-pcapng, section 4). */
const sectionHeader = 0x0a0d0d0a;
const interfaceDescription = 1;
const oldPacket = 2;
const simplePacket = 3;
const enhancedPacket = 6;
const decryptionSecrets = 10;

const byteOrder = 0x1a2b3c4d;
/** `TLSK`: secrets in the format of SSLKEYLOGFILE. */
const tlsKeyLog = 0x544c534b;

const optionEnd = 0;
const optionResolution = 9;
const optionOffset = 14;

/** Where the data of an Enhanced or an obsolete Packet Block begins, of a Simple one, and of a Decryption Secrets Block. */
const packetData = 28;
const simpleData = 12;
const secretsData = 16;

/** Of one section: 16 bits name an interface in the obsolete Packet Block, and nobody has as many. */
const maxInterfaces = 65_536;

/** The longest time that a `Date` can hold. */
const maxTime = 8.64e15;

/** What is read at once of a long list of secrets. */
const secretsPiece = 65_536;

const nothing = Buffer.alloc(0);

/**
 * Cuts a pcapng capture: sections of either byte order, interfaces with link, snap length and clock of their own, and packets in
 * Enhanced, Simple and obsolete Packet Blocks. Blocks of other types are passed over, however long they are.
 */
export class PcapngCutter implements Cutter {
  trouble: Trouble | null = null;
  readonly #sink: PacketSink;
  #bytes: Buffer = nothing;
  #view: DataView = new DataView(nothing.buffer);
  #little = true;
  /** Of the section's interfaces: LINKTYPE_, longest packet, kept bytes, clock. */
  readonly #links: number[] = [];
  readonly #longest: number[] = [];
  readonly #snaps: number[] = [];
  readonly #clocks: Clock[] = [];
  #number = 0;
  #time = 0;
  /** Where in the capture the piece that is cut begins, and where in it the block in hand. */
  #position = 0;
  /** Bytes of the block in hand that hold secrets, and those behind them that are passed over. */
  #secrets = 0;
  #rest = 0;

  constructor(sink: PacketSink) {
    this.#sink = sink;
  }

  cut(bytes: Buffer, from: number, to: number): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    let at = from;
    while (this.trouble === null) {
      const next =
        this.#secrets > 0 ? this.#cutSecrets(at, to) : this.#rest > 0 ? this.#pass(at, to) : this.#block(at, to);
      if (next === at) break;
      this.#position += next - at;
      at = next;
    }
    return at;
  }

  end(left: number): Trouble | null {
    if (left === 0 && this.#secrets === 0 && this.#rest === 0) return null;
    return this.#broken('the file ends inside a block, before packet');
  }

  /** Hot. Takes the block at `at`, and answers where it ends: `at` when it is not there as far as it is needed. */
  #block(at: number, to: number): number {
    if (to - at < 12) return at;
    const view = this.#view;
    const type = view.getUint32(at, this.#little);
    if (type === sectionHeader) return this.#section(at, to);
    const total = view.getUint32(at + 4, this.#little);
    if (total < 12 || total % 4 !== 0)
      return this.#stop(`a block cannot have ${total} bytes: corrupt before packet`, at);
    if (type === enhancedPacket || type === simplePacket || type === oldPacket || type === interfaceDescription) {
      if (total > mostUncut) return this.#stop(`a block of ${total} bytes is corrupt, in packet`, at);
      if (at + total > to) return at;
      const end = at + total;
      if (view.getUint32(end - 4, this.#little) !== total) {
        return this.#stop('a block whose two lengths differ is corrupt, in packet', at);
      }
      if (type === interfaceDescription) return this.#interface(at, end);
      return type === simplePacket ? this.#simple(at, end) : this.#packet(at, end, type);
    }
    if (type === decryptionSecrets) return this.#secretsBlock(at, to, total);
    this.#rest = total - 12;
    return at + 12;
  }

  #section(at: number, to: number): number {
    if (to - at < 16) return at;
    const view = this.#view;
    const little = view.getUint32(at + 8, true) === byteOrder;
    if (!little && view.getUint32(at + 8, false) !== byteOrder) {
      return this.#stop('a section without its byte order is corrupt, before packet', at);
    }
    const total = view.getUint32(at + 4, little);
    if (total < 28 || total % 4 !== 0)
      return this.#stop(`a section header cannot have ${total} bytes: corrupt before packet`, at);
    const major = view.getUint16(at + 12, little);
    if (major !== 1) {
      const version = `${major}.${view.getUint16(at + 14, little)}`;
      const mend = 'convert it: editcap -F pcapng IN OUT';
      this.trouble = trouble('unsupported', `a section is pcapng ${version}, which is not read`, mend);
      return at;
    }
    this.#little = little;
    for (const list of [this.#links, this.#longest, this.#snaps, this.#clocks]) list.length = 0;
    this.#rest = total - 16;
    return at + 16;
  }

  #interface(at: number, end: number): number {
    const view = this.#view;
    const little = this.#little;
    if (end - at < 20) return this.#stop('an interface without a link type is corrupt, before packet', at);
    if (this.#links.length === maxInterfaces) return this.#stop('there are too many interfaces, before packet', at);
    const snap = view.getUint32(at + 12, little);
    let resolution = 6;
    let offset = 0;
    for (let option = at + 16; option + 4 <= end - 4; ) {
      const code = view.getUint16(option, little);
      const length = view.getUint16(option + 2, little);
      if (code === optionEnd) break;
      const value = option + 4;
      if (value + length > end - 4)
        return this.#stop('options that run over their block are corrupt, before packet', at);
      if (code === optionResolution && length === 1) resolution = view.getUint8(value);
      // Seconds, signed.
      if (code === optionOffset && length === 8) offset = Number(view.getBigInt64(value, little)) * 1_000;
      option = value + length + padding(length);
    }
    this.#links.push(view.getUint16(at + 8, little));
    this.#longest.push(longestPacket(snap));
    this.#snaps.push(snap === 0 ? longestPacket(0) : snap);
    this.#clocks.push(new Clock(resolution, offset));
    return end;
  }

  /** Hot. */
  #packet(at: number, end: number, type: number): number {
    if (end - at < packetData + 4) return this.#stop('a block too short for its packet is corrupt, in packet', at);
    const view = this.#view;
    const little = this.#little;
    const on = type === enhancedPacket ? view.getUint32(at + 8, little) : view.getUint16(at + 8, little);
    if (on >= this.#links.length) return this.#stop('an interface that was not described stands in packet', at);
    const captured = view.getUint32(at + 20, little);
    const from = at + packetData;
    if (captured > this.#longest[on]! || from + captured > end - 4) {
      return this.#stop(`a captured length of ${captured} bytes is corrupt, in packet`, at);
    }
    const length = view.getUint32(at + 24, little);
    this.#time = this.#clocks[on]!.time(view.getUint32(at + 12, little), view.getUint32(at + 16, little));
    const whole = Math.max(length, captured);
    this.#sink.packet(this.#bytes, from, from + captured, whole, this.#time, this.#links[on]!, ++this.#number);
    return end;
  }

  /** Hot. Of the section's first interface, without a time; what was captured is told by the lengths around it. */
  #simple(at: number, end: number): number {
    if (end - at < simpleData + 4) return this.#stop('a block too short for its packet is corrupt, in packet', at);
    if (this.#links.length === 0) return this.#stop('an interface that was not described stands in packet', at);
    const length = this.#view.getUint32(at + 8, this.#little);
    const from = at + simpleData;
    const captured = Math.min(length, this.#snaps[0]!, end - 4 - from);
    if (captured > this.#longest[0]!)
      return this.#stop(`a captured length of ${captured} bytes is corrupt, in packet`, at);
    this.#sink.packet(this.#bytes, from, from + captured, length, this.#time, this.#links[0]!, ++this.#number);
    return end;
  }

  #secretsBlock(at: number, to: number, total: number): number {
    if (total < secretsData + 4) return this.#stop('a block too short for its secrets is corrupt, before packet', at);
    if (to - at < secretsData) return at;
    const type = this.#view.getUint32(at + 8, this.#little);
    const length = this.#view.getUint32(at + 12, this.#little);
    const room = total - secretsData - 4;
    if (length > room) return this.#stop('secrets that run over their block are corrupt, before packet', at);
    this.#secrets = type === tlsKeyLog ? length : 0;
    this.#rest = total - secretsData - this.#secrets;
    return at + secretsData;
  }

  /** Gives whole lines; one that is longer than a piece is none. */
  #cutSecrets(at: number, to: number): number {
    const there = Math.min(this.#secrets, to - at);
    if (there < this.#secrets && there < secretsPiece) return at;
    const bytes = this.#bytes.subarray(at, at + there);
    const lines = there === this.#secrets ? there : bytes.lastIndexOf(10) + 1;
    if (lines > 0) this.#sink.secrets(bytes.toString('latin1', 0, lines));
    const taken = lines > 0 ? lines : there;
    this.#secrets -= taken;
    return at + taken;
  }

  #pass(at: number, to: number): number {
    const passed = Math.min(this.#rest, to - at);
    this.#rest -= passed;
    return at + passed;
  }

  #stop(what: string, at: number): number {
    this.trouble = this.#broken(what);
    return at;
  }

  #broken(what: string): Trouble {
    return broken(`${what} ${this.#number + 1}`, this.#position);
  }
}

/** An interface's clock. */
class Clock {
  /** In a second, as a number and exactly. */
  readonly #ticks: number;
  readonly #exact: bigint;
  /** Milliseconds to add. */
  readonly #offset: number;
  /** The upper half of the last time, the milliseconds in it, and the thousandths of a tick that are left. */
  #high = -1;
  #base = 0;
  #left = 0;

  /** By if_tsresol, a negative power of ten, or of two with the highest bit set; and by if_tsoffset in milliseconds. */
  constructor(resolution: number, offset: number) {
    this.#exact = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
    this.#ticks = Number(this.#exact);
    this.#offset = offset;
  }

  /**
   * Hot. Epoch milliseconds of a time in ticks. A count of nanoseconds has more bits than a number holds, so its upper half, which
   * changes every four seconds, is divided exactly.
   */
  time(high: number, low: number): number {
    if (high !== this.#high) this.#raise(high);
    const time = this.#base + (this.#left + low * 1_000) / this.#ticks + this.#offset;
    return Math.min(Math.max(time, 0), maxTime);
  }

  #raise(high: number): void {
    const thousandths = (BigInt(high) << 32n) * 1_000n;
    this.#high = high;
    this.#base = Number(thousandths / this.#exact);
    this.#left = Number(thousandths % this.#exact);
  }
}

/** Values of options are padded to 32 bits. */
function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}
