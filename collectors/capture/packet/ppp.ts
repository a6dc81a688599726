import { type Cursor, type Layer, skip, u16 } from './cursor.ts';
import { typeThen } from './ethernet.ts';

/** RFC 2516, section 4; of sessions. */
export function pppoe(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 6) return 'cut';
  if (bytes[at] !== 0x11 || bytes[at + 1] !== 0) return 'foreign';
  return skip(cursor, 6, 'ppp');
}

/** RFC 1661 and 1662: with or without HDLC's address and control; the protocol may be compressed to one byte. */
export function ppp(cursor: Cursor): Layer {
  const { bytes, end } = cursor;
  let { at } = cursor;
  if (end - at >= 2 && bytes[at] === 0xff && bytes[at + 1] === 0x03) at += 2;
  if (end - at < 2) return 'cut';
  const short = (bytes[at]! & 1) === 1;
  const protocol = short ? bytes[at]! : u16(bytes, at);
  cursor.at = at + (short ? 1 : 2);
  switch (protocol) {
    case 0x0021:
      return 'ipv4';
    case 0x0057:
      return 'ipv6';
    case 0x0281:
    case 0x0283:
      cursor.opened = 'MPLS';
      return 'mpls';
    default:
      return 'foreign';
  }
}

/** Serial links: Cisco's HDLC (an address of 0x0F or 0x8F, an EtherType), or PPP. */
export function hdlc(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 4) return 'cut';
  return bytes[at] === 0x0f || bytes[at] === 0x8f ? typeThen(cursor, 2, 4) : 'ppp';
}
