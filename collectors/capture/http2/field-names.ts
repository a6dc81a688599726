import { decodeHuffman } from './huffman.ts';

const slots = 512;
const longest = 48;

interface Known {
  /** As it stood in the block. */
  encoded: Uint8Array;
  text: string;
}

/** Names that were met, by a hash of their encoded bytes: programs send few of them, again on every connection. Names only, no values. */
const known: (Known | undefined)[] = new Array(slots);
const decoded = new Uint8Array(Math.ceil((65_536 * 8) / 5));

/** Text of a string literal's bytes (RFC 7541, section 5.2), one character a byte; `null` when they are no Huffman code. */
export function literal(bytes: Buffer, from: number, to: number, huffman: boolean): string | null {
  if (!huffman) return bytes.toString('latin1', from, to);
  if ((to - from) * 8 > decoded.length * 5) return null;
  const length = decodeHuffman(bytes, from, to, decoded);
  return length < 0 ? null : scratch.toString('latin1', 0, length);
}

/** The same for a field's name, in lower case; hot, so that a name is made a string once. */
export function literalName(bytes: Buffer, from: number, to: number, huffman: boolean): string | null {
  const length = to - from;
  if (length > longest) return literal(bytes, from, to, huffman)?.toLowerCase() ?? null;
  let hash = huffman ? 17 : 29;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  // The same bytes may stand for two names, plain and encoded: the parity of the slot tells them apart.
  const slot = ((hash ^ (hash >>> 15)) & (slots - 2)) | (huffman ? 1 : 0);
  const found = known[slot];
  if (found !== undefined && same(found.encoded, bytes, from, length)) return found.text;
  const text = literal(bytes, from, to, huffman)?.toLowerCase();
  if (text === undefined) return null;
  known[slot] = { encoded: Uint8Array.prototype.slice.call(bytes, from, to), text };
  return text;
}

function same(encoded: Uint8Array, bytes: Buffer, from: number, length: number): boolean {
  if (encoded.length !== length) return false;
  for (let i = 0; i < length; i++) if (encoded[i] !== bytes[from + i]) return false;
  return true;
}

const scratch = Buffer.from(decoded.buffer);
