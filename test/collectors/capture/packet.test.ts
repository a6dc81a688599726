import { describe, expect, test } from 'vitest';
import { addressOf, authorityOf, tcpSegment } from '#collectors/capture/packet/ip';
import { cutFrame, ipOffset, knowsLink, labelled, notIp } from '#collectors/capture/packet/link';
import { newTally, type Tally } from '#collectors/capture/tally';
import { ethernet, ipPacket, ipv4, ipv6 } from './pcap.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const macs = '000000000001 000000000002';

describe('where IP begins in a frame', () => {
  test.each([
    ['Ethernet, IPv4', 1, `${macs} 0800`, 14],
    ['Ethernet, IPv6', 1, `${macs} 86dd`, 14],
    ['802.1Q', 1, `${macs} 8100 0064 0800`, 18],
    ['802.1ad and 802.1Q', 1, `${macs} 88a8 0001 8100 0064 86dd`, 22],
    ['nine tags', 1, `${macs} ${'8100 0064 '.repeat(9)} 0800`, notIp],
    ['ARP', 1, `${macs} 0806`, notIp],
    ['MPLS', 1, `${macs} 8847`, labelled],
    ['a frame that is cut', 1, macs, cutFrame],
    ['a tag that is cut', 1, `${macs} 8100 00`, cutFrame],
    ['raw', 101, '45', 0],
    ['raw IPv4', 228, '45', 0],
    ['raw IPv6', 229, '60', 0],
    ['null, little-endian', 0, '02000000', 4],
    ['null, big-endian', 0, '00000002', 4],
    ['null, IPv6 of macOS', 0, '1e000000', 4],
    ['null, no IP', 0, '07000000', notIp],
    ['loop', 108, '00000018', 4],
    ['SLL', 113, '0000 0001 0006 000000000001 0000 0800', 16],
    ['SLL, tagged', 113, '0000 0001 0006 000000000001 0000 8100 0064 0800', 20],
    ['SLL2', 276, '0800 0000 00000002 0001 00 06 0000000000010000', 20],
    ['SLL2 that is cut', 276, '0800 0000', cutFrame],
  ])('%s', (_, link, frame, offset) => {
    expect(knowsLink(link)).toBe(true);
    expect(ipOffset(link, hex(frame))).toBe(offset);
  });

  test('of an unknown link nothing is known', () => {
    expect(knowsLink(105)).toBe(false);
    expect(ipOffset(105, hex('45'))).toBe(notIp);
  });
});

const v4 = { source: '192.0.2.1', destination: '192.0.2.2' };
const v6 = { source: '2001:db8:0:0:0:0:0:1', destination: '2001:db8:0:0:0:0:0:2' };
const ports = { sourcePort: 40_000, destinationPort: 8_080, seq: 0xffff_fffe, ack: 7 };
const tcp = ipPacket({ ...v4, ...ports, data: 'hello' }).subarray(20);

