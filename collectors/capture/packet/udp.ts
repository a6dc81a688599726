import { type Cursor, type Layer, narrow, u16 } from './cursor.ts';
import { byEtherType, byNextProtocol } from './ethernet.ts';
import { gre } from './gre.ts';

interface Tunnel {
  /** As it is counted and shown. */
  readonly name: string;
  /** Destinations of its packets. */
  readonly ports: readonly number[];
  /** Its packets come from these ports as well. */
  readonly bothWays?: boolean;
  /** What its header says that follows, with the cursor there; `datagram` for what is no such header. */
  open(cursor: Cursor): Layer;
}

const tunnels: readonly Tunnel[] = [
  { name: 'VXLAN', ports: [4789, 8472], open: vxlan },
  { name: 'VXLAN-GPE', ports: [4790], open: genericVxlan },
  { name: 'Geneve', ports: [6081], open: geneve },
  { name: 'GRE over UDP', ports: [4754], open: greOverUdp },
  { name: 'GTP-U', ports: [2152], open: gtp },
  { name: 'Teredo', ports: [3544], bothWays: true, open: teredo },
  { name: 'AYIYA', ports: [5072], bothWays: true, open: ayiya },
  { name: 'L2TP', ports: [1701], bothWays: true, open: l2tp },
  { name: 'TZSP', ports: [37_008], open: tzsp },
];

/** Of each port the place of its tunnel, from 1; 0 of all others. A byte that is looked up costs less than a map, once a datagram. */
const byDestination = placesOf(() => true);
const bySource = placesOf(({ bothWays }) => bothWays === true);

function placesOf(wanted: (tunnel: Tunnel) => boolean): Uint8Array {
  const places = new Uint8Array(65_536);
  for (const [i, tunnel] of tunnels.entries())
    for (const port of tunnel.ports) if (wanted(tunnel)) places[port] = i + 1;
  return places;
}

/**
 * UDP (RFC 768): the tunnel in it, or `datagram` with the cursor where it was, at the header. A tunnel is one by its port and by
 * its header: ordinary traffic comes from such ports too.
 */
export function udp(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 8) return 'cut';
  const tunnel = tunnelOf(u16(bytes, at), u16(bytes, at + 2));
  if (tunnel === null) return 'datagram';
  const length = u16(bytes, at + 4);
  if (length >= 8) narrow(cursor, at + length);
  cursor.at = at + 8;
  const layer = tunnel.open(cursor);
  if (layer === 'datagram') cursor.at = at;
  else cursor.opened = tunnel.name;
  return layer;
}

/** Which tunnel the ports are of. Well-known ports answer, they do not tunnel. */
export function tunnelOf(source: number, destination: number): Tunnel | null {
  if (source < 1_024) return null;
  const place = byDestination[destination]! || bySource[source]!;
  return place === 0 ? null : tunnels[place - 1]!;
}

/** RFC 7348. The reserved fields are not looked at, as senders put things of their own into them. */
function vxlan(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 22 || (bytes[at]! & 0x08) === 0) return 'datagram';
  cursor.at += 8;
  return 'ethernet';
}

/** draft-ietf-nvo3-vxlan-gpe: the P bit says that the last reserved byte is the type of what follows. */
function genericVxlan(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 8 || (bytes[at]! & 0x30) !== 0) return 'datagram';
  const typed = (bytes[at]! & 0x04) !== 0;
  if (!typed && (bytes[at]! & 0x08) === 0) return 'datagram';
  cursor.at += 8;
  return typed ? byNextProtocol(bytes[at + 3]!) : 'ethernet';
}

/** RFC 8926: version 0, options of up to 252 bytes, an EtherType. */
function geneve(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 8 || bytes[at]! >> 6 !== 0 || (bytes[at + 1]! & 0x3f) !== 0) return 'datagram';
  const length = 8 + (bytes[at]! & 0x3f) * 4;
  const type = u16(bytes, at + 2);
  if (!isPayload(type) || end - at < length) return 'datagram';
  cursor.at += length;
  return byEtherType(cursor, type);
}

/** RFC 8086: GRE as it is, of version 0. */
function greOverUdp(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 4 || (bytes[at]! & 0x4f) !== 0 || bytes[at + 1] !== 0) return 'datagram';
  const type = u16(bytes, at + 2);
  return isPayload(type) || type === 0x88be || type === 0x22eb ? gre(cursor) : 'datagram';
}

