import { describe, expect, test } from 'vitest';
import { knowsLink } from '#collectors/capture/packet/link';
import { newTally, type Tally } from '#collectors/capture/tally';
import { ethernet, ipPacket } from '#test/collectors/capture/pcap';
import { behind, frame, half, hex, wifi } from '#test/collectors/capture/tunnels';
import { open } from './opening.ts';

const ports = { sourcePort: 40_000, destinationPort: 8_080, seq: 0xffff_fffe, ack: 7, data: 'hello' };
const v4 = ipPacket({ source: '10.1.2.3', destination: '10.1.2.4', ...ports });
const v6 = ipPacket({ source: '2001:db8:0:0:0:0:0:1', destination: '2001:db8:0:0:0:0:0:2', ...ports });

const sll = (type: string) => `0000 0001 0006 000000000001 0000 ${type}`;
const snap = (type: string) => `aaaa03 000000 ${type}`;
const length = (packet: Buffer, more = 0) => half(packet.length + more);
const attribute = (type: number, content: Buffer, order: 'big' | 'little') =>
  Buffer.concat([
    hex(half(4 + content.length, order) + half(type, order)),
    content,
    Buffer.alloc((4 - (content.length % 4)) % 4),
  ]);
const nflog = (packet: Buffer, order: 'big' | 'little') =>
  Buffer.concat([
    hex('02000000'),
    attribute(1, hex('08000100'), order),
    attribute(10, hex('414200'), order),
    attribute(9, packet, order),
  ]);
const subframe = (packet: Buffer, last = false) => {
  const inner = behind(snap('0800'), packet);
  const whole = Buffer.concat([frame(length(inner), inner)]);
  return last ? whole : Buffer.concat([whole, Buffer.alloc((4 - (whole.length % 4)) % 4)]);
};

