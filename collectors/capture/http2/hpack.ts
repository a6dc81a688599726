import type { Budget } from '#collectors/capture/tcp/receiver';
import { DynamicTable } from './dynamic-table.ts';
import { literal, literalName } from './field-names.ts';
import { staticNames, staticValues } from './static-table.ts';

const staticCount = staticNames.length - 1;

/** Hears the fields of a block in their order. `null` stands for what an unknown entry of the table holds. */
export interface Fields {
  field(name: string | null, value: string | null): void;
}

/**
 * Decodes the header blocks of one direction (RFC 7541), each whole and in its order. Where the table is known in part only, so are the
 * fields; nothing is guessed.
 */
export class HpackDecoder {
  readonly table: DynamicTable;
  #at = 0;

  constructor(budget: Budget) {
    this.table = new DynamicTable(budget);
  }

  /**
   * Whether `bytes[from, to)` was a header block; fields before an error have been told by then, and the table is of no use any more.
   * Time and memory are bounded by the block's length: entries that are told again and again are the same strings.
   */
  decode(bytes: Buffer, from: number, to: number, fields: Fields): boolean {
    this.#at = from;
    while (this.#at < to) {
      const byte = bytes[this.#at]!;
      if (byte >= 0x80) {
        if (!this.#indexed(bytes, to, fields)) return false;
      } else if ((byte & 0xe0) === 0x20) {
        const size = this.#integer(bytes, to, 0x1f);
        if (size < 0) return false;
        this.table.resize(size);
      } else if (!this.#literal(bytes, to, byte >= 0x40, fields)) {
        return false;
      }
    }
    return true;
  }

  /** Section 6.1. */
  #indexed(bytes: Buffer, to: number, fields: Fields): boolean {
    const index = this.#integer(bytes, to, 0x7f);
    if (index <= 0) return false;
    if (index <= staticCount) {
      fields.field(staticNames[index]!, staticValues[index]!);
      return true;
    }
    const entry = index - staticCount - 1;
    const { table } = this;
    if (entry < table.count) fields.field(table.name(entry), table.value(entry));
    else if (table.partial) fields.field(null, null);
    else return false;
    return true;
  }

  /** Section 6.2. */
  #literal(bytes: Buffer, to: number, inserts: boolean, fields: Fields): boolean {
    const index = this.#integer(bytes, to, inserts ? 0x3f : 0x0f);
    if (index < 0) return false;
    let name: string | null;
    if (index === 0) {
      name = this.#string(bytes, to, true);
      if (name === null) return false;
    } else if (index <= staticCount) {
      name = staticNames[index]!;
    } else {
      const entry = index - staticCount - 1;
      const isKnown = entry < this.table.count;
      if (!isKnown && !this.table.partial) return false;
      name = isKnown ? this.table.name(entry) : null;
    }
    const value = this.#string(bytes, to, false);
    if (value === null) return false;
    if (inserts) this.table.insert(name, value);
    fields.field(name, value);
    return true;
  }

  /** Section 5.2; `null` when there is none. */
  #string(bytes: Buffer, to: number, isName: boolean): string | null {
    if (this.#at >= to) return null;
    const huffman = bytes[this.#at]! >= 0x80;
    const length = this.#integer(bytes, to, 0x7f);
    const from = this.#at;
    if (length < 0 || length > to - from) return null;
    this.#at = from + length;
    return isName ? literalName(bytes, from, from + length, huffman) : literal(bytes, from, from + length, huffman);
  }

  /** Section 5.1: the number whose prefix are the bits of `mask` in the next byte; -1 when it is cut or beyond 35 bits. */
  #integer(bytes: Buffer, to: number, mask: number): number {
    let value = bytes[this.#at++]! & mask;
    if (value < mask) return value;
    for (let factor = 1; factor <= 0x1000_0000; factor *= 0x80) {
      if (this.#at >= to) return -1;
      const byte = bytes[this.#at++]!;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    return -1;
  }
}
