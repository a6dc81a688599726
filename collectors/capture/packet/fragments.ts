import type { Tally } from '#collectors/capture/tally';
import { type Cursor, u16 } from './cursor.ts';
import { tunnelOf } from './udp.ts';

/** What waits for its other parts, at most. */
const maxPackets = 4_096;
const maxBytes = 8 * 1_048_576;
/** Parts of one packet: 65,535 bytes in pieces of 512, and few enough to walk through. */
const maxParts = 128;
/** What a part costs beside its data. */
const overhead = 256;
/** Milliseconds of the capture's clock after which the rest comes no more (RFC 8200, section 4.5). */
const maxAge = 60_000;
/** How long a packet that is whole is remembered, so that a second copy of a part begins nothing. Identifiers come again. */
const remembered = 100;
const maxLength = 65_535;

interface Part {
  /** In bytes, where it stands in the packet's content. */
  offset: number;
  /** Bytes that were sent; more than `bytes` holds when the recording cut them. */
  length: number;
  bytes: Uint8Array;
}

interface Packet {
  /** By addresses, protocol and identifier. */
  key: string;
  at: number;
  protocol: number;
  /** By offset, none over another. */
  parts: Part[];
  /** Fragments that came for it. */
  came: number;
  /** Bytes that the parts cover, and those of the whole once the last one told. */
  covered: number;
  total: number | null;
  charged: number;
}

/** Puts IP packets together that came in fragments (RFC 791, section 3.2; RFC 8200, section 4.5). Bounded by number, bytes and age. */
export class Fragments {
  readonly #tally: Tally;
  /** By their keys, oldest first. */
  readonly #packets = new Map<string, Packet>();
  /** When those were put together or given up whose other copies may still come; oldest first. */
  readonly #over = new Map<string, number>();
  #held = 0;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** Bytes that are held. */
  get held(): number {
    return this.#held;
  }

  /**
   * Takes the fragment at the cursor. When it was the last that lacked, the cursor stands at the whole content, in bytes of its own with
   * the addresses in front, and the answer is true.
   */
  take(cursor: Cursor, now: number): boolean {
    this.#bound(now);
    const key = keyOf(cursor);
    if (this.#over.has(key)) return false;
    const packet = this.#packets.get(key) ?? this.#begin(key, cursor.protocol, now);
    packet.came++;
    const fits = this.#add(packet, cursor);
    if (fits && (packet.total === null || packet.covered < packet.total)) return false;
    if (fits) assemble(cursor, packet);
    else this.#count(packet);
    this.#drop(packet);
    this.#over.set(key, now);
    return fits;
  }

  /** The capture is over: what is not whole by now is lost. */
  close(): void {
    for (const packet of this.#packets.values()) this.#giveUp(packet);
  }

  #begin(key: string, protocol: number, at: number): Packet {
    const packet = { key, at, protocol, parts: [], came: 0, covered: 0, total: null, charged: 0 };
    this.#packets.set(key, packet);
    this.#charge(packet, overhead);
    return packet;
  }

  /** False when the packet cannot be put together by the rules. */
  #add(packet: Packet, { bytes, at, end, sent, width, fragmentOffset, moreFragments, protocol }: Cursor): boolean {
    const length = sent - at;
    const last = fragmentOffset + length;
    const { parts, total } = packet;
    if (length <= 0) return true;
    const covers = parts.length === 0 ? 0 : parts.at(-1)!.offset + parts.at(-1)!.length;
    if (last > maxLength || (total !== null && last > total)) return false;
    if (!moreFragments) {
      if ((total !== null && total !== last) || covers > last) return false;
      packet.total = last;
    }
    // What follows a fragment header may differ from part to part: the first one's counts.
    if (fragmentOffset === 0) packet.protocol = protocol;
    const part = { offset: fragmentOffset, length, bytes: bytes.subarray(at, Math.max(at, end)) };
    if (width === 16 && parts.some((other) => overlaps(other, part))) {
      // RFC 5722: a packet with overlaps is given up. Copies are none.
      return parts.some(({ offset, length }) => offset === part.offset && length === part.length);
    }
    this.#place(packet, part);
    return parts.length <= maxParts;
  }

  /** Puts those bytes into the parts' holes that are new: of two versions of a byte the first that came is taken. */
  #place(packet: Packet, { offset, length, bytes }: Part): void {
    const { parts } = packet;
    const end = offset + length;
    let from = offset;
    for (let i = 0; from < end; i++) {
      const next = parts[i];
      const free = next === undefined ? end : Math.min(end, next.offset);
      if (free > from) {
        // A copy, as the packet's own bytes are used again, and not of Buffer's pool, of which it would hold a whole block.
        const copy = new Uint8Array(bytes.subarray(from - offset, free - offset));
        parts.splice(i++, 0, { offset: from, length: free - from, bytes: copy });
        packet.covered += free - from;
        this.#charge(packet, copy.length + overhead);
      }
      from = next === undefined ? end : Math.max(from, next.offset + next.length);
    }
  }

  #bound(now: number): void {
    for (const packet of this.#packets.values()) {
      const old = Math.abs(now - packet.at) > maxAge;
      if (!old && this.#held <= maxBytes && this.#packets.size <= maxPackets) break;
      this.#giveUp(packet);
    }
    for (const [key, at] of this.#over) {
      if (Math.abs(now - at) <= remembered && this.#over.size <= maxPackets) break;
      this.#over.delete(key);
    }
  }

  #giveUp(packet: Packet): void {
    this.#count(packet);
    this.#drop(packet);
  }

  #count(packet: Packet): void {
    if (mayCarryTcp(packet)) this.#tally.fragments += packet.came;
    else this.#tally.notTcp += packet.came;
  }

  #drop(packet: Packet): void {
    this.#packets.delete(packet.key);
    this.#charge(packet, -packet.charged);
  }

  #charge(packet: Packet, bytes: number): void {
    packet.charged += bytes;
    this.#held += bytes;
  }
}

function overlaps(one: Part, other: Part): boolean {
  return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
}

/** IPv4 counts identifiers by protocol, IPv6 does not. */
function keyOf({ bytes, addresses, width, protocol, fragmentId }: Cursor): string {
  const ends = bytes.toString('latin1', addresses, addresses + 2 * width);
  return `${ends}${width === 4 ? protocol : ''}:${fragmentId}`;
}

/** Whether HTTP may have been in it: TCP, or a tunnel. Of UDP the first part tells. */
function mayCarryTcp({ protocol, parts }: Packet): boolean {
  if (protocol !== 17) return protocol === 6 || protocol === 4 || protocol === 41 || protocol === 47;
  const first = parts[0];
  if (first === undefined || first.offset > 0 || first.bytes.length < 4) return false;
  return tunnelOf(u16(first.bytes, 0), u16(first.bytes, 2)) !== null;
}

/** Where the recording cut a part in the middle, what stands behind it cannot be reached: the packet is cut there. */
function assemble(cursor: Cursor, { parts, total, protocol }: Packet): void {
  const { bytes, addresses, width } = cursor;
  const pieces: Uint8Array[] = [bytes.subarray(addresses, addresses + 2 * width)];
  for (const part of parts) {
    pieces.push(part.bytes);
    if (part.bytes.length < part.length) break;
  }
  cursor.bytes = Buffer.concat(pieces);
  cursor.addresses = 0;
  cursor.at = 2 * width;
  cursor.end = cursor.bytes.length;
  cursor.sent = 2 * width + total!;
  cursor.protocol = protocol;
}
