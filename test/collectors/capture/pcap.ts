/** Makes captures for tests: scripted conversations as TCP packets, and files of them in every variant of classic pcap. */

export interface Frame {
  /** Epoch milliseconds. */
  at: number;
  data: Buffer;
  /** Length on the wire, when the recording cut the packet. */
  original?: number;
}

export interface PacketFields {
  source: string;
  destination: string;
  sourcePort: number;
  destinationPort: number;
  seq: number;
  ack?: number | undefined;
  syn?: boolean;
  fin?: boolean;
  rst?: boolean;
  data?: Buffer | string;
}

/** A TCP packet from its IP header on: IPv4, or IPv6 when the addresses have colons (eight groups, written out). */
export function ipPacket(fields: PacketFields): Buffer {
  const { data = '' } = fields;
  const payload = typeof data === 'string' ? Buffer.from(data, 'latin1') : data;
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(fields.sourcePort, 0);
  tcp.writeUInt16BE(fields.destinationPort, 2);
  tcp.writeUInt32BE(fields.seq >>> 0, 4);
  tcp.writeUInt32BE((fields.ack ?? 0) >>> 0, 8);
  tcp[12] = 5 << 4;
  tcp[13] = (fields.fin ? 1 : 0) | (fields.syn ? 2 : 0) | (fields.rst ? 4 : 0) | (fields.ack === undefined ? 0 : 16);
  tcp.writeUInt16BE(65_535, 14);
  const segment = Buffer.concat([tcp, payload]);
  return fields.source.includes(':') ? ipv6(fields, segment) : ipv4(fields, segment);
}

/** IPv4 header and behind it `content`, of any protocol. */
export function ipv4(
  { source, destination }: { source: string; destination: string },
  content: Buffer,
  protocol = 6,
  options = Buffer.alloc(0),
): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x40 | (5 + options.length / 4);
  header.writeUInt16BE(20 + options.length + content.length, 2);
  header[8] = 64;
  header[9] = protocol;
  header.set(source.split('.').map(Number), 12);
  header.set(destination.split('.').map(Number), 16);
  return Buffer.concat([header, options, content]);
}

/** IPv6 header and behind it `content`; `next` is the protocol or the first extension header. */
export function ipv6(
  { source, destination }: { source: string; destination: string },
  content: Buffer,
  next = 6,
): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(content.length, 4);
  header[6] = next;
  header[7] = 64;
  [source, destination].forEach((address, i) => {
    address
      .split(':')
      .forEach((group, at) => void header.writeUInt16BE(Number.parseInt(group, 16), 8 + i * 16 + at * 2));
  });
  return Buffer.concat([header, content]);
}

export function ethernet(packet: Buffer, tags: number[] = []): Buffer {
  const header = Buffer.alloc(12 + tags.length * 4 + 2);
  tags.forEach((tag, i) => void header.writeUInt16BE(tag, 12 + i * 4));
  header.writeUInt16BE(packet[0]! >> 4 === 6 ? 0x86dd : 0x0800, header.length - 2);
  return Buffer.concat([header, packet]);
}

export interface Talk {
  client?: string;
  server?: string;
  clientPort?: number;
  serverPort?: number;
  /** First sequence numbers of client and server. */
  seq?: [number, number];
  /** Longest piece of data in a packet. */
  mss?: number;
  /** Epoch milliseconds of the first packet; each later one is a millisecond on. */
  at?: number;
  /** Without the handshake: as if the capture began later. */
  handshake?: boolean;
  /** Without FINs at the end. */
  closes?: boolean;
  wrap?: (packet: Buffer) => Buffer;
}

/** `> …` is said by the client, `< …` by the server; each turn is cut into packets. */
export type Turn = `${'>' | '<'}${string}`;

