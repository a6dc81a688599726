/** 32 bits, unsigned and uniform, of a text: FNV-1a over its code units, then the finaliser of MurmurHash3. */
export function hashText(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mixed(hash);
}

/** The same of a text that stands in bytes, one a character; measured, in less than half the time. */
export function hashBytes(bytes: Uint8Array, from: number, to: number, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return mixed(hash);
}

/** The same of a whole number, up to 2^53. */
export function hashNumber(value: number, seed = 0): number {
  return mixed(Math.imul(mixed(seed ^ (value >>> 0)), 0x01000193) ^ Math.floor(value / 4_294_967_296));
}

/** 32 bits, signed, of two: all bits of both take part. Hot: once a packet. */
export function hashPair(one: number, other: number): number {
  let hash = Math.imul(one ^ Math.imul(other, 0x9e37_79b1), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}

function mixed(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
