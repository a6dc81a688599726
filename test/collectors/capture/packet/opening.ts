import { Decapsulation } from '#collectors/capture/packet/decapsulation';
import { authorityOf, destinationOf, sourceOf } from '#collectors/capture/packet/endpoint';
import { newTally, type Tally } from '#collectors/capture/tally';

/** A segment or datagram, copied out of the one object that serves for all. */
export interface Found {
  kind: 'tcp' | 'udp';
  source: string;
  destination: string;
  seq: number;
  ack: number;
  flags: number;
  length: number;
  text: string;
  ref: number;
  at: number;
}

/** One packet of a capture for {@link open}; alone it is one on Ethernet at time 0. */
export interface Given {
  link?: number;
  frame: Buffer;
  /** On the wire, when the recording cut it. */
  length?: number;
  at?: number;
}

/**
 * Opens packets one after the other. Each lies between bytes of others, as in a capture file: what is read beyond its end shows
 * in what is found.
 */
export function open(packets: readonly Given[], ends = true): { found: Found[]; tally: Tally; held: number } {
  const found: Found[] = [];
  const tally = newTally();
  const keep = (kind: Found['kind']) => (segment: Parameters<typeof sourceOf>[0]) => {
    const { bytes, from, to, seq, ack, flags, length, ref, at } = segment;
    const addresses = { source: authorityOf(sourceOf(segment)), destination: authorityOf(destinationOf(segment)) };
    found.push({ kind, ...addresses, seq, ack, flags, length, text: bytes.toString('latin1', from, to), ref, at });
  };
  const opening = new Decapsulation({ tcp: keep('tcp'), udp: keep('udp') }, tally);
  packets.forEach(({ frame, link = 1, length = frame.length, at = 0 }, i) => {
    const bytes = Buffer.concat([Buffer.alloc(7, 0x45), frame, Buffer.alloc(64, 0x45)]);
    opening.packet(bytes, 7, 7 + frame.length, length, at, link, i + 1);
    // The bytes are used again as soon as the call returns.
    bytes.fill(0xee);
  });
  if (ends) opening.close();
  return { found, tally, held: opening.held };
}