const cases: [name: string, link: number, frame: Buffer, tunnels?: string[]][] = [
  ['Ethernet', 1, ethernet(v4)],
  ['Ethernet, IPv6', 1, ethernet(v6)],
  ['Ethernet with padding and a frame check sequence', 1, Buffer.concat([ethernet(v4), Buffer.alloc(20, 0xff)])],
  ['802.1Q', 1, ethernet(v4, [0x8100])],
  ['802.1ad and 802.1Q', 1, ethernet(v6, [0x88a8, 0x8100])],
  ['three tags of old kinds', 1, ethernet(v4, [0x9100, 0x9200, 0x8100])],
  ['VN-Tag', 1, frame('8926 00000000 0800', v4)],
  ['E-Tag', 1, frame('893f 000000000000 0800', v4)],
  ['Cisco metadata', 1, frame('8909 0101 0001 002a 0800', v4)],
  ['802.1ah', 1, frame('88e7 00000001', ethernet(v4))],
  ['NSH', 1, frame('894f 0002 0101 00000100', v4)],
  [
    'NSH with metadata around Ethernet',
    1,
    frame('894f 0006 0103 00000100 00000000000000000000000000000000', ethernet(v4)),
  ],
  ['802.3 with LLC and SNAP', 1, frame(length(v4, 8), behind(snap('0800'), v4))],
  ['802.3 with LLC of IP', 1, frame(length(v4, 3), behind('060603', v4))],
  ['MPLS', 1, frame('8847 00010140', v4), ['MPLS']],
  ['MPLS, three labels, IPv6', 1, frame('8848 00010040 00020040 00000140', v6), ['MPLS']],
  ['MPLS, Ethernet with a control word', 1, frame('8847 00010140 00000000', ethernet(v4)), ['MPLS']],
  ...['fa0000000001', '4c32758d1e01', '64006a5b8f4a'].map((address): (typeof cases)[number] => [
    `MPLS, Ethernet to ${address}`,
    1,
    frame('8847 00010140', behind(`${address} 000000000002 0800`, v4)),
    ['MPLS'],
  ]),
  ['PPPoE', 1, frame(`8864 1100 0001 ${length(v4, 2)} 0021`, v4), ['PPPoE']],
  ['PPPoE, IPv6, tagged', 1, frame(`8100 0005 8864 1100 0001 ${length(v6, 2)} 0057`, v6), ['PPPoE']],
  ['raw', 101, v4],
  ['raw, as a BSD numbers it', 12, v6],
  ['raw, as OpenBSD numbers it', 14, v4],
  ['raw IPv4', 228, v4],
  ['raw IPv6', 229, v6],
  ['null, little-endian', 0, behind('02000000', v4)],
  ['null, big-endian', 0, behind('00000002', v4)],
  ['null, IPv6 of macOS', 0, behind('1e000000', v6)],
  ['null, IPv6 of Windows', 0, behind('17000000', v6)],
  ['loop', 108, behind('00000018', v6)],
  ['OpenBSD enc', 109, behind('00000002 00000001 00000000', v4)],
  ['SLL', 113, behind(sll('0800'), v4)],
  ['SLL, tagged', 113, behind(sll('8100 0064 86dd'), v6)],
  ['SLL, 802.2', 113, behind(sll(`0004 ${snap('0800')}`), v4)],
  ['SLL2', 276, behind('0800 0000 00000002 0001 00 06 0000000000010000', v4)],
  ['PPP', 9, behind('0021', v4)],
  ['PPP with address and control', 9, behind('ff03 0057', v6)],
  ['PPP, protocol compressed', 9, behind('21', v4)],
  ['PPP, MPLS', 9, behind('0281 00010140', v4), ['MPLS']],
  ['PPP in HDLC', 50, behind('ff03 0021', v4)],
  ['PPP of pppd', 166, behind('0103 0021', v4)],
  ['PPP with a direction', 204, behind('00 ff03 0021', v4)],
  ['PPPoE as a link', 51, behind(`1100 0001 ${length(v4, 2)} 0021`, v4)],
  ['Cisco HDLC', 104, behind('0f00 0800', v4)],
  ['Cisco HDLC with a direction', 205, behind('01 8f00 86dd', v6)],
  ['frame relay', 107, behind('1841 03 cc', v4)],
  ['frame relay, padded SNAP', 107, behind('1841 03 00 80 000000 0800', v4)],
  ['frame relay, Cisco', 107, behind('1841 0800', v4)],
  ['LLC over ATM', 100, behind(snap('86dd'), v6)],
  ['NFLOG, little-endian', 239, nflog(v4, 'little')],
  ['NFLOG, big-endian', 239, nflog(v6, 'big')],
  ['802.11', 105, wifi(v4)],
  ['802.11 without quality of service', 105, behind(`0802 0000 ${'02'.repeat(18)} 1000 ${snap('0800')}`, v4)],
  [
    '802.11, four addresses',
    105,
    behind(`8803 0000 ${'02'.repeat(18)} 1000 ${'02'.repeat(6)} 0000 ${snap('86dd')}`, v6),
  ],
  ['802.11 with HT control', 105, behind(`8881 0000 ${'02'.repeat(18)} 1000 0000 00000000 ${snap('0800')}`, v4)],
  [
    '802.11, an aggregate of one',
    105,
    Buffer.concat([hex(`8801 0000 ${'02'.repeat(18)} 1000 8000`), subframe(v4, true)]),
  ],
  ['radiotap', 127, behind('0000 0800 00000000', wifi(v4))],
  ['radiotap with time and flags, no padding', 127, behind('0000 1100 03000000 0000000000000000 10', wifi(v6))],
  [
    'radiotap, its second word of fields, a padded header',
    127,
    behind(`0000 0d00 02000080 00000000 20 8801 0000 ${'02'.repeat(18)} 1000 0000 0000 ${snap('0800')}`, v4),
  ],
  ['Prism', 119, Buffer.concat([hex('44000000 90000000'), Buffer.alloc(136), wifi(v4)])],
  ['AVS', 163, Buffer.concat([hex('80211001 00000040'), Buffer.alloc(56), wifi(v4)])],
  ['AVS where Prism is said', 119, Buffer.concat([hex('80211001 00000040'), Buffer.alloc(56), wifi(v4)])],
  ['PPI', 192, behind('0000 0800 69000000', wifi(v4))],
  ['PPI around Ethernet', 192, behind('0000 0c00 01000000 00000000', ethernet(v4))],
  ['pktap', 258, Buffer.concat([hex('10000000 01000000 01000000 00000000'), ethernet(v6)])],
];

