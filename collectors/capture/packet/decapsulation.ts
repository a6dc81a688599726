import { countTunnel, type Tally } from '#collectors/capture/tally';
import { type Cursor, i32, type Layer, newCursor, u16 } from './cursor.ts';
import { ethernet, llc, nsh } from './ethernet.ts';
import { Fragments } from './fragments.ts';
import { gre } from './gre.ts';
import { byProtocol, ip, ipv4, ipv6 } from './ip.ts';
import { afterLink } from './link.ts';
import { mpls } from './mpls.ts';
import { hdlc, ppp, pppoe } from './ppp.ts';
import type { Segment, SegmentSink } from './segment.ts';
import { udp } from './udp.ts';
import { subframe, subframeHeader, wifi } from './wifi.ts';

/** Tunnels in tunnels, and headers in all, that are opened in one packet. What is deeper is malformed. */
const maxTunnels = 8;
const maxHeaders = 64;

/** The longest packet that a length on the wire is believed for: beyond Linux's largest, of 512 KiB. */
const maxLength = 1_048_576;

/**
 * Takes packets out of what carries them: links, tunnels, IP and its fragments. What is neither TCP nor perhaps QUIC is a figure in the
 * tally. Checksums are not verified: offloading makes those of outgoing packets wrong in every capture on the sender's side.
 */
