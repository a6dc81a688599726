import type { Bytes } from './bytes.ts';

/** Lengths in bits of the codes of HPACK's Huffman code (RFC 7541, appendix B) for the characters from 32 to 126. */
const lengths = [
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6,
  5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
];

/** Codes by character; the code is canonical: by length, then by character. No code for the backslash, whose length is rare. */
const codes = new Int32Array(128);
const bits = new Int32Array(128);
{
  let code = 0;
  let before = 5;
  for (let length = 5; length <= 15; length++) {
    code <<= length - before;
    before = length;
    // NUL has the first code of 13 bits.
    if (length === 13) code++;
    for (let character = 32; character <= 126; character++) {
      if (lengths[character - 32] !== length) continue;
      codes[character] = code++;
      bits[character] = length;
    }
  }
}

/** Length in bytes of a text in the code; -1 when a character of it has none here. */
export function huffmanLength(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    const length = bits[text.charCodeAt(i)] ?? 0;
    if (length === 0) return -1;
    sum += length;
  }
  return (sum + 7) >> 3;
}

/** Writes a text in the code, padded with ones. */
export function writeHuffman(to: Bytes, text: string): void {
  let pending = 0;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    const length = bits[character]!;
    pending = (pending << length) | codes[character]!;
    count += length;
    while (count >= 8) {
      count -= 8;
      to.byte((pending >>> count) & 0xff);
    }
    pending &= (1 << count) - 1;
  }
  if (count > 0) to.byte(((pending << (8 - count)) | ((1 << (8 - count)) - 1)) & 0xff);
}