describe('the segment behind a link’s header', () => {
  test.each(cases)('%s', (_, link, frame, tunnels = []) => {
    const { found, tally } = open([{ link, frame, at: 12.5 }]);
    const [source, destination] = frame.includes(v4)
      ? ['10.1.2.3:40000', '10.1.2.4:8080']
      : ['[2001:db8:0:0:0:0:0:1]:40000', '[2001:db8:0:0:0:0:0:2]:8080'];
    const numbers = { seq: -2, ack: 7, flags: 16, length: 5, text: 'hello', ref: 1, at: 12.5 };
    expect(found).toEqual([{ kind: 'tcp', source, destination, ...numbers }]);
    expect(tally).toEqual({ ...newTally(), segments: 1, tunnels: new Map(tunnels.map((name) => [name, 1])) });
    expect(knowsLink(link)).toBe(true);
  });

  test.each(cases)('%s: cut anywhere it is counted once, and nothing is read behind', (_, link, whole) => {
    for (let kept = 0; kept < whole.length; kept++) {
      const { found, tally } = open([{ link, frame: whole.subarray(0, kept), length: whole.length }]);
      for (const { text, length } of found) {
        expect('hello'.startsWith(text)).toBe(true);
        expect(length).toBe(5);
      }
      const { cut, malformed, notIp, segments } = tally;
      // Padding behind the packet may be missing.
      expect(cut + malformed + notIp === 1 || (segments === 1 && found[0]!.text === 'hello')).toBe(true);
      expect(found.length).toBe(segments);
    }
  });

  test('an aggregate of 802.11 holds several', () => {
    const parts = [v4, v4, v4].map((packet, i) => subframe(packet, i === 2));
    const { found, tally } = open([
      { link: 105, frame: Buffer.concat([hex(`8801 0000 ${'02'.repeat(18)} 1000 8000`), ...parts]) },
    ]);
    expect(found.map(({ text }) => text)).toEqual(['hello', 'hello', 'hello']);
    expect(tally.segments).toBe(3);
  });
});

describe('what has no IP is counted', () => {
  test.each<[string, number, Buffer, Partial<Tally>]>([
    ['ARP', 1, frame('0806', Buffer.alloc(28)), { notIp: 1 }],
    ['more tags than anyone nests', 1, ethernet(v4, Array(9).fill(0x8100)), { notIp: 1 }],
    ['802.3 of another protocol', 1, frame(length(v4, 3), behind('424203', v4)), { notIp: 1 }],
    ['SNAP of another organisation', 1, frame(length(v4, 8), behind('aaaa03 00000c 0800', v4)), { notIp: 1 }],
    ['PPPoE’s discovery', 1, frame('8864 1109 0000 0000', v4), { notIp: 1, tunnels: new Map([['PPPoE', 1]]) }],
    ['PPP’s own', 9, behind('c021', v4), { notIp: 1 }],
    ['null of another family', 0, behind('07000000', v4), { notIp: 1 }],
    ['a beacon', 105, behind('8000', Buffer.alloc(60)), { notIp: 1 }],
    ['802.11 without data', 105, behind('4801', Buffer.alloc(60)), { notIp: 1 }],
    ['the rest of a frame of 802.11', 105, behind(`8801 0000 ${'02'.repeat(18)} 1100 0000`, v4), { notIp: 1 }],
    ['802.11, encrypted', 105, wifi(v4, '8841'), { encrypted: 1 }],
    ['NFLOG without a packet', 239, hex('02000000 0800 0100 08000100'), { notIp: 1 }],
    ['NFLOG with an attribute of length 0', 239, hex('02000000 0000 0100 08000100'), { malformed: 1 }],
    ['PPI in PPI', 192, behind('0000 0800 c0000000', behind('0000 0800 01000000', ethernet(v4))), { malformed: 1 }],
    ['raw IP of another version', 101, Buffer.alloc(40, 0x50), { malformed: 1 }],
    ['an unknown link', 195, v4, { notIp: 1 }],
  ])('%s', (_, link, frame, counts) => {
    const { found, tally } = open([{ link, frame }]);
    expect(found).toEqual([]);
    expect(tally).toEqual({ ...newTally(), ...counts });
  });

  test('the link 195 is not known', () => expect(knowsLink(195)).toBe(false));
});