export class Decapsulation {
  readonly #sink: SegmentSink;
  readonly #tally: Tally;
  readonly #fragments: Fragments;
  readonly #cursor: Cursor = newCursor();
  /** That were opened on the way to where the cursor stands. */
  #tunnels = 0;
  /** The one object for all of them; what changes to a fraction begins as one, so that its shape stays. */
  readonly #segment: Segment = {
    bytes: Buffer.alloc(0),
    addresses: 0,
    width: 4,
    sourcePort: 0,
    destinationPort: 0,
    seq: 0,
    ack: 0,
    flags: 0,
    from: 0,
    to: 0,
    length: 0,
    ref: 0,
    at: Number.NaN,
  };

  constructor(sink: SegmentSink, tally: Tally) {
    this.#sink = sink;
    this.#tally = tally;
    this.#fragments = new Fragments(tally);
  }

  /**
   * Hot: once a packet, see {@link file://../input/packets.ts}. What nearly all packets are is decided here by their bytes: TCP over IPv4
   * without options, whole, on Ethernet. Near half of those are pure acknowledgements, which go no further. Measured on one core: 14
   * million a second; on the long way 9 million tagged ones or of IPv6, near 8 million in VXLAN.
   */
  packet(bytes: Buffer, from: number, to: number, length: number, at: number, link: number, number: number): void {
    if (
      link === 1 &&
      to - from >= 54 &&
      bytes[from + 12] === 0x08 &&
      bytes[from + 13] === 0x00 &&
      bytes[from + 14] === 0x45 &&
      bytes[from + 23] === 6 &&
      ((bytes[from + 20]! & 0x3f) | bytes[from + 21]!) === 0
    ) {
      const data = from + 34 + ((bytes[from + 46]! >> 4) << 2);
      const end = from + 14 + ((bytes[from + 16]! << 8) | bytes[from + 17]!);
      if (data >= from + 54 && data <= end && end <= to) {
        this.#tally.segments++;
        if (data < end || (bytes[from + 47]! & 7) !== 0) {
          this.#tcp(bytes, from + 34, data, end, end, from + 26, 4, at, number);
        }
        return;
      }
    }
    const cursor = this.#cursor;
    cursor.bytes = bytes;
    cursor.at = from;
    cursor.end = to;
    cursor.sent = from + Math.max(Math.min(length, maxLength), to - from);
    this.#walk(link === 1 ? 'ethernet' : afterLink(cursor, link), at, number, 0);
  }

  /** Bytes that wait for the rest of their packets; bounded. */
  get held(): number {
    return this.#fragments.held;
  }

  /** The capture is over: what waits for fragments is counted as lost. */
  close(): void {
    this.#fragments.close();
  }

  #walk(layer: Layer, at: number, number: number, tunnels: number): void {
    const cursor = this.#cursor;
    this.#tunnels = tunnels;
    let end = this.#descend(layer);
    while (end === 'fragment' && this.#fragments.take(cursor, at)) end = this.#descend('protocol');
    const tally = this.#tally;
    switch (end) {
      case 'tcp':
        this.#header(at, number);
        break;
      case 'datagram':
        this.#datagram(at, number);
        break;
      case 'aggregate':
        this.#aggregate(at, number);
        break;
      case 'fragment':
        break;
      case 'other':
        tally.notTcp++;
        break;
      case 'foreign':
        tally.notIp++;
        break;
      case 'encrypted':
        tally.encrypted++;
        break;
      case 'cut':
        tally.cut++;
        break;
      default:
        tally.malformed++;
    }
  }

  /** Reads headers as long as one follows; returns what is inside of the last. */
  #descend(layer: Layer): Layer {
    const cursor = this.#cursor;
    for (let headers = 0; headers < maxHeaders; headers++) {
      switch (layer) {
        case 'ipv4':
          layer = ipv4(cursor);
          break;
        case 'protocol':
          layer = byProtocol(cursor);
          break;
        case 'udp':
          layer = udp(cursor);
          break;
        case 'ethernet':
          layer = ethernet(cursor);
          break;
        case 'ipv6':
          layer = ipv6(cursor);
          break;
        case 'gre':
          layer = gre(cursor);
          break;
        case 'ip':
          layer = ip(cursor);
          break;
        case 'mpls':
          layer = mpls(cursor);
          break;
        case 'nsh':
          layer = nsh(cursor);
          break;
        case 'pppoe':
          layer = pppoe(cursor);
          break;
        case 'ppp':
          layer = ppp(cursor);
          break;
        case 'hdlc':
          layer = hdlc(cursor);
          break;
        case 'llc':
          layer = llc(cursor);
          break;
        case 'wifi':
          layer = wifi(cursor);
          break;
        default:
          return layer;
      }
      if (cursor.opened === '') continue;
      countTunnel(this.#tally, cursor.opened);
      cursor.opened = '';
      if (++this.#tunnels > maxTunnels) break;
    }
    return 'malformed';
  }

  /** RFC 9293, section 3.1. */
  #header(time: number, number: number): void {
    const { bytes, at, end, sent, addresses, width } = this.#cursor;
    const tally = this.#tally;
    if (end - at < 20) {
      if (sent - at < 20) tally.malformed++;
      else tally.cut++;
      return;
    }
    const data = at + ((bytes[at + 12]! >> 4) << 2);
    if (data < at + 20 || data > sent) {
      tally.malformed++;
      return;
    }
    tally.segments++;
    if (sent > end) tally.cut++;
    if (data < sent || (bytes[at + 13]! & 7) !== 0) {
      this.#tcp(bytes, at, data, Math.max(data, end), sent, addresses, width, time, number);
    }
  }

  #tcp(
    bytes: Buffer,
    header: number,
    from: number,
    to: number,
    sent: number,
    addresses: number,
    width: 4 | 16,
    at: number,
    number: number,
  ): void {
    const segment = this.#segment;
    segment.bytes = bytes;
    segment.addresses = addresses;
    segment.width = width;
    segment.sourcePort = u16(bytes, header);
    segment.destinationPort = u16(bytes, header + 2);
    segment.seq = i32(bytes, header + 4);
    segment.ack = i32(bytes, header + 8);
    segment.flags = bytes[header + 13]!;
    segment.from = from;
    segment.to = to;
    segment.length = sent - from;
    segment.ref = number;
    segment.at = at;
    this.#sink.tcp(segment);
  }

  /** UDP that is no tunnel: only what may be the beginning of QUIC (RFC 9000, section 17.2) goes on. */
  #datagram(time: number, number: number): void {
    const { bytes, at, end, sent, addresses, width } = this.#cursor;
    const tally = this.#tally;
    tally.notTcp++;
    const source = u16(bytes, at);
    const destination = u16(bytes, at + 2);
    if (source !== 443 && destination !== 443 && source !== 8443 && destination !== 8443) return;
    tally.quic++;
    if (end - at < 9 || (bytes[at + 8]! & 0xc0) !== 0xc0) return;
    // 0 in a jumbogram, and where the sender's card fills it in.
    const length = u16(bytes, at + 4) || sent - at;
    const last = Math.min(sent, at + Math.max(length, 8));
    const segment = this.#segment;
    segment.bytes = bytes;
    segment.addresses = addresses;
    segment.width = width;
    segment.sourcePort = source;
    segment.destinationPort = destination;
    segment.seq = 0;
    segment.ack = 0;
    segment.flags = 0;
    segment.from = at + 8;
    segment.to = Math.min(end, last);
    segment.length = last - segment.from;
    segment.ref = number;
    segment.at = time;
    this.#sink.udp(segment);
  }

  /** Several frames in one of 802.11: each is read like a packet of its own. */
  #aggregate(at: number, number: number): void {
    const cursor = this.#cursor;
    const { bytes, end, sent } = cursor;
    const tunnels = this.#tunnels;
    let next = cursor.at;
    do {
      cursor.bytes = bytes;
      cursor.at = next;
      cursor.end = end;
      cursor.sent = sent;
      next = subframe(cursor);
      this.#walk('llc', at, number, tunnels);
      // A frame check sequence may follow the last.
    } while (end - next >= subframeHeader);
  }
}
