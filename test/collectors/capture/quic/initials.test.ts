import { createCipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Segment } from '#collectors/capture/packet/segment';
import { QuicInitials } from '#collectors/capture/quic/initials';
import { initialKeys } from '#collectors/capture/quic/packet';
import { newTally } from '#collectors/capture/tally';
import { clientHello, handshake } from '#test/collectors/capture/tls/made';

interface Datagram {
  bytes: Buffer;
  sourcePort?: number;
  destinationPort?: number;
  /** The server's, back to the client. */
  back?: boolean;
}

function take(datagrams: readonly Datagram[]) {
  const tally = newTally();
  const budget = { held: 0 };
  const quic = new QuicInitials(tally, budget);
  let most = 0;
  for (const [i, { bytes, sourcePort = 50_000, destinationPort = 443, back = false }] of datagrams.entries()) {
    const addresses = Buffer.from(back ? [10, 0, 0, 2, 10, 0, 0, 1] : [10, 0, 0, 1, 10, 0, 0, 2]);
    const segment: Segment = {
      bytes: Buffer.concat([addresses, bytes, Buffer.alloc(20, 0xc0)]),
      addresses: 0,
      width: 4,
      sourcePort: back ? destinationPort : sourcePort,
      destinationPort: back ? sourcePort : destinationPort,
      seq: 0,
      ack: 0,
      flags: 0,
      from: 8,
      to: 8 + bytes.length,
      length: bytes.length,
      ref: i,
      at: 1_000 + i,
    };
    quic.take(segment);
    segment.bytes.fill(0xee);
    most = Math.max(most, budget.held);
  }
  quic.close();
  return { hosts: [...tally.tlsHosts], count: tally.quicConnections, most, held: budget.held };
}

const id = Buffer.from('8394c8f03e515708', 'hex');
const versions = [
  ['1', 1, 0xc0],
  ['2', 0x6b3343cf, 0xd0],
  ['draft 29', 0xff00001d, 0xc0],
] as const;

interface Wish {
  version?: number;
  first?: number;
  /** Whose keys it has, and whom it is for. */
  keyedBy?: Buffer;
  for?: Buffer;
  token?: Buffer;
  number?: number;
}

