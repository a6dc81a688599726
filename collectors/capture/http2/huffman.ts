/** Bits of each byte's code, and last of the end of string (RFC 7541, appendix B). The code is canonical: lengths are all of it. */
const lengths = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26, 30,
];
const endOfString = 256;

/** In an entry of `steps`: a byte was completed; and that there is no such code. The low eight bits are the next state. */
const emits = 0x100;
const fails = 0x200;

/**
 * A state is an inner node of the code's tree, of which there are 256; a step takes four bits, which complete one byte at most, as the
 * shortest code has five.
 */
const steps = new Uint16Array(256 * 16);
const symbols = new Uint8Array(256 * 16);
/** Whether a string may end here: on up to seven bits of padding, all ones (section 5.2). */
const mayEnd = new Uint8Array(256);

build();

/**
 * Decodes `bytes[from, to)` into `into`, which has room for 8/5 of it (the shortest code has five bits); how many bytes that gave, or
 * -1 when it is no such code. Hot: once a literal.
 */
export function decodeHuffman(bytes: Uint8Array, from: number, to: number, into: Uint8Array): number {
  let state = 0;
  let length = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    const high = (state << 4) | (byte >> 4);
    const first = steps[high]!;
    if ((first & emits) !== 0) into[length++] = symbols[high]!;
    const low = ((first & 0xff) << 4) | (byte & 15);
    const second = steps[low]!;
    if ((second & emits) !== 0) into[length++] = symbols[low]!;
    if (((first | second) & fails) !== 0) return -1;
    state = second & 0xff;
  }
  return mayEnd[state] === 1 ? length : -1;
}

function build(): void {
  const children = codeTree();
  for (let state = 0; state < 256; state++) for (let bits = 0; bits < 16; bits++) step(children, state, bits);
  let padding = 0;
  for (let ones = 0; ones < 8; ones++) {
    mayEnd[padding] = 1;
    padding = children[padding * 2 + 1]!;
  }
}

/** Two children a node, by their bit: another node, or `~symbol` of a leaf. */
function codeTree(): Int16Array {
  const children = new Int16Array(512);
  const order = lengths.map((_, symbol) => symbol).sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  let nodes = 1;
  let code = 0;
  let length = 0;
  for (const symbol of order) {
    code <<= lengths[symbol]! - length;
    length = lengths[symbol]!;
    let node = 0;
    for (let bit = length - 1; bit > 0; bit--) {
      const branch = node * 2 + ((code >> bit) & 1);
      if (children[branch] === 0) children[branch] = nodes++;
      node = children[branch]!;
    }
    children[node * 2 + (code & 1)] = ~symbol;
    code++;
  }
  return children;
}

function step(children: Int16Array, state: number, bits: number): void {
  const entry = state * 16 + bits;
  let node = state;
  let found = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const next = children[node * 2 + ((bits >> bit) & 1)]!;
    node = Math.max(0, next);
    if (next >= 0) continue;
    if (~next === endOfString) found = fails;
    else {
      found |= emits;
      symbols[entry] = ~next;
    }
  }
  steps[entry] = found | node;
}
