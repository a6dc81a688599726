import { type Cursor, i32, type Layer, narrow, skip, u16 } from './cursor.ts';
import { ethernet, typeThen } from './ethernet.ts';
import { prism, radiotap } from './wifi.ts';

/** By LINKTYPE_ value (https://www.tcpdump.org/linktypes.html): moves the cursor behind the link's own header. */
const links: Record<number, (cursor: Cursor) => Layer> = {
  0: (cursor) => family(cursor, 4),
  1: ethernet,
  9: () => 'ppp',
  // What BSDs and old versions of libpcap write for raw IP.
  12: () => 'ip',
  14: () => 'ip',
  50: () => 'hdlc',
  51: () => 'pppoe',
  // RFC 1483: LLC without a MAC header.
  100: () => 'llc',
  101: () => 'ip',
  104: () => 'hdlc',
  105: () => 'wifi',
  107: frameRelay,
  108: (cursor) => family(cursor, 4),
  // OpenBSD's IPsec: the family, and eight bytes of its own.
  109: (cursor) => family(cursor, 12),
  113: (cursor) => typeThen(cursor, 14, 16),
  119: prism,
  127: radiotap,
  163: prism,
  // Linux's pppd: a direction in the place of HDLC's address.
  166: (cursor) => skip(cursor, 2, 'ppp'),
  192: perPacketInformation,
  204: (cursor) => skip(cursor, 1, 'ppp'),
  205: (cursor) => skip(cursor, 1, 'hdlc'),
  228: () => 'ipv4',
  229: () => 'ipv6',
  239: nflog,
  258: packetTap,
  276: (cursor) => typeThen(cursor, 0, 20),
};

export function knowsLink(link: number): boolean {
  return Object.hasOwn(links, link);
}

/** What begins behind the header of a link of any type. */
export function afterLink(cursor: Cursor, link: number): Layer {
  return links[link]?.(cursor) ?? 'foreign';
}

/** A header of `length` bytes that begins with an address family, in the byte order of the machine that recorded. */
function family(cursor: Cursor, length: number): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < length) return 'cut';
  cursor.at += length;
  const value = i32(bytes, at);
  // AF_INET is 2 everywhere, AF_INET6 differs from system to system.
  switch ((value & 0xff_ffff) === 0 ? value >>> 24 : value) {
    case 2:
      return 'ipv4';
    case 10:
    case 23:
    case 24:
    case 28:
    case 30:
      return 'ipv6';
    default:
      return 'foreign';
  }
}

/** RFC 2427, and Cisco's way: an EtherType behind the address of two bytes. */
function frameRelay(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 4) return 'cut';
  if (bytes[at + 2] !== 3) return typeThen(cursor, 2, 4);
  const padded = bytes[at + 3] === 0 ? 1 : 0;
  if (end - at < 4 + padded) return 'cut';
  cursor.at += 4 + padded;
  switch (bytes[at + 3 + padded]) {
    case 0xcc:
      return 'ipv4';
    case 0x8e:
      return 'ipv6';
    // SNAP: an organisation and an EtherType.
    case 0x80:
      return typeThen(cursor, 3, 5);
    default:
      return 'foreign';
  }
}

/** Netfilter's log: attributes, of which one (NFULA_PAYLOAD, 9) is the packet. Their lengths are in the machine's byte order. */
function nflog(cursor: Cursor): Layer {
  const { bytes, end } = cursor;
  let at = cursor.at + 4;
  while (end - at >= 4) {
    // Types are small, so the byte that is set tells the order.
    const little = bytes[at + 2] !== 0;
    const length = little ? bytes[at]! | (bytes[at + 1]! << 8) : u16(bytes, at);
    const type = bytes[at + (little ? 2 : 3)];
    if (length < 4) return 'malformed';
    if (type === 9) {
      cursor.at = at + 4;
      narrow(cursor, at + length);
      return 'ip';
    }
    at += (length + 3) & ~3;
  }
  return 'foreign';
}

/** PPI: a header whose length and link type are little-endian (CACE, PPI packet header). */
function perPacketInformation(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 8) return 'cut';
  const length = bytes[at + 2]! | (bytes[at + 3]! << 8);
  return inner(cursor, length, bytes[at + 4]! | (bytes[at + 5]! << 8));
}

/** What macOS records on `pktap`: length, type of the record, link type, all little-endian words. */
function packetTap(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 12) return 'cut';
  const length = bytes[at]! | (bytes[at + 1]! << 8);
  return inner(cursor, length, bytes[at + 8]! | (bytes[at + 9]! << 8));
}

/** A header of `length` bytes in front of another link's. */
function inner(cursor: Cursor, length: number, link: number): Layer {
  // One of them in another is made up, and could go on for ever.
  if (length < 8 || link === 192 || link === 258) return 'malformed';
  if (cursor.end - cursor.at < length) return 'cut';
  cursor.at += length;
  return afterLink(cursor, link);
}
