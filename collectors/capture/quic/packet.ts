import { createCipheriv, createDecipheriv } from 'node:crypto';
import { expandLabel, extract } from '#collectors/capture/tls/secrets';

/** Versions whose Initial packets are read: RFC 9001 section 5.2, RFC 9369 section 3, draft-ietf-quic-tls-29. */
const versions: Record<number, { salt: Buffer; initial: number; label: string }> = {
  1: { salt: Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'), initial: 0, label: 'quic' },
  1798521807: { salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'), initial: 1, label: 'quicv2' },
  4278190109: { salt: Buffer.from('afbfec289993d24c9e9786f19c6111e04390a899', 'hex'), initial: 0, label: 'quic' },
};

const maxConnectionId = 20;
const tagLength = 16;

/** A packet with a long header, where it lies in its datagram (RFC 9000, section 17.2). */
export interface LongHeader {
  version: number;
  initial: boolean;
  /** Where the packet, its destination connection id, its packet number (still protected) begin, and where it ends. */
  from: number;
  id: number;
  idLength: number;
  number: number;
  to: number;
}

/** Keys for the client's Initial packets. */
export interface InitialKeys {
  key: Buffer;
  iv: Buffer;
  header: Buffer;
}

/**
 * The long header at `from`; `null` when it is none of a version that is known, is cut, or is of a packet without a length (Retry,
 * version negotiation). Cheap: nothing else is looked at.
 */
export function longHeader(bytes: Buffer, from: number, to: number): LongHeader | null {
  if (to - from < 7 || bytes[from]! < 0x80) return null;
  const number = bytes.readUInt32BE(from + 1);
  const version = versions[number];
  if (version === undefined) return null;
  const type = (bytes[from]! >> 4) & 3;
  // In version 2 the types are turned by one, Retry is 0 (RFC 9369, section 3.2).
  const initial = type === version.initial;
  if (type === (version.initial + 3) % 4) return null;
  const id = from + 6;
  const idLength = bytes[from + 5]!;
  let at = id + idLength;
  if (idLength > maxConnectionId || at >= to) return null;
  at += 1 + bytes[at]!;
  if (initial) {
    const token = varint(bytes, at, to);
    if (token < 0) return null;
    at = varintEnd(bytes, at, to) + token;
  }
  const length = varint(bytes, at, to);
  const start = varintEnd(bytes, at, to);
  if (length < 0 || start + length > to) return null;
  return { version: number, initial, from, id, idLength, number: start, to: start + length };
}

/** Keys that follow from the connection id that a client's first Initial is for (RFC 9001, section 5.2). */
export function initialKeys(version: number, id: Buffer): InitialKeys {
  const { salt, label } = versions[version]!;
  const secret = expandLabel('sha256', extract('sha256', salt, id), 'client in', 32);
  return {
    key: expandLabel('sha256', secret, `${label} key`, 16),
    iv: expandLabel('sha256', secret, `${label} iv`, 12),
    header: expandLabel('sha256', secret, `${label} hp`, 16),
  };
}

/** What an Initial packet holds, or `null` when it does not authenticate with these keys (RFC 9001, sections 5.3 and 5.4). */
export function openInitial(bytes: Buffer, packet: LongHeader, keys: InitialKeys): Buffer | null {
  const { from, number, to } = packet;
  if (to - number < 4 + tagLength) return null;
  const mask = createCipheriv('aes-128-ecb', keys.header, null)
    .setAutoPadding(false)
    .update(bytes.subarray(number + 4, number + 20));
  const first = bytes[from]! ^ (mask[0]! & 0x0f);
  const width = (first & 3) + 1;
  const header = Buffer.from(bytes.subarray(from, number + width));
  const nonce = Buffer.from(keys.iv);
  header[0] = first;
  for (let i = 0; i < width; i++) {
    const at = number - from + i;
    header[at] = header[at]! ^ mask[1 + i]!;
    // A client's Initials are few: their numbers are never shortened.
    nonce[12 - width + i] = nonce[12 - width + i]! ^ header[at]!;
  }
  const decipher = createDecipheriv('aes-128-gcm', keys.key, nonce, { authTagLength: tagLength });
  decipher.setAuthTag(bytes.subarray(to - tagLength, to));
  decipher.setAAD(header);
  try {
    const plain = decipher.update(bytes.subarray(number + width, to - tagLength));
    decipher.final();
    return plain;
  } catch {
    // The one way in which `node:crypto` says that the tag does not fit.
    return null;
  }
}

/** A variable-length integer (RFC 9000, section 16); -1 where it is cut or larger than any length here. */
export function varint(bytes: Buffer, at: number, to: number): number {
  if (at < 0 || at >= to) return -1;
  const width = 1 << (bytes[at]! >> 6);
  if (at + width > to) return -1;
  const low = bytes[at]! & 0x3f;
  if (width === 1) return low;
  if (width === 2) return low * 256 + bytes[at + 1]!;
  if (width === 4) return bytes.readUInt32BE(at) - 0x80000000;
  const high = bytes.readUInt32BE(at) - 0xc0000000;
  return high > 0xffff ? -1 : high * 2 ** 32 + bytes.readUInt32BE(at + 4);
}

/** Where the integer at `at` ends; a place beyond the end where it is cut. */
export function varintEnd(bytes: Buffer, at: number, to: number): number {
  return at < 0 || at >= to ? to + 1 : at + (1 << (bytes[at]! >> 6));
}