function isPayload(type: number): boolean {
  return type === 0x0800 || type === 0x86dd || type === 0x6558 || type === 0x8847 || type === 0x894f;
}

/** 3GPP TS 29.281, section 5: version 1, of which only G-PDU (255) carries packets. Extension headers are passed over. */
function gtp(cursor: Cursor): Layer {
  const { bytes, at, end, sent } = cursor;
  if (end - at < 12 || (bytes[at]! & 0xf0) !== 0x30 || bytes[at + 1] !== 255) return 'datagram';
  if (u16(bytes, at + 2) > sent - at - 8) return 'datagram';
  let inside = at + 8;
  if ((bytes[at]! & 7) !== 0) {
    let next = (bytes[at]! & 4) === 0 ? 0 : bytes[at + 11]!;
    inside += 4;
    while (next !== 0) {
      if (end <= inside || bytes[inside] === 0) return 'datagram';
      inside += bytes[inside]! * 4;
      if (end < inside) return 'datagram';
      next = bytes[inside - 1]!;
    }
  }
  return ipAt(cursor, inside);
}

/** RFC 4380, section 5.1.1: indicators of authentication and origin may precede the packet. */
function teredo(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  let inside = at;
  if (end - inside >= 4 && bytes[inside] === 0 && bytes[inside + 1] === 1) {
    inside += 13 + bytes[inside + 2]! + bytes[inside + 3]!;
  }
  if (end - inside >= 8 && bytes[inside] === 0 && bytes[inside + 1] === 0) inside += 8;
  if (end - inside < 40 || bytes[inside]! >> 4 !== 6) return 'datagram';
  return 40 + u16(bytes, inside + 4) <= cursor.sent - inside ? ipAt(cursor, inside) : 'datagram';
}

/** draft-massar-v6ops-ayiya: identity and signature have the lengths that the first bytes give; 1 is to forward. */
function ayiya(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 8 || (bytes[at + 2]! & 0x0f) !== 1) return 'datagram';
  const next = bytes[at + 3]!;
  if (next !== 41 && next !== 4) return 'datagram';
  return ipAt(cursor, at + 8 + (1 << (bytes[at]! >> 4)) + (bytes[at + 1]! >> 4) * 4);
}

/** RFC 2661, section 3.1: data messages, whose optional fields the first bits announce; PPP is inside. */
function l2tp(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 8) return 'datagram';
  const flags = bytes[at]!;
  if ((flags & 0xb4) !== 0 || bytes[at + 1] !== 2) return 'datagram';
  let inside = at + 6 + ((flags & 0x40) === 0 ? 0 : 2) + ((flags & 0x08) === 0 ? 0 : 4);
  if ((flags & 0x02) !== 0) {
    if (end - inside < 2) return 'datagram';
    inside += 2 + u16(bytes, inside);
  }
  if (inside >= end) return 'datagram';
  cursor.at = inside;
  return 'ppp';
}

/** TaZmen Sniffer Protocol, version 1, of received packets; tagged fields up to an end. MikroTik's routers mirror with it. */
function tzsp(cursor: Cursor): Layer {
  const { bytes, at, end } = cursor;
  if (end - at < 5 || bytes[at] !== 1 || bytes[at + 1]! > 1) return 'datagram';
  const encapsulated = u16(bytes, at + 2);
  let inside = at + 4;
  while (inside < end && bytes[inside] !== 1) {
    if (bytes[inside] === 0) inside++;
    else if (end - inside < 2) return 'datagram';
    else inside += 2 + bytes[inside + 1]!;
  }
  cursor.at = inside + 1;
  if (inside >= end) return 'datagram';
  if (encapsulated === 1) return 'ethernet';
  return encapsulated === 18 ? 'wifi' : 'datagram';
}

/** An IP packet at `inside`, or no tunnel at all. */
function ipAt(cursor: Cursor, inside: number): Layer {
  const { bytes, end } = cursor;
  if (inside >= end) return 'datagram';
  const version = bytes[inside]! >> 4;
  if (version !== 4 && version !== 6) return 'datagram';
  cursor.at = inside;
  return version === 4 ? 'ipv4' : 'ipv6';
}
