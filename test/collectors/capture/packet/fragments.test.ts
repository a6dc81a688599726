import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newTally } from '#collectors/capture/tally';
import { ethernet, ipPacket, ipv4, ipv6 } from '#test/collectors/capture/pcap';
import { behind, gre, udp, vxlan } from '#test/collectors/capture/tunnels';
import { type Given, open } from './opening.ts';

const v4 = { source: '192.0.2.1', destination: '192.0.2.2' };
const v6 = { source: '2001:db8:0:0:0:0:0:1', destination: '2001:db8:0:0:0:0:0:2' };
const data = Array.from({ length: 2_000 }, (_, i) => String.fromCharCode(32 + ((i * 7) % 90))).join('');
const tcp = ipPacket({ ...v4, sourcePort: 40_000, destinationPort: 8_080, seq: 1, ack: 7, data }).subarray(20);

/** `content` from `from` to `to`, as a fragment over IPv4. */
function part4(
  content: Buffer,
  from: number,
  to: number,
  { id = 7, protocol = 6, last = to >= content.length } = {},
): Buffer {
  const packet = ipv4(v4, content.subarray(from, to), protocol);
  packet.writeUInt16BE(id, 4);
  packet.writeUInt16BE((last ? 0 : 0x2000) | (from / 8), 6);
  return packet;
}

function part6(
  content: Buffer,
  from: number,
  to: number,
  { id = 7, protocol = 6, last = to >= content.length } = {},
): Buffer {
  const header = Buffer.alloc(8);
  header[0] = protocol;
  header.writeUInt16BE(from | (last ? 0 : 1), 2);
  header.writeUInt32BE(id, 4);
  return ipv6(v6, Buffer.concat([header, content.subarray(from, to)]), 44);
}

const given = (packet: Buffer, at = 0): Given => ({ frame: ethernet(packet), at });
/** A content cut at multiples of eight. */
const cuts = fc
  .uniqueArray(fc.integer({ min: 1, max: Math.floor((tcp.length - 1) / 8) }), { minLength: 1, maxLength: 30 })
  .map((places) => [0, ...places.map((place) => place * 8).sort((a, b) => a - b), tcp.length]);

