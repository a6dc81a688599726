import { describe, expect, test } from 'vitest';
import { newTally } from '#collectors/capture/tally';
import { ethernet, ipPacket, ipv4, ipv6 } from '#test/collectors/capture/pcap';
import { behind, gre, half, hex, udp, vxlan, wifi } from '#test/collectors/capture/tunnels';
import { open } from './opening.ts';

const ports = { sourcePort: 40_000, destinationPort: 8_080, seq: 1, ack: 7, data: 'hello' };
const v4 = ipPacket({ source: '10.1.2.3', destination: '10.1.2.4', ...ports });
const v6 = ipPacket({ source: '2001:db8:0:0:0:0:0:1', destination: '2001:db8:0:0:0:0:0:2', ...ports });
const outer4 = { source: '192.0.2.1', destination: '192.0.2.2' };
const outer6 = { source: '2001:db8:0:0:0:0:0:8', destination: '2001:db8:0:0:0:0:0:9' };

const v4Frame = ethernet(v4);
const gtp = (header: string, packet: Buffer) => udp(2_152, behind(header, packet));
const ayiya = (packet: Buffer) => behind(`4151 01 29 00000000 ${'11'.repeat(16)} ${'22'.repeat(20)}`, packet);

/** Outer packets from the IP header on. */
const cases: [name: string, packet: Buffer, tunnel: string][] = [
  ['VXLAN', vxlan(v4Frame), 'VXLAN'],
  ['VXLAN on Linux’s old port', vxlan(ethernet(v6, [0x8100]), 8_472), 'VXLAN'],
  ['VXLAN, its reserved fields set', udp(4_789, behind('ff01d1f200000b00', v4Frame)), 'VXLAN'],
  ['VXLAN without a length of UDP', noLength(vxlan(v4Frame)), 'VXLAN'],
  ['VXLAN-GPE, IPv4', udp(4_790, behind('0c000001 00002a00', v4)), 'VXLAN-GPE'],
  ['VXLAN-GPE, IPv6', udp(4_790, behind('0c000002 00002a00', v6)), 'VXLAN-GPE'],
  ['VXLAN-GPE, Ethernet', udp(4_790, behind('0c000003 00002a00', v4Frame)), 'VXLAN-GPE'],
  ['VXLAN-GPE, NSH around IPv4', udp(4_790, behind('0c000004 00002a00 00020101 00000100', v4)), 'VXLAN-GPE'],
  ['VXLAN-GPE, MPLS', udp(4_790, behind('0c000005 00002a00 00010140', v4)), 'VXLAN-GPE'],
  ['Geneve', udp(6_081, behind('0000 6558 00002a00', v4Frame)), 'Geneve'],
  [
    'Geneve, IP with options, as load balancers send it',
    udp(6_081, behind(`0880 0800 00000000 ${'0108 0102 11223344'.repeat(4)}`, v4)),
    'Geneve',
  ],
  ['Geneve, IPv6', udp(6_081, behind('0000 86dd 00002a00', v6)), 'Geneve'],
  ['GRE', gre('0000 0800', v4), 'GRE'],
  ['GRE with checksum, key and sequence', gre('b000 86dd 11112222 00000001 00000002', v6), 'GRE'],
  ['GRE, Ethernet', gre('2000 6558 00000001', v4Frame), 'GRE'],
  ['GRE of PPTP', gre(`3081 880b ${half(v4.length + 4)} 0001 00000001 00000001`, behind('ff03 0021', v4)), 'GRE'],
  ['GRE of WCCP', gre('0000 883e', v4), 'GRE'],
  ['GRE of WCCP 2', gre('0000 883e 00010000', v4), 'GRE'],
  ['GRE of Aruba', gre('0000 8200', wifi(v4)), 'GRE'],
  ['GRE over IPv6', ipv6(outer6, behind('0000 0800', v4), 47), 'GRE'],
  ['ERSPAN I', gre('0000 88be', v4Frame), 'ERSPAN'],
  ['ERSPAN II', gre('1000 88be 00000001 10010001 00000000', v4Frame), 'ERSPAN'],
  ['ERSPAN III', gre('1000 22eb 00000001 20010001 00000000 00000000', v4Frame), 'ERSPAN'],
  [
    'ERSPAN III with its platform’s words',
    gre('1000 22eb 00000001 20010001 00000000 00000001 0000000000000000', v4Frame),
    'ERSPAN',
  ],
  ['ERSPAN III, an IP packet', gre('1000 22eb 00000001 20010001 00000000 00000800', v4), 'ERSPAN'],
  ['GRE over UDP', udp(4_754, behind('0000 0800', v4)), 'GRE over UDP'],
  ['GRE over UDP, Ethernet with a key', udp(4_754, behind('2000 6558 00000001', v4Frame)), 'GRE over UDP'],
  ['IP in IP', ipv4(outer4, v4, 4), 'IP in IP'],
  ['IPv4 in IPv6', ipv6(outer6, v4, 4), 'IP in IP'],
  ['6in4', ipv4(outer4, v6, 41), '6in4'],
  ['IPv6 in IPv6', ipv6(outer6, v6, 41), '6in4'],
  ['MPLS in IP', ipv4(outer4, behind('00010140', v4), 137), 'MPLS'],
  ['Ethernet in IP', ipv4(outer4, behind('3000', v4Frame), 97), 'EtherIP'],
  ['Teredo', udp(3_544, v6), 'Teredo'],
  [
    'Teredo, from the server',
    udp(50_000, behind('0001 0000 0000000000000000 00 0000 1234 56789abc', v6), 3_544),
    'Teredo',
  ],
  ['Teredo, authenticated', udp(3_544, behind('0001 0402 11111111 2222 0000000000000000 00', v6)), 'Teredo'],
  ['GTP-U', gtp(`30ff ${half(v4.length)} 00000001`, v4), 'GTP-U'],
  ['GTP-U with a sequence number', gtp(`32ff ${half(v6.length + 4)} 00000001 0001 00 00`, v6), 'GTP-U'],
  [
    'GTP-U with two extension headers',
    gtp(`34ff ${half(v4.length + 16)} 00000001 0000 00 85 01100085 0200000000000000`, v4),
    'GTP-U',
  ],
  ['AYIYA', udp(5_072, ayiya(v6)), 'AYIYA'],
  ['AYIYA, the way back', udp(50_000, ayiya(v6), 5_072), 'AYIYA'],
  ['L2TP', udp(1_701, behind('0002 0001 0001 0021', v4)), 'L2TP'],
  [
    'L2TP with length, sequence and offset',
    udp(1_701, behind(`4a02 ${half(v4.length + 18)} 0001 0001 0001 0002 0002 0000 ff03 0021`, v4)),
    'L2TP',
  ],
  ['TZSP', udp(37_008, behind('0100 0001 01', v4Frame)), 'TZSP'],
  ['TZSP with fields', udp(37_008, behind('0100 0001 00 0a01c4 0d0101 01', v4Frame)), 'TZSP'],
  ['TZSP, 802.11', udp(37_008, behind('0100 0012 01', wifi(v4))), 'TZSP'],
];

