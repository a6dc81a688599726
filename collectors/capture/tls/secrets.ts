import { createHash, createHmac } from 'node:crypto';

/** HKDF-Expand-Label (RFC 8446, section 7.1), without a context. `label` comes without its prefix `tls13 `. */
export function expandLabel(hash: string, secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'latin1');
  const info = Buffer.concat([Buffer.from([length >> 8, length & 255, name.length]), name, Buffer.from([0])]);
  // HKDF-Expand (RFC 5869, section 2.3); `hkdfSync` would extract first.
  let block: Buffer = Buffer.alloc(0);
  const blocks: Buffer[] = [];
  for (let filled = 0, i = 1; filled < length; filled += block.length, i++) {
    block = createHmac(hash, secret)
      .update(block)
      .update(info)
      .update(Buffer.from([i]))
      .digest();
    blocks.push(block);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** HKDF-Extract (RFC 5869, section 2.2). */
export function extract(hash: string, salt: Buffer, secret: Buffer): Buffer {
  return createHmac(hash, salt).update(secret).digest();
}

/** The key block of TLS 1.2 (`hash` of its suite), or of TLS 1.0 and 1.1 with `null` (RFC 5246, sections 5 and 6.3; RFC 2246, section 5). */
export function keyBlock(
  hash: string | null,
  master: Buffer,
  serverRandom: Buffer,
  clientRandom: Buffer,
  length: number,
): Buffer {
  const seed = Buffer.concat([Buffer.from('key expansion', 'latin1'), serverRandom, clientRandom]);
  if (hash !== null) return expand(hash, master, seed, length);
  const half = Math.ceil(master.length / 2);
  const md5 = expand('md5', master.subarray(0, half), seed, length);
  const sha1 = expand('sha1', master.subarray(master.length - half), seed, length);
  return md5.map((byte, i) => byte ^ sha1[i]!) as Buffer;
}

/** P_hash (RFC 5246, section 5). */
function expand(hash: string, secret: Buffer, seed: Buffer, length: number): Buffer {
  const blocks: Buffer[] = [];
  let a = seed;
  for (let filled = 0; filled < length; ) {
    a = createHmac(hash, secret).update(a).digest();
    const block = createHmac(hash, secret).update(a).update(seed).digest();
    blocks.push(block);
    filled += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** Length of a hash, bytes. */
export function hashLength(hash: string): number {
  return createHash(hash).digest().length;
}