describe('fragments', () => {
  test.each([
    ['IPv4', part4],
    ['IPv6', part6],
  ])('of %s give the segment, in any order and with copies', (_, part) => {
    fc.assert(
      fc.property(
        cuts,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.nat(3),
        (places, order, copies) => {
          const pieces = places.slice(1).map((to, i) => part(tcp, places[i]!, to));
          const all = [...pieces, ...pieces.slice(0, copies)]
            .map((piece) => ({ piece, key: order.next().value! }))
            .sort((a, b) => a.key - b.key)
            .map(({ piece }) => piece);
          const { found, tally, held } = open([
            given(part === part4 ? ipv4(v4, tcp) : ipv6(v6, tcp)),
            ...all.map((piece) => given(piece)),
          ]);
          expect(found).toHaveLength(2);
          expect({ ...found[1], ref: 1 }).toEqual(found[0]);
          expect(tally).toEqual({ ...newTally(), segments: 2 });
          expect(held).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('split a TCP header', () => {
    const { found } = open([given(part4(tcp, 0, 8)), given(part4(tcp, 8, 16)), given(part4(tcp, 16, tcp.length))]);
    expect(found).toMatchObject([{ text: data, source: '192.0.2.1:40000', destination: '192.0.2.2:8080', ref: 3 }]);
  });

  test('of several packets at once are told apart', () => {
    const other = Buffer.from(tcp);
    other.write('other', 20);
    const { found } = open([
      given(part4(tcp, 0, 800)),
      given(part4(other, 0, 800, { id: 8 })),
      given(part6(tcp, 0, 800)),
      given(part4(other, 800, tcp.length, { id: 8 })),
      given(part6(tcp, 800, tcp.length)),
      given(part4(tcp, 800, tcp.length)),
    ]);
    expect(found.map(({ text, ref }) => [text.slice(0, 5), ref])).toEqual([
      ['other', 4],
      [data.slice(0, 5), 5],
      [data.slice(0, 5), 6],
    ]);
  });

  test('that overlap: over IPv4 the first that came is taken, whatever their order', () => {
    const evil = Buffer.concat([tcp.subarray(0, 24), Buffer.alloc(tcp.length - 24, 'E')]);
    const { found } = open([
      given(part4(tcp, 800, 1_600)),
      given(part4(tcp, 0, 400)),
      // Over the end of one, a hole, and the beginning of another: only the hole takes it.
      given(part4(Buffer.concat([evil.subarray(0, 400), tcp.subarray(400, 800), evil.subarray(800)]), 200, 1_200)),
      given(part4(Buffer.concat([evil.subarray(0, 1_600), tcp.subarray(1_600)]), 400, tcp.length)),
    ]);
    expect(found.map(({ text }) => text)).toEqual([data]);
  });

  test('that overlap over IPv6 are given up (RFC 5722)', () => {
    const pieces = [part6(tcp, 0, 800), part6(tcp, 400, 1_200), part6(tcp, 800, tcp.length)];
    const { found, tally } = open(pieces.map((piece) => given(piece)));
    expect(found).toEqual([]);
    expect(tally.fragments).toBe(2);
  });

  test('that overlap by a byte of two ends are given up', () => {
    const { found, tally } = open([
      given(part4(tcp, 800, 1_600, { last: true })),
      given(part4(tcp, 1_600, tcp.length)),
      given(part4(tcp, 0, 800)),
    ]);
    expect(found).toEqual([]);
    expect(tally.fragments).toBe(2);
  });

  test('around tunnels, in tunnels', () => {
    const inner = ipv4(v4, tcp);
    const outer = vxlan(ethernet(inner)).subarray(20);
    const around = open([
      given(part4(outer, 0, 1_000, { protocol: 17 })),
      given(part4(outer, 1_000, outer.length, { protocol: 17 })),
    ]);
    expect(around.found.map(({ text }) => text)).toEqual([data]);
    expect(around.tally).toEqual({ ...newTally(), segments: 1, tunnels: new Map([['VXLAN', 1]]) });
    const within = open(
      [gre('0000 0800', part4(tcp, 0, 1_000)), gre('0000 0800', part4(tcp, 1_000, tcp.length))].map((packet) =>
        given(packet),
      ),
    );
    expect(within.found.map(({ text }) => text)).toEqual([data]);
    const twice = gre('0000 0800', part4(tcp, 0, tcp.length, { last: false })).subarray(20);
    const both = open([
      given(part4(twice, 0, 808, { protocol: 47 })),
      given(part4(twice, 808, twice.length, { protocol: 47 })),
      given(gre('0000 0800', part4(Buffer.concat([tcp, Buffer.alloc(4, '!')]), tcp.length - 4, tcp.length + 4))),
    ]);
    expect(both.found.map(({ text }) => text)).toEqual([`${data}!!!!`]);
  });

  test('cut by the recording give what stands before the cut', () => {
    const first = given(part4(tcp, 0, 800));
    const cut = { ...first, frame: first.frame.subarray(0, -100), length: first.frame.length };
    const { found, tally } = open([cut, given(part4(tcp, 800, tcp.length))]);
    expect(found).toMatchObject([{ length: data.length, text: data.slice(0, 800 - 20 - 100) }]);
    expect(tally).toEqual({ ...newTally(), segments: 1, cut: 1 });
  });

  test.each([
    ['of TCP', part4(tcp, 0, 800), { fragments: 1 }],
    ['of TCP over IPv6', part6(tcp, 0, 800), { fragments: 1 }],
    ['of GRE', part4(tcp, 8, 800, { protocol: 47 }), { fragments: 1 }],
    ['of VXLAN', part4(vxlan(ethernet(ipv4(v4, tcp))).subarray(20), 0, 800, { protocol: 17 }), { fragments: 1 }],
    ['of other UDP', part4(udp(53, tcp).subarray(20), 0, 800, { protocol: 17 }), { notTcp: 1 }],
    ['of UDP whose beginning is missing', part4(tcp, 8, 800, { protocol: 17 }), { notTcp: 1 }],
    ['beyond the longest packet', part4(Buffer.concat([Buffer.alloc(65_528), tcp]), 65_528, 65_600), { fragments: 1 }],
    ['of ICMP', part4(tcp, 0, 800, { protocol: 1 }), { notTcp: 1 }],
  ])('that stay alone are counted: %s', (_, packet, counts) => {
    const { found, tally, held } = open([given(packet)]);
    expect(found).toEqual([]);
    expect(tally).toEqual({ ...newTally(), ...counts });
    expect(held).toBe(0);
  });

  test('whose rest comes too late, in the capture’s time, are counted', () => {
    const { found, tally } = open([given(part4(tcp, 0, 800)), given(part4(tcp, 800, tcp.length), 61_000)]);
    expect(found).toEqual([]);
    expect(tally.fragments).toBe(2);
  });

  test('with the identifier of a packet that was put together before', () => {
    const pieces = [part4(tcp, 0, 800), part4(tcp, 800, tcp.length)];
    const { found, tally } = open([0, 1_000].flatMap((at) => pieces.map((piece) => given(piece, at))));
    expect(found.map(({ ref }) => ref)).toEqual([2, 4]);
    expect(tally.fragments).toBe(0);
  });

  test('that never end stay within bounds', () => {
    const piece = Buffer.alloc(1_400, 'x');
    const flood = (count: number, make: (i: number) => Buffer) =>
      Array.from({ length: count }, (_, i) => given(make(i), i / 100));
    const wide = open(
      flood(20_000, (id) => part4(piece, 0, 1_400, { id: id % 65_536, last: false })),
      false,
    );
    expect(wide.held).toBeLessThan(9 * 1_048_576);
    const narrow = open(
      flood(20_000, (id) => part6(piece, 0, 8, { id, last: false })),
      false,
    );
    expect(narrow.held).toBeLessThan(4 * 1_048_576);
    const sparse = open(
      flood(8_000, (i) =>
        part4(Buffer.alloc(65_536), i * 16, i * 16 + 8 > 65_000 ? 8 : i * 16 + 8, { last: false }),
      ).slice(0, 4_000),
      false,
    );
    expect(sparse.held).toBeLessThan(1_048_576);
  });

  test('in fragments in fragments are followed as far as they go', () => {
    let packet = behind('0600 0000 00000001', tcp);
    for (let i = 0; i < 20; i++) packet = behind('2c00 0000 00000001', packet);
    const { found, tally } = open([given(ipv6(v6, packet, 44))]);
    expect(found.length + tally.notTcp).toBe(1);
  });
});
