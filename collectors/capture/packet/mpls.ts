import { type Cursor, type Layer, skip, u16 } from './cursor.ts';

/** A stack of labels (RFC 3032). What they carry nothing tells but its first bytes: IP, or Ethernet (RFC 4448). */
export function mpls(cursor: Cursor): Layer {
  const { bytes, end, sent } = cursor;
  let { at } = cursor;
  do {
    if (end - at < 4) return 'cut';
    at += 4;
  } while ((bytes[at - 2]! & 1) === 0);
  cursor.at = at;
  if (end - at < 6) return 'cut';
  const first = bytes[at]! >> 4;
  // Addresses of Ethernet begin with 4 or 6, too: there the packet's length is none that fits.
  if (first === 4 && u16(bytes, at + 2) <= sent - at) return 'ipv4';
  if (first === 6 && u16(bytes, at + 4) <= sent - at - 40) return 'ipv6';
  // RFC 4385: a control word begins with four bits of zero.
  return first === 0 ? skip(cursor, 4, 'ethernet') : 'ethernet';
}
