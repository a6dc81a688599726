import { type Cursor, type Layer, skip, u16 } from './cursor.ts';
import { byEtherType } from './ethernet.ts';

/** GRE (RFC 2784, RFC 2890), and its enhanced version that PPTP uses (RFC 2637). */
export function gre(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 4) return 'cut';
  const flags = bytes[at]!;
  const version = bytes[at + 1]! & 7;
  const type = u16(bytes, at + 2);
  // Source routes (0x40) were given up with RFC 2784.
  if (version > 1 || (flags & 0x40) !== 0) return 'malformed';
  const sequence = (flags & 0x10) !== 0;
  let length = 4;
  if ((flags & 0x80) !== 0) length += 4;
  if ((flags & 0x20) !== 0) length += 4;
  if (sequence) length += 4;
  if (version === 1 && (bytes[at + 1]! & 0x80) !== 0) length += 4;
  if (end - at < length) return 'cut';
  // PPTP's bare acknowledgements have no sequence number and no content.
  if (version === 1 && !sequence) return 'other';
  cursor.at += length;
  cursor.opened = 'GRE';
  return byGreType(cursor, type, sequence);
}

function byGreType(cursor: Cursor, type: number, sequence: boolean): Layer {
  switch (type) {
    // ERSPAN: of type I is the GRE header all there is, type II has a sequence number and a header of its own.
    case 0x88be:
      cursor.opened = 'ERSPAN';
      return sequence ? skip(cursor, 8, 'ethernet') : 'ethernet';
    case 0x22eb:
      return erspan3(cursor);
    // WCCP: version 2 has four bytes in front of the packet, which do not look like IPv4.
    case 0x883e:
      if (cursor.at < cursor.end && cursor.bytes[cursor.at]! >> 4 !== 4) cursor.at += 4;
      return 'ipv4';
    default:
      // Aruba's access points number their sessions here; 802.11 is inside.
      return type >= 0x8200 && type <= 0x83ff ? 'wifi' : byEtherType(cursor, type);
  }
}

/** draft-foschiano-erspan: twelve bytes, and eight more where the last bit of them says so. */
function erspan3(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 12) return 'cut';
  cursor.opened = 'ERSPAN';
  const kind = (bytes[at + 10]! >> 2) & 0x1f;
  return skip(cursor, (bytes[at + 11]! & 1) === 0 ? 12 : 20, kind === 2 ? 'ip' : 'ethernet');
}