/** An Initial packet, protected (RFC 9001, section 5), of at least 100 bytes. */
function initial(frames: Buffer, wish: Wish = {}): Buffer {
  const { version = 1, first = 0xc0, keyedBy = id, token = Buffer.alloc(0), number = 0 } = wish;
  const to = wish.for ?? keyedBy;
  const keys = initialKeys(version, keyedBy);
  const plain = Buffer.concat([frames, Buffer.alloc(Math.max(0, 100 - frames.length))]);
  const start = Buffer.alloc(6);
  start[0] = first | 1;
  start.writeUInt32BE(version, 1);
  start[5] = to.length;
  const length = 2 + plain.length + 16;
  const header = Buffer.concat([
    start,
    to,
    Buffer.from([4, 1, 2, 3, 4, token.length]),
    token,
    Buffer.from([0x40 | (length >> 8), length & 255, number >> 8, number & 255]),
  ]);
  const nonce = Buffer.from(keys.iv);
  nonce[10]! ^= number >> 8;
  nonce[11]! ^= number & 255;
  const cipher = createCipheriv('aes-128-gcm', keys.key, nonce).setAAD(header);
  const packet = Buffer.concat([header, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const at = header.length - 2;
  const mask = createCipheriv('aes-128-ecb', keys.header, null).update(packet.subarray(at + 4, at + 20));
  packet[0]! ^= mask[0]! & 15;
  packet[at]! ^= mask[1]!;
  packet[at + 1]! ^= mask[2]!;
  return packet;
}

function crypto(offset: number, bytes: Buffer): Buffer {
  const word = (value: number) => Buffer.from([0x40 | (value >> 8), value & 255]);
  return Buffer.concat([Buffer.from([6]), word(offset), word(bytes.length), bytes]);
}

const hello = handshake(1, clientHello({ host: 'API.example.test', alpn: ['h3'] }));
const ack = Buffer.from([2, 1, 0, 1, 0, 0, 0]);

describe('the Initial of', () => {
  test.each([
    ['rfc9001-a2.hex', 'RFC 9001, appendix A.2'],
    ['rfc9369-a2.hex', 'RFC 9369, appendix A.2'],
  ])('%s, %s', (file) => {
    const bytes = Buffer.from(
      readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'latin1').replace(/\n/g, ''),
      'hex',
    );
    expect(bytes.length).toBe(1_200);
    const { hosts, count, held } = take([{ bytes }]);
    expect(hosts).toEqual([
      {
        host: 'example.com',
        port: 443,
        transport: 'quic',
        decrypted: false,
        first: 1_000,
        ref: 0,
        file: undefined,
        last: 1_000,
        connections: 1,
        versions: new Set(['1.3']),
        offered: new Set(['alpn']),
        chosen: new Set(),
        certificatesAsked: 0,
        certificatesSent: 0,
        ech: 0,
      },
    ]);
    expect([count, held]).toEqual([1, 0]);
  });

  test.each(versions)('version %s, made here', (_, version, first) => {
    const { hosts } = take([{ bytes: initial(crypto(0, hello), { version, first, token: Buffer.from('token') }) }]);
    expect(hosts).toMatchObject([{ host: 'api.example.test', offered: new Set(['h3']) }]);
  });

  test('the keys of RFC 9001, appendix A.1, and RFC 9369, appendix A.1', () => {
    const hex = (version: number) =>
      Object.values(initialKeys(version, id)).map((bytes: Buffer) => bytes.toString('hex'));
    expect(hex(1)).toEqual([
      '1f369613dd76d5467730efcbe3b1a22d',
      'fa044b2f42a3fd3b46fb255c',
      '9f50449e04a0e810283a1e9933adedd2',
    ]);
    expect(hex(0x6b3343cf)).toEqual([
      '8b1a0bc121284290a29e0971b5cd045d',
      '91f73e2351d8fa91660e909f',
      '45b95e15235d6f45a6b19cbcb0294ba9',
    ]);
  });
});

describe('a hello', () => {
  test('in any pieces, orders and packets', () => {
    const cut = fc.array(fc.nat(hello.length), { maxLength: 20 });
    fc.assert(
      fc.property(cut, fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 5 }), (cuts, random, each) => {
        const at = [...new Set([0, ...cuts, hello.length])].sort((a, b) => a - b);
        const pieces = at.slice(0, -1).map((from, i) => crypto(from, hello.subarray(from, at[i + 1])));
        const order = pieces.map((piece) => ({ piece, key: random.next().value })).sort((a, b) => a.key - b.key);
        const datagrams: Datagram[] = [];
        for (let i = 0; i < order.length; i += each) {
          const frames = order
            .slice(i, i + each)
            .flatMap(({ piece }) => [Buffer.alloc(2), Buffer.from([1]), ack, piece]);
          datagrams.push({ bytes: initial(Buffer.concat(frames), { number: i }) });
        }
        const { hosts, held } = take([...datagrams, ...datagrams]);
        expect(hosts).toMatchObject([{ host: 'api.example.test', connections: 1 }]);
        expect(held).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  test('in coalesced packets, and to the connection id that the server chose', () => {
    const [one, other] = [crypto(0, hello.subarray(0, 40)), crypto(40, hello.subarray(40))];
    expect(take([{ bytes: Buffer.concat([initial(one), initial(other, { number: 1 })]) }]).count).toBe(1);
    const chosen = Buffer.from('c40053');
    expect(take([{ bytes: initial(one) }, { bytes: initial(other, { for: chosen, number: 1 }) }]).count).toBe(1);
  });

  test('again after a Retry is of one connection; of a new one from the same port, of another', () => {
    const again = Buffer.from('retried-by-server');
    const first = { bytes: initial(crypto(0, hello)) };
    expect(take([first, { bytes: initial(crypto(0, hello), { keyedBy: again }) }]).count).toBe(1);
    const body = Buffer.from(hello);
    body.fill(0x77, 6, 38);
    const { count, hosts } = take([first, { bytes: initial(crypto(0, body), { keyedBy: again }) }]);
    expect([count, hosts.map(({ connections }) => connections)]).toEqual([2, [2]]);
  });
});

describe('nothing is made of', () => {
  const whole = initial(crypto(0, hello));
  test.each<[string, Datagram]>([
    [
      'a version that is not known',
      { bytes: Buffer.concat([whole.subarray(0, 1), Buffer.from([0, 0, 0, 9]), whole.subarray(5)]) },
    ],
    ['a packet that is cut', { bytes: whole.subarray(0, whole.length - 1) }],
    ['a packet that was changed', { bytes: Buffer.concat([whole.subarray(0, -1), Buffer.from([whole.at(-1)! ^ 1])]) }],
    ['what a server sends', { bytes: whole, sourcePort: 443, destinationPort: 50_000 }],
    [
      'a connection id too short for a first one',
      { bytes: initial(crypto(0, hello), { keyedBy: Buffer.from('1234567') }) },
    ],
    ['a hello that is too long', { bytes: initial(crypto(0, Buffer.from([1, 0, 0xff, 0xff]))) }],
    ['a frame that is none of an Initial', { bytes: initial(Buffer.concat([Buffer.from([8]), crypto(0, hello)])) }],
    ['a message that is no ClientHello', { bytes: initial(crypto(0, handshake(2, hello.subarray(4)))) }],
    ['a short header', { bytes: Buffer.from([0x40, ...whole.subarray(1)]) }],
  ])('%s', (_, datagram) => {
    expect(take([datagram])).toMatchObject({ hosts: [], count: 0, held: 0 });
  });

  test('bytes at random, in clear or sealed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.uint8Array({ maxLength: 400 }), fc.constantFrom('clear', 'header', 'sealed'))),
        fc.boolean(),
        (parts, back) => {
          const datagrams = parts.map(([content, kind], number) => {
            const bytes = Buffer.from(content);
            if (kind === 'sealed') return { bytes: initial(bytes, { number }) };
            return { bytes: kind === 'clear' ? bytes : Buffer.concat([whole.subarray(0, 18), bytes]), back };
          });
          expect(take(datagrams)).toMatchObject({ hosts: [], held: 0 });
        },
      ),
      { numRuns: 300 },
    );
  });

  test('ten thousand hellos that never end, but bounded memory', () => {
    const start = initial(Buffer.concat([crypto(0, hello.subarray(0, 20)), crypto(4_000, Buffer.alloc(1))]));
    const datagrams = Array.from({ length: 10_000 }, (_, i) => ({ bytes: start, sourcePort: 10_000 + i }));
    const { hosts, most, held } = take(datagrams);
    expect([hosts, held]).toEqual([[], 0]);
    expect(most).toBeGreaterThan(4_000_000);
    expect(most).toBeLessThan(9_000_000);
  });
});
