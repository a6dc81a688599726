import type { Segment } from '#collectors/capture/packet/segment';
import { hashPair } from '#collectors/traffic/hash';
import type { Side } from './receiver.ts';

/** Words of a key: two addresses of four, both ports. */
const words = 9;
const firstCapacity = 256;

/**
 * Connections by their addresses and ports, in either direction, each with a slot: an open-addressed table of 32-bit numbers over rows
 * that keep their place while it grows. Hot: `find` runs once a segment and allocates nothing.
 */
export class FlowKeys {
  /** Of the segment that was looked for last: which side sent it. Side 0 is the lower address, and port. */
  side: Side = 0;
  size = 0;
  capacity = firstCapacity;
  /** By hash, twice as many as slots: a slot and one, 0 for none. */
  #table = new Int32Array(firstCapacity * 2);
  #rows = new Int32Array(firstCapacity * words);
  /** 0 for a free slot, else the width of its addresses. */
  #widths = new Uint8Array(firstCapacity);
  #free: number[] = [];
  /** Slots that were ever used. */
  #used = 0;
  /** The key that was looked for last. */
  readonly #key = new Int32Array(words);
  readonly #seed: number;
  #width: 4 | 16 = 4;
  #hash = 0;

  /** `seed` is to be random: whoever makes a capture shall not be able to make collisions. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Whether the segment's connection is the `index`-th of `of` parts, into which all are divided evenly. */
  isIn(segment: Segment, index: number, of: number): boolean {
    this.#read(segment);
    return isLotIn(hashOf(this.#key, 0, this.#width, 0), index, of);
  }

  /** Its slot, or -1. */
  find(segment: Segment): number {
    this.#read(segment);
    const mask = this.#table.length - 1;
    for (let at = this.#hash & mask; ; at = (at + 1) & mask) {
      const slot = this.#table[at]! - 1;
      if (slot < 0 || this.#isKey(slot)) return slot;
    }
  }

  /** A slot for the segment that was looked for last, and not found. */
  add(): number {
    if (this.size === this.capacity) this.#grow();
    const slot = this.#free.pop() ?? this.#used++;
    this.#rows.set(this.#key, slot * words);
    this.#widths[slot] = this.#width;
    this.#insert(slot, this.#hash);
    this.size++;
    return slot;
  }

  has(slot: number): boolean {
    return this.#widths[slot] !== 0;
  }

  /** Frees a slot. Rows behind it in the table move up, so that each is found from its own place on. */
  remove(slot: number): void {
    const table = this.#table;
    const mask = table.length - 1;
    let hole = this.#hashOf(slot) & mask;
    while (table[hole] !== slot + 1) hole = (hole + 1) & mask;
    for (let at = (hole + 1) & mask; table[at] !== 0; at = (at + 1) & mask) {
      const home = this.#hashOf(table[at]! - 1) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      table[hole] = table[at]!;
      hole = at;
    }
    table[hole] = 0;
    this.#widths[slot] = 0;
    this.#free.push(slot);
    this.size--;
  }

  clear(): void {
    this.capacity = firstCapacity;
    this.#table = new Int32Array(firstCapacity * 2);
    this.#rows = new Int32Array(firstCapacity * words);
    this.#widths = new Uint8Array(firstCapacity);
    this.#free = [];
    this.#used = 0;
    this.size = 0;
  }

  /** Uniform in 32 bits, unsigned, of the addresses and ports alone. */
  lot(slot: number): number {
    return hashOf(this.#rows, slot * words, this.#widths[slot]!, 0) >>> 0;
  }

  /** Of side 0 and side 1: address bytes, one a character, and behind them the port as one character. */
  endpoints({ bytes, addresses, width, sourcePort, destinationPort }: Segment): [string, string] {
    const source = bytes.toString('latin1', addresses, addresses + width) + String.fromCharCode(sourcePort);
    const destination =
      bytes.toString('latin1', addresses + width, addresses + 2 * width) + String.fromCharCode(destinationPort);
    return this.side === 0 ? [source, destination] : [destination, source];
  }

  #read({ bytes, addresses, width, sourcePort, destinationPort }: Segment): void {
    const key = this.#key;
    this.#width = width;
    let order = 0;
    if (width === 4) {
      const source = word(bytes, addresses);
      const destination = word(bytes, addresses + 4);
      order = source === destination ? sourcePort - destinationPort : source >>> 0 < destination >>> 0 ? -1 : 1;
      const lower = order < 0 ? source : destination;
      const upper = order < 0 ? destination : source;
      key[0] = lower;
      key[4] = upper;
    } else {
      for (let i = 0; i < 16 && order === 0; i++) order = bytes[addresses + i]! - bytes[addresses + 16 + i]!;
      if (order === 0) order = sourcePort - destinationPort;
      const lower = order < 0 ? addresses : addresses + 16;
      const upper = order < 0 ? addresses + 16 : addresses;
      for (let i = 0; i < 4; i++) {
        key[i] = word(bytes, lower + i * 4);
        key[4 + i] = word(bytes, upper + i * 4);
      }
    }
    key[8] = ports(order < 0, sourcePort, destinationPort);
    this.side = order < 0 ? 0 : 1;
    this.#hash = hashOf(key, 0, width, this.#seed);
  }

  #isKey(slot: number): boolean {
    const key = this.#key;
    const rows = this.#rows;
    const row = slot * words;
    if (rows[row] !== key[0] || rows[row + 4] !== key[4] || rows[row + 8] !== key[8]) return false;
    if (this.#widths[slot] !== this.#width) return false;
    if (this.#width === 4) return true;
    for (let i = 1; i < 8; i++) if (rows[row + i] !== key[i]) return false;
    return true;
  }

  #hashOf(slot: number): number {
    return hashOf(this.#rows, slot * words, this.#widths[slot]!, this.#seed);
  }

  #insert(slot: number, hash: number): void {
    const mask = this.#table.length - 1;
    let at = hash & mask;
    while (this.#table[at] !== 0) at = (at + 1) & mask;
    this.#table[at] = slot + 1;
  }

  #grow(): void {
    this.capacity *= 2;
    const rows = new Int32Array(this.capacity * words);
    rows.set(this.#rows);
    this.#rows = rows;
    const widths = new Uint8Array(this.capacity);
    widths.set(this.#widths);
    this.#widths = widths;
    this.#table = new Int32Array(this.capacity * 2);
    for (let slot = 0; slot < this.#used; slot++) if (this.has(slot)) this.#insert(slot, this.#hashOf(slot));
  }
}

/** Whether a connection of this lot is the `index`-th of `of` parts. By its upper bits: exchanges are sampled by what follows from all. */
export function isLotIn(lot: number, index: number, of: number): boolean {
  return (lot >>> 20) % of === index;
}

function hashOf(rows: Int32Array, row: number, width: number, seed: number): number {
  let hash = hashPair(seed ^ rows[row]!, rows[row + 4]!);
  if (width === 16) for (let i = 1; i < 8; i++) hash = hashPair(hash, rows[row + i]!);
  return hashPair(hash, rows[row + 8]!);
}

function word(bytes: Buffer, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** The lower side's port first. */
function ports(lowerSends: boolean, source: number, destination: number): number {
  return lowerSends ? (source << 16) | destination : (destination << 16) | source;
}
