import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decapsulation } from '#collectors/capture/packet/decapsulation';
import { destinationOf, sourceOf } from '#collectors/capture/packet/endpoint';
import type { Segment } from '#collectors/capture/packet/segment';
import { newTally } from '#collectors/capture/tally';
import { ethernet, ipPacket, ipv4, ipv6 } from '#test/collectors/capture/pcap';
import { behind, frame, gre, udp, vxlan, wifi } from '#test/collectors/capture/tunnels';

const links = [
  0, 1, 9, 12, 14, 50, 51, 100, 101, 104, 105, 107, 108, 109, 113, 119, 127, 163, 166, 192, 195, 204, 205, 228, 229,
  239, 258, 276,
];

/** What is told of one packet among other bytes, held to the contract on the way. */
function tell(content: Buffer, length: number, link: number, around: number) {
  const bytes = Buffer.concat([Buffer.alloc(9, around), content, Buffer.alloc(70, around)]);
  const tally = newTally();
  const told: unknown[] = [];
  const take = (segment: Segment) => {
    const { addresses, width, from, to, length } = segment;
    expect(from).toBeLessThanOrEqual(to);
    expect(to - from).toBeLessThanOrEqual(length);
    expect(addresses + 2 * width).toBeLessThanOrEqual(segment.bytes.length);
    for (const value of Object.values(segment))
      expect(typeof value === 'number' ? Number.isInteger(value) : true).toBe(true);
    told.push({
      ...segment,
      bytes: segment.bytes.toString('latin1', from, to),
      ends: sourceOf(segment) + destinationOf(segment),
    });
  };
  const opening = new Decapsulation({ tcp: take, udp: take }, tally);
  opening.packet(bytes, 9, 9 + content.length, length, 1, link, 1);
  opening.close();
  expect(opening.held).toBe(0);
  const { segments, notIp, notTcp, fragments, malformed, cut, encrypted } = tally;
  expect(segments + notIp + notTcp + fragments + malformed + cut + encrypted).toBeGreaterThan(0);
  return { told, tally };
}

const v4 = { source: '192.0.2.1', destination: '192.0.2.2' };
const v6 = { source: '2001:db8:0:0:0:0:0:1', destination: '2001:db8:0:0:0:0:0:2' };
const inner = ipPacket({ ...v4, sourcePort: 1_025, destinationPort: 80, seq: 1, ack: 1, data: 'hello' });
/** Packets that lead into every part, for mutations to begin from. */
const seeds: [link: number, frame: Buffer][] = [
  [1, ethernet(inner)],
  [1, ethernet(vxlan(ethernet(inner, [0x8100])))],
  [1, ethernet(gre('1000 22eb 00000001 20010001 00000000 00000001 0000000000000000', ethernet(inner)))],
  [1, ethernet(gre('0000 8200', wifi(inner)))],
  [1, ethernet(udp(2_152, behind('34ff 0040 00000001 0000 00 85 01100085 0200000000000000', inner)))],
  [
    1,
    ethernet(
      udp(6_081, behind('0880 0800 00000000 0108010211223344010801021122334401080102112233440108010211223344', inner)),
    ),
  ],
  [1, ethernet(udp(3_544, behind('0001 0402 11111111 2222 0000000000000000 00', ipv6(v6, inner.subarray(20)))))],
  [1, ethernet(udp(1_701, behind('4a02 0060 0001 0001 0001 0002 0002 0000 ff03 0021', inner)))],
  [1, ethernet(udp(37_008, behind('0100 0012 00 0a01c4 01', wifi(inner))))],
  [1, ethernet(ipv6(v6, behind('2b00000000000000 2c00000000000000 0600 0001 00000001', inner.subarray(20)), 0))],
  [1, ethernet(ipv4(v4, inner, 4))],
  [1, frame('8847 00010040 00000140', inner)],
  [105, behind(`8801 0000 ${'02'.repeat(18)} 1000 8000`, frame('0050', behind('aaaa03 000000 0800', inner)))],
  [127, behind('0000 1100 03000080 00000000 0000000000 20', wifi(inner))],
  [192, behind('0000 0c00 01000000 00000000', ethernet(inner))],
  [239, behind('02000000 0800 0100 08000100 4000 0900', inner)],
];

describe('any bytes', () => {
  test('on any link give what is in them, whatever lies around', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...links),
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(70_000),
        (link, array, length) => {
          const content = Buffer.from(array);
          expect(tell(content, length, link, 0x45)).toEqual(tell(content, length, link, 0xff));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('in the place of those of real packets, too', () => {
    const change = fc.record({ at: fc.nat(200), value: fc.integer({ min: 0, max: 255 }) });
    const other = fc.option(fc.constantFrom(...links), { freq: 10 });
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(change, { maxLength: 6 }),
        fc.nat(320),
        other,
        (seed, changes, kept, link) => {
          const content = Buffer.from(seed[1].subarray(0, kept));
          for (const { at, value } of changes) if (at < content.length) content[at] = value;
          const told = tell(content, seed[1].length, link ?? seed[0], 0x45);
          expect(told).toEqual(tell(content, seed[1].length, link ?? seed[0], 0x00));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  test('of the longest packets take their time and no more', () => {
    const length = 262_144;
    const ways = [
      [1, behind(`${'00'.repeat(12)} 8847`, Buffer.alloc(length))],
      [239, Buffer.concat([Buffer.alloc(4), Buffer.alloc(length, Buffer.from('0400 0100', 'hex').subarray(0, 4))])],
      [192, Buffer.alloc(length, Buffer.from('00000800c0000000', 'hex'))],
      [127, Buffer.concat([Buffer.from('0000ffffffffffff', 'hex'), Buffer.alloc(length, 0xff)])],
      [105, Buffer.concat([Buffer.from(`88010000${'02'.repeat(18)}10008000`, 'hex'), Buffer.alloc(length)])],
      [101, ipv6(v6, Buffer.alloc(65_000, 0), 0)],
      [101, udp(37_008, Buffer.concat([Buffer.from('01000001', 'hex'), Buffer.alloc(60_000)]))],
    ] as const;
    for (const [link, bytes] of ways) {
      const tally = newTally();
      const nothing = () => expect.unreachable();
      const opening = new Decapsulation({ tcp: nothing, udp: nothing }, tally);
      for (let i = 0; i < 20; i++) opening.packet(bytes, 0, bytes.length, bytes.length, 1, link, 1);
      expect(tally.segments).toBe(0);
    }
  });
});