describe('the segment in a packet', () => {
  test.each([
    ['IPv4', ipPacket({ ...v4, ...ports, data: 'hello' })],
    ['IPv4 with options', ipv4(v4, tcp, 6, Buffer.alloc(12, 1))],
    ['IPv4 and padding of the link', Buffer.concat([ipPacket({ ...v4, ...ports, data: 'hello' }), Buffer.alloc(9)])],
    ['IPv4 without a total length, as segmentation offload leaves it', zeroLength(ipv4(v4, tcp))],
    ['IPv6', ipPacket({ ...v6, ...ports, data: 'hello' })],
    [
      'IPv6 with hop-by-hop, routing and destination options',
      ipv6(v6, Buffer.concat([hex('2b00000000000000 3c00000000000000 0601 000000000000 0000000000000000'), tcp]), 0),
    ],
    ['IPv6 with an authentication header', ipv6(v6, Buffer.concat([hex('0601 0000 00000000 00000000'), tcp]), 51)],
    ['IPv6 with an atomic fragment', ipv6(v6, Buffer.concat([hex('0600 0000 00000001'), tcp]), 44)],
  ])('%s', (_, packet) => {
    const tally = newTally();
    const segment = tcpSegment(packet, 0, tally);
    expect(segment).toMatchObject({ seq: 0xffff_fffe, ack: 7, syn: false, fin: false, length: 5 });
    expect(segment!.data.toString()).toBe('hello');
    expect(authorityOf(segment!.destination)).toBe(
      packet[0]! >> 4 === 4 ? '192.0.2.2:8080' : '[2001:db8:0:0:0:0:0:2]:8080',
    );
    expect(addressOf(segment!.source)).toBe(packet[0]! >> 4 === 4 ? '192.0.2.1' : '2001:db8:0:0:0:0:0:1');
    expect(tally).toEqual({ ...newTally(), segments: 1 });
  });

  test('that the recording cut', () => {
    const tally = newTally();
    const segment = tcpSegment(ipPacket({ ...v4, ...ports, data: 'hello' }).subarray(0, 42), 0, tally);
    expect([segment!.data.toString(), segment!.length, tally.cut]).toEqual(['he', 5, 1]);
  });

  test.each<[string, Buffer, Partial<Tally>]>([
    ['UDP', ipv4(v4, hex('0035 0036 0008 0000'), 17), { notTcp: 1 }],
    ['QUIC', ipv4(v4, hex('c000 01bb 0008 0000'), 17), { notTcp: 1, quic: 1 }],
    ['VXLAN', ipv4(v4, hex('c000 12b5 0008 0000'), 17), { notTcp: 1, tunnels: new Map([['VXLAN', 1]]) }],
    ['GRE', ipv4(v4, hex('0000 0800'), 47), { notTcp: 1, tunnels: new Map([['GRE', 1]]) }],
    ['a fragment of TCP', fragment(ipv4(v4, tcp)), { fragments: 1 }],
    ['a fragment of TCP over IPv6', ipv6(v6, Buffer.concat([hex('0600 0001 00000001'), tcp]), 44), { fragments: 1 }],
    ['a pure acknowledgement', ipPacket({ ...v4, ...ports }), { segments: 1 }],
    ['a reset', ipPacket({ ...v4, ...ports, rst: true, data: 'x' }), { segments: 1 }],
    ['a packet cut in its IP header', tcp.subarray(0, 10), { cut: 1 }],
    ['a packet cut in its TCP header', ipv4(v4, tcp).subarray(0, 30), { cut: 1 }],
    ['another version', Buffer.alloc(40, 0x50), { malformed: 1 }],
    ['a header length of 4', Buffer.concat([Buffer.from([0x41]), ipv4(v4, tcp).subarray(1)]), { malformed: 1 }],
    ['a data offset beyond the packet', offset(ipv4(v4, tcp)), { malformed: 1 }],
    ['IPv6 extensions without an end', ipv6(v6, Buffer.alloc(400), 0), { notTcp: 1 }],
  ])('%s gives none and is counted', (_, packet, counts) => {
    const tally = newTally();
    expect(tcpSegment(packet, 0, tally)).toBe(null);
    expect(tally).toEqual({ ...newTally(), ...counts });
  });

  test('it lies behind the link header', () => {
    const frame = ethernet(ipPacket({ ...v6, ...ports, data: 'hello' }), [0x8100]);
    expect(tcpSegment(frame, ipOffset(1, frame), newTally())!.data.toString()).toBe('hello');
  });
});

function zeroLength(packet: Buffer): Buffer {
  packet.writeUInt16BE(0, 2);
  return packet;
}

function fragment(packet: Buffer): Buffer {
  packet.writeUInt16BE(0x2000, 6);
  return packet;
}

function offset(packet: Buffer): Buffer {
  packet[32] = 0xf0;
  return packet;
}