function noLength(packet: Buffer): Buffer {
  packet.writeUInt16BE(0, 24);
  return packet;
}

describe('the segment in a tunnel', () => {
  test.each(cases)('%s', (_, packet, tunnel) => {
    const { found, tally } = open([{ frame: ethernet(packet) }]);
    const [source, destination] = packet.includes(v4)
      ? ['10.1.2.3:40000', '10.1.2.4:8080']
      : ['[2001:db8:0:0:0:0:0:1]:40000', '[2001:db8:0:0:0:0:0:2]:8080'];
    expect(found).toMatchObject([{ kind: 'tcp', source, destination, length: 5, text: 'hello' }]);
    expect(tally).toEqual({ ...newTally(), segments: 1, tunnels: new Map([[tunnel, 1]]) });
  });

  test.each(cases)('%s: cut anywhere it is counted once, and nothing is read behind', (_, packet) => {
    const frame = ethernet(packet);
    for (let kept = 0; kept < frame.length; kept++) {
      const { found, tally } = open([{ frame: frame.subarray(0, kept), length: frame.length }]);
      for (const { text, length } of found) {
        expect('hello'.startsWith(text)).toBe(true);
        expect(length).toBe(5);
      }
      const { cut, malformed, notIp, notTcp } = tally;
      expect(cut + malformed + notIp + notTcp).toBe(1);
    }
  });
});

describe('tunnels in tunnels', () => {
  const nested = (times: number) => {
    let packet = v4;
    for (let i = 0; i < times; i++) packet = i % 2 === 0 ? vxlan(ethernet(packet)) : gre('0000 0800', packet);
    return open([{ frame: ethernet(packet) }]);
  };

  test('are opened, eight of them', () => {
    const { found, tally } = nested(8);
    expect(found.map(({ text }) => text)).toEqual(['hello']);
    expect(tally.tunnels).toEqual(
      new Map([
        ['GRE', 4],
        ['VXLAN', 4],
      ]),
    );
  });

  test('nine are malformed', () => {
    const { found, tally } = nested(9);
    expect(found).toEqual([]);
    expect(tally).toMatchObject({ segments: 0, malformed: 1 });
  });
});

const long = hex(`c3 00000001 08 1122334455667788 00 ${'00'.repeat(20)}`);

