import { describe, expect, test } from 'vitest';
import { addressOf, authorityOf } from '#collectors/capture/packet/endpoint';
import { newTally, type Tally } from '#collectors/capture/tally';
import { ethernet, ipPacket, ipv4, ipv6 } from '#test/collectors/capture/pcap';
import { behind, hex } from '#test/collectors/capture/tunnels';
import { open } from './opening.ts';

const v4 = { source: '192.0.2.1', destination: '192.0.2.2' };
const v6 = { source: '2001:db8:0:0:0:0:0:1', destination: '2001:db8:0:0:0:0:0:2' };
const ports = { sourcePort: 40_000, destinationPort: 8_080, seq: 0xffff_fffe, ack: 7 };
const tcp = ipPacket({ ...v4, ...ports, data: 'hello' }).subarray(20);

describe('the segment in a packet', () => {
  test.each([
    ['IPv4', ipPacket({ ...v4, ...ports, data: 'hello' })],
    ['IPv4 with options', ipv4(v4, tcp, 6, Buffer.alloc(12, 1))],
    ['IPv4 with options of TCP', ipv4(v4, tcpOptions(tcp))],
    ['IPv4 and padding of the link', Buffer.concat([ipPacket({ ...v4, ...ports, data: 'hello' }), Buffer.alloc(9)])],
    ['IPv4 without a total length, as segmentation offload leaves it', word(ipv4(v4, tcp), 2, 0)],
    [
      'IPv4 with an authentication header',
      ipv4(v4, behind('0604 0000 00000000 00000000 000000000000000000000000', tcp), 51),
    ],
    ['IPv4 that must not be fragmented', word(ipv4(v4, tcp), 6, 0x4000)],
    ['IPv6', ipPacket({ ...v6, ...ports, data: 'hello' })],
    ['IPv6 without a payload length', word(ipv6(v6, tcp), 4, 0)],
    ['IPv6, a jumbogram', word(ipv6(v6, behind('0600 c204 00000021', tcp), 0), 4, 0)],
    [
      'IPv6 with hop-by-hop, routing and destination options',
      ipv6(v6, behind('2b00000000000000 3c00000000000000 0601 000000000000 0000000000000000', tcp), 0),
    ],
    [
      'IPv6 with mobility, HIP and shim6',
      ipv6(v6, behind('8b00000000000000 8c00000000000000 0600000000000000', tcp), 135),
    ],
    ['IPv6 with an authentication header', ipv6(v6, behind('0601 0000 00000000 00000000', tcp), 51)],
    ['IPv6 with an atomic fragment', ipv6(v6, behind('0600 0000 00000001', tcp), 44)],
  ])('%s', (_, packet) => {
    const { found, tally } = open([{ frame: ethernet(packet) }]);
    const ends =
      packet[0]! >> 4 === 4
        ? { source: '192.0.2.1:40000', destination: '192.0.2.2:8080' }
        : { source: '[2001:db8:0:0:0:0:0:1]:40000', destination: '[2001:db8:0:0:0:0:0:2]:8080' };
    expect(found).toEqual([
      { kind: 'tcp', ...ends, seq: -2, ack: 7, flags: 16, length: 5, text: 'hello', ref: 1, at: 0 },
    ]);
    expect(tally).toEqual({ ...newTally(), segments: 1 });
  });

  test.each([
    ['SYN', { syn: true }, 2],
    ['SYN and ACK', { syn: true, ack: 1 }, 18],
    ['FIN', { fin: true, ack: 1 }, 17],
    ['RST', { rst: true }, 4],
  ])('%s without data', (_, flags, value) => {
    const fields = { ...v4, sourcePort: 1, destinationPort: 2, seq: 3, ...flags };
    expect(open([{ frame: ethernet(ipPacket(fields)) }]).found).toMatchObject([{ flags: value, length: 0, text: '' }]);
    expect(
      open([{ frame: ethernet(ipv4(v4, ipPacket(fields).subarray(20), 6, Buffer.alloc(4))) }]).found,
    ).toMatchObject([{ flags: value, length: 0, text: '' }]);
  });

  test('that the recording cut', () => {
    const frame = ethernet(ipPacket({ ...v4, ...ports, data: 'hello' })).subarray(0, 56);
    const { found, tally } = open([{ frame }]);
    expect([found[0]!.text, found[0]!.length, tally.cut]).toEqual(['he', 5, 1]);
  });

  test('whose data is cut to nothing', () => {
    const frame = ethernet(ipv4(v4, tcpOptions(tcp))).subarray(0, 14 + 20 + 21);
    const { found, tally } = open([{ frame }]);
    expect([found[0]!.text, found[0]!.length, tally.cut]).toEqual(['', 5, 1]);
  });

  test.each<[string, Buffer, Partial<Tally>]>([
    ['UDP', ipv4(v4, hex('0035 0036 0008 0000'), 17), { notTcp: 1 }],
    ['ICMP', ipv4(v4, hex('0800 0000 0000 0000'), 1), { notTcp: 1 }],
    ['a pure acknowledgement', ipPacket({ ...v4, ...ports }), { segments: 1 }],
    ['a pure acknowledgement over IPv6', ipPacket({ ...v6, ...ports }), { segments: 1 }],
    ['a packet cut in its IP header', ipv4(v4, tcp).subarray(0, 10), { cut: 1 }],
    ['a packet cut in its TCP header', ipv4(v4, tcp).subarray(0, 30), { cut: 1 }],
    ['a packet cut in its options', ipv4(v4, tcp, 6, Buffer.alloc(40)).subarray(0, 30), { cut: 1 }],
    ['a packet cut in an extension', ipv6(v6, behind('0608000000000000', tcp), 0).subarray(0, 60), { cut: 1 }],
    ['a packet too short for TCP', ipv4(v4, tcp.subarray(0, 12)), { malformed: 1 }],
    ['a header length of 4', byte(ipv4(v4, tcp), 0, 0x41), { malformed: 1 }],
    ['a total length below the header', word(ipv4(v4, tcp), 2, 12), { malformed: 1 }],
    ['IPv6 where IPv4 is said', byte(ipv4(v4, tcp), 0, 0x65), { malformed: 1 }],
    ['a data offset beyond the packet', byte(ipv4(v4, tcp), 32, 0xf0), { malformed: 1 }],
    ['a data offset of 4', byte(ipv4(v4, tcp), 32, 0x10), { malformed: 1 }],
    ['IPv6 extensions without an end', ipv6(v6, Buffer.alloc(400), 0), { notTcp: 1 }],
    ['IPv6 with nothing', ipv6(v6, Buffer.alloc(0), 59), { notTcp: 1 }],
  ])('%s gives none and is counted', (_, packet, counts) => {
    // Ethernet says what the version would be, as the first byte may be wrong.
    const { found, tally } = open([
      { frame: behind(`${'00'.repeat(12)} ${packet.length > 39 && packet[0] === 0x60 ? '86dd' : '0800'}`, packet) },
    ]);
    expect(found).toEqual([]);
    expect(tally).toEqual({ ...newTally(), ...counts });
  });
});

test('endpoints as text', () => {
  expect(addressOf('\x0a\x00\x00\x01\u1f90')).toBe('10.0.0.1');
  expect(authorityOf('\x0a\x00\x00\x01\u1f90')).toBe('10.0.0.1:8080');
  const six = `\x20\x01\x0d\xb8${'\0'.repeat(11)}\x01\x50`;
  expect(authorityOf(six)).toBe('[2001:db8:0:0:0:0:0:1]:80');
});

function word(packet: Buffer, at: number, value: number): Buffer {
  packet.writeUInt16BE(value, at);
  return packet;
}

function byte(packet: Buffer, at: number, value: number): Buffer {
  packet[at] = value;
  return packet;
}

/** With twelve bytes of options. */
function tcpOptions(segment: Buffer): Buffer {
  return byte(Buffer.concat([segment.subarray(0, 20), Buffer.alloc(12, 1), segment.subarray(20)]), 12, 0x80);
}
