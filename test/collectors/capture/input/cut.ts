import { expect } from 'vitest';
import type { Cutter } from '#collectors/capture/input/cutter';
import { PcapCutter, readPcapHeader } from '#collectors/capture/input/pcap';
import { PcapStreamCutter } from '#collectors/capture/input/pcap-stream';
import { PcapngCutter } from '#collectors/capture/input/pcapng';
import { Receiver } from './received.ts';

/** The cutter of a capture that begins so, and where it starts; `null` for what is none. */
export type Make = (receiver: Receiver, head: Buffer) => { cutter: Cutter; from: number } | null;
const classic =
  (kind: typeof PcapCutter | typeof PcapStreamCutter): Make =>
  (receiver, head) => {
    const known = /^(?:a1b2c3d4|d4c3b2a1|a1b23c4d|4d3cb2a1|a1b2cd34|34cdb2a1)/.test(head.toString('hex', 0, 4));
    const header = known ? readPcapHeader(head) : { problem: null };
    return 'problem' in header ? null : { cutter: new kind(header, receiver), from: 24 };
  };
export const pcap = classic(PcapCutter);
export const pcapStream = classic(PcapStreamCutter);
export const pcapng: Make = (receiver) => ({ cutter: new PcapngCutter(receiver), from: 0 });

/** What comes of a capture that arrives in pieces which end at `ends`; the bytes that were taken are overwritten. */
export function cutAt(whole: Buffer, ends: readonly number[], make: Make) {
  const receiver = new Receiver();
  const made = make(receiver, whole.subarray(0, 24));
  if (made === null) return null;
  const { cutter } = made;
  let { from } = made;
  const buffer = Buffer.from(whole);
  for (const end of ends) {
    if (cutter.trouble !== null || end < from) continue;
    const next = cutter.cut(buffer, from, end);
    expect(next >= from && next <= end).toBe(true);
    buffer.fill(0xee, from, next);
    from = next;
  }
  const trouble = cutter.trouble ?? cutter.end(whole.length - from);
  return { packets: receiver.packets, keyLog: receiver.keyLogs.join(''), trouble };
}