describe('UDP on a tunnel’s port is no tunnel', () => {
  test.each([
    ['VXLAN’s, without its flag', udp(4_789, hex(`00${'11'.repeat(40)}`))],
    ['VXLAN’s, an answer of DNS', udp(4_789, hex(`0800${'11'.repeat(40)}`), 53)],
    ['VXLAN-GPE’s, neither flag', udp(4_790, hex(`00${'11'.repeat(40)}`))],
    ['Geneve’s, of version 1', udp(6_081, behind('4000 6558 00002a00', v4Frame))],
    ['Geneve’s, of an unknown type', udp(6_081, behind('0000 1234 00002a00', v4Frame))],
    ['Geneve’s, options beyond its end', udp(6_081, behind('3f00 0800 00002a00', v4Frame))],
    ['GRE’s, of version 1', udp(4_754, behind('0001 0800', v4))],
    ['GRE’s, of an unknown type', udp(4_754, behind('0000 1234', v4))],
    ['GTP-U’s, an echo', udp(2_152, hex('3201 0004 00000000 0000 0000'))],
    ['GTP-U’s, of version 2', gtp('48ff 0020 00000001', v4)],
    ['GTP-U’s, longer than it is', gtp('30ff ffff 00000001', v4)],
    ['GTP-U’s, an extension header of length 0', gtp(`34ff ${half(v4.length + 8)} 00000001 0000 00 85 00100000`, v4)],
    ['GTP-U’s, no IP inside', gtp('30ff 0010 00000001', Buffer.alloc(16))],
    ['Teredo’s, no IPv6 inside', udp(3_544, Buffer.alloc(60, 0x45))],
    ['Teredo’s, longer than it is', udp(3_544, v6.subarray(0, 50))],
    ['AYIYA’s, a heartbeat', udp(5_072, hex(`4151 02 3b 00000000 ${'11'.repeat(36)}`))],
    ['AYIYA’s, of another next header', udp(5_072, hex(`4151 01 06 00000000 ${'11'.repeat(60)}`))],
    ['L2TP’s, control', udp(1_701, hex('c802 000c 0001 0000 0000 0000'))],
    ['L2TP’s, of version 3', udp(1_701, behind('0003 0001 0001 0021', v4))],
    ['L2TP’s, an offset beyond its end', udp(1_701, hex('0202 0001 0001 ffff 0021'))],
    ['TZSP’s, a keep-alive', udp(37_008, hex('0104 0001 01'))],
    ['TZSP’s, without an end of its fields', udp(37_008, hex('0100 0001 00 0aff 00'))],
    ['TZSP’s, of another link', udp(37_008, hex('0100 0077 01 000000'))],
  ])('%s', (_, packet) => {
    const { found, tally } = open([{ frame: ethernet(packet) }]);
    expect(found).toEqual([]);
    expect(tally).toEqual({ ...newTally(), notTcp: 1 });
  });

  test.each([
    ['an acknowledgement of PPTP', gre('2081 880b 0000 0001 00000001', Buffer.alloc(0)), { notTcp: 1 }],
    ['GRE of version 2', gre('0002 0800', v4), { malformed: 1 }],
    ['GRE with source routes', gre('4000 0800 00000000', v4), { malformed: 1 }],
    [
      'a header of NSH that is none',
      udp(4_790, behind('0c000004 00002a00 00000101 00000100', v4)),
      { malformed: 1, tunnels: new Map([['VXLAN-GPE', 1]]) },
    ],
  ])('%s', (_, packet, counts) => {
    const { found, tally } = open([{ frame: ethernet(packet) }]);
    expect(found).toEqual([]);
    expect(tally).toEqual({ ...newTally(), ...counts });
  });
});

describe('what may be QUIC', () => {
  test.each([
    ['to 443', udp(443, long), 443],
    ['to 8443', udp(8_443, long), 8_443],
    ['in VXLAN', vxlan(ethernet(udp(443, long))), 443],
    ['without a length', noLength(udp(443, long)), 443],
  ])('%s', (_, packet, port) => {
    const { found, tally } = open([{ frame: ethernet(packet), at: 5 }]);
    const text = long.toString('latin1');
    const ends = { source: '192.0.2.1:50000', destination: `192.0.2.2:${port}` };
    expect(found).toEqual([
      { kind: 'udp', ...ends, seq: 0, ack: 0, flags: 0, length: long.length, text, ref: 1, at: 5 },
    ]);
    expect(tally).toMatchObject({ quic: 1, notTcp: 1, segments: 0 });
  });

  test.each([
    ['a short header', udp(443, hex(`40${'00'.repeat(30)}`)), 1],
    ['nothing inside', udp(443, Buffer.alloc(0)), 1],
    ['another port', udp(53, long), 0],
  ])('%s is not', (_, packet, quic) => {
    const { found, tally } = open([{ frame: ethernet(packet) }]);
    expect(found).toEqual([]);
    expect(tally).toEqual({ ...newTally(), quic, notTcp: 1 });
  });

  test('cut by the recording', () => {
    const frame = ethernet(udp(443, long));
    const { found } = open([{ frame: frame.subarray(0, -10), length: frame.length }]);
    expect(found).toMatchObject([{ length: long.length, text: long.toString('latin1', 0, long.length - 10) }]);
  });
});