/** A whole connection: handshake, the turns, FINs. */
export function talk(turns: readonly Turn[], options: Talk = {}): Frame[] {
  const { client = '10.0.0.1', server = '10.0.0.2', clientPort = 40_000, serverPort = 80 } = options;
  const { seq = [1_000, 500_000], mss = 1_448, handshake = true, closes = true, wrap = ethernet } = options;
  const next: [number, number] = [seq[0], seq[1]];
  let at = options.at ?? Date.UTC(2026, 0, 2, 3, 4, 5, 6);
  const frames: Frame[] = [];
  const send = (side: 0 | 1, fields: Partial<PacketFields>) => {
    const ends = { source: client, destination: server, sourcePort: clientPort, destinationPort: serverPort };
    const back = { source: server, destination: client, sourcePort: serverPort, destinationPort: clientPort };
    const packet = { ...(side === 0 ? ends : back), seq: next[side], ack: next[side === 0 ? 1 : 0], ...fields };
    frames.push({ at: at++, data: wrap(ipPacket(packet)) });
    next[side] += Buffer.byteLength(fields.data ?? '', 'latin1') + (fields.syn ? 1 : 0) + (fields.fin ? 1 : 0);
  };
  if (handshake) {
    send(0, { syn: true, ack: undefined });
    send(1, { syn: true });
    send(0, {});
  } else {
    next[0]++;
    next[1]++;
  }
  for (const turn of turns) {
    const side = turn[0] === '>' ? 0 : 1;
    const data = Buffer.from(turn.slice(1), 'latin1');
    for (let from = 0; from < data.length; from += mss) send(side, { data: data.subarray(from, from + mss) });
    send(side === 0 ? 1 : 0, {});
  }
  if (closes) {
    send(0, { fin: true });
    send(1, { fin: true });
    send(0, {});
  }
  return frames;
}

export interface FileOptions {
  bigEndian?: boolean;
  nanoseconds?: boolean;
  modified?: boolean;
  link?: number;
  /** Captured bytes of a packet, at most. */
  snap?: number;
}

export function pcapFile(frames: readonly Frame[], options: FileOptions = {}): Buffer {
  const { snap = 262_144 } = options;
  return Buffer.concat([
    fileHeader(options),
    ...frames.flatMap(({ at, data, original = data.length }) => {
      const kept = data.subarray(0, snap);
      return [recordHeader(at, kept.length, original, options), kept];
    }),
  ]);
}

export function fileHeader({ bigEndian, nanoseconds, modified, link = 1, snap = 262_144 }: FileOptions = {}): Buffer {
  const magic = modified ? 0xa1b2cd34 : nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  return Buffer.concat(
    [word(magic, bigEndian), half(2, bigEndian), half(4, bigEndian), Buffer.alloc(8)].concat(
      [snap, link].map((value) => word(value, bigEndian)),
    ),
  );
}

export function recordHeader(at: number, captured: number, original: number, options: FileOptions = {}): Buffer {
  const { bigEndian, nanoseconds, modified } = options;
  const fraction = (at % 1_000) * (nanoseconds ? 1_000_000 : 1_000);
  const words = [Math.floor(at / 1_000), fraction, captured, original].map((value) => word(value, bigEndian));
  return Buffer.concat(modified ? [...words, Buffer.alloc(8)] : words);
}

function word(value: number, bigEndian = false): Buffer {
  const bytes = Buffer.alloc(4);
  if (bigEndian) bytes.writeUInt32BE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
}

function half(value: number, bigEndian = false): Buffer {
  const bytes = Buffer.alloc(2);
  if (bigEndian) bytes.writeUInt16BE(value);
  else bytes.writeUInt16LE(value);
  return bytes;
}

/** A request without a body, or with one and its length. */
export function request(method: string, target: string, host = 'api.example.com', body = ''): Turn {
  const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
  return `>${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${length}\r\n${body}`;
}

export function response(status: number, body = '', fields = `Content-Length: ${body.length}\r\n`): Turn {
  return `<HTTP/1.1 ${status} Reason\r\nContent-Type: application/json\r\n${fields}\r\n${body}`;
}
