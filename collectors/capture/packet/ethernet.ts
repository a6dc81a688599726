import { type Cursor, i32, type Layer, skip, u16 } from './cursor.ts';

const maxTags = 8;

/** IEEE 802.3: two addresses, and the type or length of what follows. */
export function ethernet(cursor: Cursor): Layer {
  return typeThen(cursor, 12, 14);
}

/** A header of `length` bytes with an EtherType at `type`. Linux's own numbers on a cooked link are below 1,500: 802.2. */
export function typeThen(cursor: Cursor, type: number, length: number): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < length) return 'cut';
  cursor.at += length;
  return byEtherType(cursor, u16(bytes, at + type));
}

/** IEEE 802.2 with SNAP (RFC 1042): which protocol the access points name. */
export function llc(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 8) return 'cut';
  // IP's own access point, seldom used.
  if (bytes[at] === 0x06 && bytes[at + 1] === 0x06) return skip(cursor, 3, 'ipv4');
  if (bytes[at] !== 0xaa || bytes[at + 1] !== 0xaa || bytes[at + 2] !== 0x03) return 'foreign';
  const organisation = i32(bytes, at + 2) & 0xff_ffff;
  cursor.at += 8;
  // Xerox's stands for all EtherTypes; 802.1H has another for those that bridges translate.
  return organisation === 0 || organisation === 0xf8 ? byEtherType(cursor, u16(bytes, at + 6)) : 'foreign';
}

/** What an EtherType announces (IEEE registry), with `cursor.at` behind it: VLAN and like tags are passed over. */
export function byEtherType(cursor: Cursor, type: number): Layer {
  if (type === 0x0800) return 'ipv4';
  if (type === 0x86dd) return 'ipv6';
  for (let tags = 0; tags < maxTags; tags++) {
    const length = tagLength(type);
    if (length === 0) return content(cursor, type);
    if (cursor.end - cursor.at < length) return 'cut';
    cursor.at += length;
    type = u16(cursor.bytes, cursor.at - 2);
  }
  return content(cursor, type);
}

function content(cursor: Cursor, type: number): Layer {
  switch (type) {
    case 0x0800:
      return 'ipv4';
    case 0x86dd:
      return 'ipv6';
    case 0x8847:
    case 0x8848:
      cursor.opened = 'MPLS';
      return 'mpls';
    case 0x8864:
      cursor.opened = 'PPPoE';
      return 'pppoe';
    case 0x880b:
      return 'ppp';
    // Transparent Ethernet bridging.
    case 0x6558:
      return 'ethernet';
    case 0x88e7:
      return backbone(cursor);
    case 0x894f:
      return 'nsh';
    default:
      // Up to 1,500 it is a length (IEEE 802.3), and LLC follows.
      return type <= 1_500 ? 'llc' : 'foreign';
  }
}

/** Bytes of a tag up to the EtherType of what it tags, that included; 0 for what is no tag. */
function tagLength(type: number): number {
  switch (type) {
    // 802.1Q, 802.1ad, and what vendors used before it.
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x9200:
    case 0x9300:
      return 4;
    // Cisco's VN-Tag; 802.1BR's E-Tag; Cisco's metadata with a security group.
    case 0x8926:
      return 6;
    case 0x893f:
      return 8;
    case 0x8909:
      return 8;
    default:
      return 0;
  }
}

/** 802.1ah, MAC in MAC: an I-Tag, behind it the customer's frame. */
function backbone(cursor: Cursor): Layer {
  cursor.at += 4;
  return 'ethernet';
}

/** Network Service Header (RFC 8300): its length in words, and the type of what follows. */
export function nsh(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 8) return 'cut';
  const words = bytes[at + 1]! & 0x3f;
  if (words < 2) return 'malformed';
  cursor.at += words * 4;
  return byNextProtocol(bytes[at + 3]!);
}

/** Of NSH (RFC 8300, section 2.2) and VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe). */
export function byNextProtocol(next: number): Layer {
  if (next === 1) return 'ipv4';
  if (next === 2) return 'ipv6';
  if (next === 3) return 'ethernet';
  if (next === 4) return 'nsh';
  return next === 5 ? 'mpls' : 'foreign';
}
