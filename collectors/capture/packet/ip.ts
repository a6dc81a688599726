import { type Cursor, i32, type Layer, narrow, u16 } from './cursor.ts';

const maxExtensions = 16;

/** Raw IP: its version is in the first four bits. */
export function ip(cursor: Cursor): Layer {
  if (cursor.at >= cursor.end) return 'cut';
  const version = cursor.bytes[cursor.at]! >> 4;
  if (version === 4) return 'ipv4';
  return version === 6 ? 'ipv6' : 'malformed';
}

/** IPv4 (RFC 791). */
export function ipv4(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 20) return 'cut';
  const header = (bytes[at]! & 0xf) * 4;
  // 0 where the sender's card cuts the data into packets after they were recorded.
  const total = u16(bytes, at + 2) || cursor.sent - at;
  if (bytes[at]! >> 4 !== 4 || header < 20 || total < header) return 'malformed';
  if (end - at < header) return 'cut';
  cursor.at = at + header;
  narrow(cursor, at + total);
  cursor.addresses = at + 12;
  cursor.width = 4;
  cursor.protocol = bytes[at + 9]!;
  const fragment = u16(bytes, at + 6) & 0x3fff;
  if (fragment === 0) return 'protocol';
  cursor.fragmentId = u16(bytes, at + 4);
  cursor.fragmentOffset = (fragment & 0x1fff) * 8;
  cursor.moreFragments = (fragment & 0x2000) !== 0;
  return 'fragment';
}

/** IPv6 (RFC 8200), its extension headers passed over. */
export function ipv6(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 40) return 'cut';
  if (bytes[at]! >> 4 !== 6) return 'malformed';
  // 0 for a jumbogram (RFC 2675), and where the sender's card cuts the data.
  const payload = u16(bytes, at + 4);
  cursor.at = at + 40;
  narrow(cursor, payload === 0 ? cursor.sent : at + 40 + payload);
  cursor.addresses = at + 8;
  cursor.width = 16;
  cursor.protocol = bytes[at + 6]!;
  return 'protocol';
}

/** What the packet's protocol announces; IPv6's extension headers (RFC 8200, section 4; RFC 7045) are passed over. */
export function byProtocol(cursor: Cursor): Layer {
  for (let met = 0; met < maxExtensions; met++) {
    switch (cursor.protocol) {
      case 6:
        return 'tcp';
      case 17:
        return 'udp';
      case 0:
      case 43:
      case 60:
      case 135:
      case 139:
      case 140:
      case 51: {
        const layer = extension(cursor);
        if (layer !== 'protocol') return layer;
        break;
      }
      case 44:
        return fragment(cursor);
      case 4:
        cursor.opened = 'IP in IP';
        return 'ipv4';
      case 41:
        cursor.opened = '6in4';
        return 'ipv6';
      case 47:
        return 'gre';
      // RFC 3378: a version of 3 and bits of zero, in two bytes.
      case 97:
        cursor.opened = 'EtherIP';
        cursor.at += 2;
        return 'ethernet';
      // RFC 4023.
      case 137:
        cursor.opened = 'MPLS';
        return 'mpls';
      default:
        return 'other';
    }
  }
  return 'other';
}

/** One that is skipped: the next header, and a length in units of 8 bytes, or of 4 in the authentication header (RFC 4302). */
function extension(cursor: Cursor): Layer {
  const { bytes, at, end, protocol } = cursor;
  if (end - at < 8) return 'cut';
  const length = protocol === 51 ? (bytes[at + 1]! + 2) * 4 : (bytes[at + 1]! + 1) * 8;
  cursor.protocol = bytes[at]!;
  if (end - at < length) return 'cut';
  cursor.at += length;
  return 'protocol';
}

/** RFC 8200, section 4.5. */
function fragment(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 8) return 'cut';
  const fields = u16(bytes, at + 2);
  cursor.protocol = bytes[at]!;
  cursor.at += 8;
  cursor.fragmentId = i32(bytes, at + 4);
  cursor.fragmentOffset = fields & 0xfff8;
  cursor.moreFragments = (fields & 1) === 1;
  // One that is whole by itself (RFC 6946) is no fragment.
  return cursor.fragmentOffset === 0 && !cursor.moreFragments ? 'protocol' : 'fragment';
}
