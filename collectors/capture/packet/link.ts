/** What {@link ipOffset} gives for a frame without an IP packet: of another protocol, too short to say, or tunnelled. */
export const notIp = -1;
export const cutFrame = -2;
export const labelled = -3;

const ipv4 = 0x0800;
const ipv6 = 0x86dd;
const vlanTags = new Set([0x8100, 0x88a8, 0x9100]);
/** MPLS unicast and multicast, PPPoE sessions: IP is further inside. */
const labels = new Set([0x8847, 0x8848, 0x8864]);
const maxTags = 8;

/** LINKTYPE_ values (https://www.tcpdump.org/linktypes.html) and where in a frame the IP packet begins. */
const links: Record<number, (frame: Buffer) => number> = {
  0: (frame) => family(frame),
  1: (frame) => byEtherType(frame, 12),
  12: () => 0,
  14: () => 0,
  101: () => 0,
  108: (frame) => family(frame),
  113: (frame) => byEtherType(frame, 14),
  228: () => 0,
  229: () => 0,
  276: (frame) => (frame.length < 20 ? cutFrame : afterType(frame, frame.readUInt16BE(0), 20)),
};

export function knowsLink(link: number): boolean {
  return Object.hasOwn(links, link);
}

/** Where the IP packet in a frame begins, or why there is none (a negative number). Of Ethernet, null, raw, SLL and SLL2 links. */
export function ipOffset(link: number, frame: Buffer): number {
  return links[link]?.(frame) ?? notIp;
}

/** An EtherType at `at`, behind it VLAN tags (802.1Q, 802.1ad) and the packet. */
function byEtherType(frame: Buffer, at: number): number {
  return frame.length < at + 2 ? cutFrame : afterType(frame, frame.readUInt16BE(at), at + 2);
}

function afterType(frame: Buffer, type: number, offset: number): number {
  for (let tags = 0; tags < maxTags && vlanTags.has(type); tags++) {
    if (frame.length < offset + 4) return cutFrame;
    type = frame.readUInt16BE(offset + 2);
    offset += 4;
  }
  if (type === ipv4 || type === ipv6) return offset;
  return labels.has(type) ? labelled : notIp;
}

/** An address family of the recording machine, in its byte order: AF_INET is 2 everywhere, AF_INET6 24, 28, 30 or 10. */
function family(frame: Buffer): number {
  if (frame.length < 4) return cutFrame;
  const value = frame.readUInt32LE(0);
  const family = value > 0xffff ? frame.readUInt32BE(0) : value;
  return [2, 10, 24, 28, 30].includes(family) ? 4 : notIp;
}
