import type { Bytes } from './bytes.ts';
import { huffmanLength, writeHuffman } from './huffman.ts';

/** The static table (RFC 7541, appendix A), from index 1. */
const table = `:authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200|:status 204|:status 206|:status 304|:status 400|:status 404|:status 500|accept-charset|accept-encoding gzip, deflate|accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|content-encoding|content-language|content-length|content-location|content-range|content-type|cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards|proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate`;

const names = new Map<string, number>();
const pairs = new Map<string, number>();
for (const [at, entry] of table.split('|').entries()) {
  const space = entry.indexOf(' ');
  const name = space < 0 ? entry : entry.slice(0, space);
  if (!names.has(name)) names.set(name, at + 1);
  if (space >= 0) pairs.set(`${name}\n${entry.slice(space + 1)}`, at + 1);
}

const maxSize = 4_096;

/** One direction's header compression (RFC 7541): a table of 4,096 bytes, Huffman where it is shorter, when it is wanted. */
export class HpackEncoder {
  readonly #huffman: boolean;
  /** Insertion number of what the dynamic table holds, oldest first. */
  readonly #dynamic = new Map<string, number>();
  #inserted = 0;
  #size = 0;

  constructor(huffman: boolean) {
    this.#huffman = huffman;
  }

  /** Writes a field. `keep`: into the dynamic table, so that it is a byte or two the next time. */
  field(to: Bytes, name: string, value: string, keep: boolean): void {
    const pair = `${name}\n${value}`;
    const fixed = pairs.get(pair);
    if (fixed !== undefined) {
      integer(to, 0x80, 7, fixed);
      return;
    }
    const kept = this.#dynamic.get(pair);
    if (kept !== undefined) {
      integer(to, 0x80, 7, 61 + this.#inserted - kept);
      return;
    }
    const nameAt = names.get(name) ?? 0;
    if (keep) integer(to, 0x40, 6, nameAt);
    // Credentials are never to be compressed by those who pass them on (section 7.1.3).
    else integer(to, name === 'authorization' ? 0x10 : 0, 4, nameAt);
    if (nameAt === 0) this.#string(to, name);
    this.#string(to, value);
    if (keep) this.#insert(pair, name.length + value.length + 32);
  }

  #insert(pair: string, size: number): void {
    this.#size += size;
    for (const [oldest] of this.#dynamic) {
      if (this.#size <= maxSize) break;
      this.#dynamic.delete(oldest);
      this.#size -= oldest.length - 1 + 32;
    }
    if (size <= maxSize) this.#dynamic.set(pair, this.#inserted++);
  }

  #string(to: Bytes, text: string): void {
    const length = this.#huffman ? huffmanLength(text) : -1;
    if (length >= 0 && length < text.length) {
      integer(to, 0x80, 7, length);
      writeHuffman(to, text);
    } else {
      integer(to, 0, 7, text.length);
      to.text(text);
    }
  }
}

/** An integer with a prefix of so many bits (section 5.1). */
function integer(to: Bytes, first: number, prefix: number, value: number): void {
  const most = (1 << prefix) - 1;
  if (value < most) {
    to.byte(first | value);
    return;
  }
  to.byte(first | most);
  let rest = value - most;
  for (; rest >= 128; rest >>>= 7) to.byte((rest & 127) | 128);
  to.byte(rest);
}
