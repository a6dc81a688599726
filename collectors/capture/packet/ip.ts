import { countTunnel, type Tally } from '#collectors/capture/tally';

/** One TCP segment, cut out of its packet. */
export interface Segment {
  /** Address bytes (4 or 16, one a character) and behind them the port as one character. */
  source: string;
  destination: string;
  seq: number;
  /** `null` without the ACK flag. */
  ack: number | null;
  syn: boolean;
  fin: boolean;
  /** Bytes of data that were sent; more than `data` holds when the recording cut the packet. */
  length: number;
  data: Buffer;
}

const tcp = 6;
const udp = 17;
const fragment = 44;
const authentication = 51;
/** Extension headers of one shape (RFC 8200, section 4; RFC 7045): next header, length in units of 8 bytes. */
const extensions = new Set([0, 43, 60, 135, 139, 140]);
const maxExtensions = 16;

const tunnelProtocols: Record<number, string> = { 4: 'IP in IP', 41: '6in4', 47: 'GRE' };
const tunnelPorts: Record<number, string> = { 2152: 'GTP-U', 3544: 'Teredo', 4789: 'VXLAN', 6081: 'Geneve' };

/**
 * The TCP segment in the IPv4 (RFC 791) or IPv6 (RFC 8200) packet at `at`, or `null` for a packet without one, which is counted.
 * Pure acknowledgements, near half of all packets, give `null` too: they say nothing that data segments do not
 * say.
 *
 * Checksums are not verified: offloading makes those of outgoing packets wrong in every capture on the sender's side.
 */
export function tcpSegment(packet: Buffer, at: number, tally: Tally): Segment | null {
  if (packet.length < at + 20) return count(tally, 'cut');
  const version = packet[at]! >> 4;
  if (version === 4) return fromIpv4(packet, at, tally);
  return version === 6 ? fromIpv6(packet, at, tally) : count(tally, 'malformed');
}

function fromIpv4(packet: Buffer, at: number, tally: Tally): Segment | null {
  const headerLength = (packet[at]! & 0xf) * 4;
  // 0 where the sender's card cuts the data into packets after they were recorded.
  const totalLength = packet.readUInt16BE(at + 2) || packet.length - at;
  if (headerLength < 20 || totalLength < headerLength) return count(tally, 'malformed');
  const protocol = packet[at + 9]!;
  const fragmented = (packet.readUInt16BE(at + 6) & 0x3fff) !== 0;
  if (protocol !== tcp) return otherProtocol(packet, protocol, at + headerLength, tally);
  if (fragmented) return count(tally, 'fragments');
  return segment(packet, at + headerLength, at + totalLength, at + 12, 4, tally);
}

function fromIpv6(packet: Buffer, at: number, tally: Tally): Segment | null {
  const payloadLength = packet.length < at + 40 ? 0 : packet.readUInt16BE(at + 4);
  const end = payloadLength === 0 ? packet.length : at + 40 + payloadLength;
  let protocol = packet[at + 6]!;
  let offset = at + 40;
  for (let met = 0; met < maxExtensions && protocol !== tcp; met++) {
    const isFragment = protocol === fragment;
    if (!isFragment && protocol !== authentication && !extensions.has(protocol)) break;
    if (packet.length < offset + 8) return count(tally, 'cut');
    const next = packet[offset]!;
    if (isFragment && (packet.readUInt16BE(offset + 2) & 0xfff9) !== 0) {
      return count(tally, next === tcp ? 'fragments' : 'notTcp');
    }
    offset += isFragment
      ? 8
      : protocol === authentication
        ? (packet[offset + 1]! + 2) * 4
        : (packet[offset + 1]! + 1) * 8;
    protocol = next;
  }
  if (protocol !== tcp) return otherProtocol(packet, protocol, offset, tally);
  return segment(packet, offset, end, at + 8, 16, tally);
}

function otherProtocol(packet: Buffer, protocol: number, at: number, tally: Tally): null {
  const ports =
    protocol === udp && packet.length >= at + 4 ? [packet.readUInt16BE(at), packet.readUInt16BE(at + 2)] : [];
  const tunnel = tunnelProtocols[protocol] ?? ports.map((port) => tunnelPorts[port]).find((name) => name !== undefined);
  if (tunnel !== undefined) countTunnel(tally, tunnel);
  if (ports.includes(443)) tally.quic++;
  return count(tally, 'notTcp');
}

/** RFC 9293, section 3.1. Source and destination stand side by side from `addresses` on. */
function segment(
  packet: Buffer,
  at: number,
  end: number,
  addresses: number,
  width: number,
  tally: Tally,
): Segment | null {
  if (packet.length < at + 20) return count(tally, 'cut');
  const dataOffset = at + (packet[at + 12]! >> 4) * 4;
  if (dataOffset < at + 20 || dataOffset > end) return count(tally, 'malformed');
  tally.segments++;
  if (end > packet.length) tally.cut++;
  const flags = packet[at + 13]!;
  const length = end - dataOffset;
  // A reset is passed over: what it ends gives way by age, and what still comes is read, as forged resets are common.
  if ((length === 0 && (flags & 0x03) === 0) || (flags & 0x04) !== 0) return null;
  return {
    source: endpoint(packet, addresses, width, packet.readUInt16BE(at)),
    destination: endpoint(packet, addresses + width, width, packet.readUInt16BE(at + 2)),
    seq: packet.readUInt32BE(at + 4),
    ack: (flags & 0x10) === 0 ? null : packet.readUInt32BE(at + 8),
    syn: (flags & 0x02) !== 0,
    fin: (flags & 0x01) !== 0,
    length,
    data: packet.subarray(dataOffset, Math.max(dataOffset, Math.min(end, packet.length))),
  };
}

function endpoint(packet: Buffer, at: number, width: number, port: number): string {
  return packet.toString('latin1', at, at + width) + String.fromCharCode(port);
}

function count(tally: Tally, what: 'cut' | 'malformed' | 'fragments' | 'notTcp'): null {
  tally[what]++;
  return null;
}

/** An endpoint's address as text: dotted, or as RFC 5952 writes it without shortening of zeros. */
export function addressOf(endpoint: string): string {
  const bytes = [...endpoint.slice(0, -1)].map((char) => char.charCodeAt(0));
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[i * 2]! * 256 + bytes[i * 2 + 1]!).toString(16));
  return groups.join(':');
}

/** Address and port as an authority (RFC 3986, section 3.2): `10.0.0.1:8080`, `[2001:db8:0:0:0:0:0:1]:80`. */
export function authorityOf(endpoint: string): string {
  const port = endpoint.charCodeAt(endpoint.length - 1);
  const address = addressOf(endpoint);
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
