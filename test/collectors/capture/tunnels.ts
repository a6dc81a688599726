/** Links and tunnels around the packets that {@link file://./pcap.ts} makes. */
import { ethernet, ipv4 } from './pcap.ts';

const ends = { source: '192.0.2.1', destination: '192.0.2.2' };

/** Bytes written as hexadecimal digits, spaces between them as one likes. */
export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

/** `header` in hexadecimal, and `content` behind it. */
export function behind(header: string, content: Buffer): Buffer {
  return Buffer.concat([hex(header), content]);
}

/** `value` in two bytes, in network order or the other. */
export function half(value: number, order: 'big' | 'little' = 'big'): string {
  const digits = value.toString(16).padStart(4, '0');
  return order === 'big' ? digits : digits.slice(2) + digits.slice(0, 2);
}

/** `content` in an Ethernet frame of any type. */
export function frame(type: string, content: Buffer): Buffer {
  return behind(`000000000001 000000000002 ${type}`, content);
}

/** `content` in UDP over IPv4. */
export function udp(port: number, content: Buffer, from = 50_000): Buffer {
  const header = `${half(from)} ${half(port)} ${half(8 + content.length)} 0000`;
  return ipv4(ends, behind(header, content), 17);
}

/** `content` in GRE over IPv4; `header` is all of GRE's. */
export function gre(header: string, content: Buffer): Buffer {
  return ipv4(ends, behind(header, content), 47);
}

/** A whole Ethernet frame in VXLAN, from the outer IP header on. */
export function vxlan(inner: Buffer, port = 4_789): Buffer {
  return udp(port, behind('0800 0000 00002a 00', inner));
}

/** For `talk`: every packet in VXLAN on Ethernet. */
export function mirrored(packet: Buffer): Buffer {
  return ethernet(vxlan(ethernet(packet)));
}

/** An 802.11 data frame to an access point, with quality of service, LLC and SNAP. */
export function wifi(packet: Buffer, control = '8801'): Buffer {
  const type = packet[0]! >> 4 === 6 ? '86dd' : '0800';
  return behind(`${control} 0000 020000000001 020000000002 020000000003 1000 0000 aaaa03 000000 ${type}`, packet);
}
