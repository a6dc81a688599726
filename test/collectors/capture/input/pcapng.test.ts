import { describe, expect, test } from 'vitest';
import type { Frame } from '#test/collectors/capture/pcap';
import { type Option, pcapngFile, Section } from '#test/collectors/capture/pcapng';
import { fromFile, fromStream } from './received.ts';

const day = Date.UTC(2026, 4, 6);
const frames: Frame[] = Array.from({ length: 40 }, (_, i) => ({
  at: day + i * 1_007,
  data: Buffer.alloc((i * 131) % 1_500, i),
}));
const comment: Option = [1, Buffer.from('a comment')];

function section(options: ConstructorParameters<typeof Section>[0], write: (section: Section) => Buffer[]): Buffer {
  const made = new Section(options);
  return Buffer.concat([made.header(), ...write(made)]);
}

describe.each([
  ['a file', fromFile],
  ['a stream', (bytes: Buffer) => fromStream(bytes)],
] as const)('pcapng of %s', (_, read) => {
  test.each([
    {},
    { bigEndian: true },
    { resolution: 9 },
    { resolution: 3 },
    { resolution: 0x8a, link: 113 },
    { offset: -3_600 },
  ])('%j', async (options) => {
    // The clock of 1,024 ticks a second does not know every millisecond.
    const at = (i: number) => (options.resolution === 0x8a ? day + i * 125 : frames[i]!.at);
    const made = frames.map((frame, i) => ({ ...frame, at: at(i) }));
    const { packets, trouble } = await read(pcapngFile(made, options));
    expect(trouble).toBe(null);
    expect(packets).toEqual(
      made.map(({ at, data }, i) => ({ number: i + 1, at, link: options.link ?? 1, length: data.length, data })),
    );
  });

  test('sections of either byte order, each with its own interfaces', async () => {
    const one = { at: day, data: Buffer.from('one') };
    const bytes = Buffer.concat([
      section({ bigEndian: true }, (made) => [
        made.interface({ link: 113, resolution: 9 }),
        made.interface({ link: 101, offset: 60 }),
        made.packet(one, 1, [comment]),
        made.oldPacket({ ...one, original: 1_500 }),
      ]),
      section({}, (made) => [made.interface({ link: 276, resolution: 0 }), made.packet(one)]),
    ]);
    const { packets, trouble } = await read(bytes);
    expect(trouble).toBe(null);
    expect(packets.map(({ number, at, link, length, data }) => [number, at, link, length, data.toString()])).toEqual([
      [1, day, 101, 3, 'one'],
      [2, day, 113, 1_500, 'one'],
      [3, day, 276, 3, 'one'],
    ]);
  });

  test('simple packets have the length that was kept, and the time before them', async () => {
    const bytes = section({}, (made) => [
      made.interface({ snap: 5 }),
      made.simplePacket(Buffer.from('ab')),
      made.packet({ at: day, data: Buffer.from('x') }),
      made.simplePacket(Buffer.from('12345'), 400),
    ]);
    const { packets } = await read(bytes);
    expect(packets.map(({ at, length, data }) => [at, length, data.toString()])).toEqual([
      [0, 2, 'ab'],
      [day, 1, 'x'],
      [day, 400, '12345'],
    ]);
  });

  test('blocks of other types are passed over, whatever their length', async () => {
    const bytes = section({}, (made) => [
      made.block(4, Buffer.alloc(100)),
      made.interface(),
      made.block(0x0bad, Buffer.alloc(3_000_000, 6)),
      made.packet(frames[5]!),
      made.block(5, Buffer.alloc(0)),
    ]);
    const { packets, trouble } = await read(bytes);
    expect([packets.length, trouble]).toEqual([1, null]);
  });

  describe('secrets', () => {
    const line = (i: number) => `CLIENT_RANDOM ${i.toString(16).padStart(64, '0')} ${'ab'.repeat(48)}\n`;

    test('of TLS are given, others are not', async () => {
      const bytes = section({}, (made) => [
        made.secrets(line(1)),
        made.secrets('wireguard', 0x57474b4c),
        made.secrets(line(2).trim()),
      ]);
      expect((await read(bytes)).keyLogs).toEqual([line(1), line(2).trim()]);
    });

    test('in a long block come in whole lines', async () => {
      const lines = Array.from({ length: 20_000 }, (_, i) => line(i));
      const bytes = section({ bigEndian: true }, (made) => [
        made.secrets(lines.join('')),
        made.interface(),
        made.packet(frames[1]!),
      ]);
      const { keyLogs, packets, trouble } = await read(bytes);
      expect(keyLogs.length).toBeGreaterThan(1);
      expect(keyLogs.every((piece) => piece.endsWith('\n'))).toBe(true);
      expect(keyLogs.join('')).toBe(lines.join(''));
      expect([packets.length, trouble]).toEqual([1, null]);
    });

    test('without lines are not kept', async () => {
      const bytes = section({}, (made) => [
        made.secrets('x'.repeat(5_000_000)),
        made.interface(),
        made.packet(frames[1]!),
      ]);
      const { keyLogs, packets } = await read(bytes);
      expect(keyLogs.join('').length).toBeLessThan(1_048_576);
      expect(packets.length).toBe(1);
    });
  });

  test('cut anywhere: what stands before, and the place', async () => {
    const made = new Section();
    const blocks = [made.header(), made.interface(), ...frames.slice(0, 4).map((frame) => made.packet(frame))];
    const whole = Buffer.concat(blocks);
    let end = 0;
    for (const [i, block] of blocks.entries()) {
      for (const at of [end + 1, end + 11, end + 13, end + block.length - 1]) {
        const { packets, trouble } = await read(whole.subarray(0, Math.max(4, at)));
        expect(packets.length).toBe(Math.max(0, i - 2));
        expect(trouble?.completeness).toBe('partial');
        expect(trouble?.problem.message).toContain(`before packet ${Math.max(1, i - 1)};`);
      }
      end += block.length;
    }
  });

  const at = (...blocks: ((made: Section) => Buffer)[]) => section({}, (made) => blocks.map((block) => block(made)));
  const good = (made: Section) => made.packet({ at: day, data: Buffer.from('good') });
  const described = (made: Section) => made.interface();
  const patched = (block: (made: Section) => Buffer, offset: number, value: number) => (made: Section) => {
    const bytes = block(made);
    bytes.writeUInt32LE(value, offset < 0 ? bytes.length + offset : offset);
    return bytes;
  };

  test.each<[string, Buffer, number, string]>([
    ['a block too short', at(described, good, patched(good, 4, 8)), 1, 'cannot have 8 bytes'],
    ['a block that is not of words', at(described, good, patched(good, 4, 37)), 1, 'cannot have 37 bytes'],
    ['a packet block of gigabytes', at(described, good, patched(good, 4, 0x7fff_fff0)), 1, 'of 2147483632 bytes'],
    ['two lengths', at(described, good, patched(good, -4, 40)), 1, 'two lengths differ'],
    ['a captured length beyond the block', at(described, good, patched(good, 20, 100)), 1, 'length of 100 bytes'],
    [
      'an interface that is not there',
      at(described, good, patched(good, 8, 1)),
      1,
      'not described stands in packet 2;',
    ],
    ['a simple packet without an interface', at((made) => made.simplePacket(Buffer.from('x'))), 0, 'not described'],
    ['a packet block without a packet', at(described, (made) => made.block(6, Buffer.alloc(8))), 0, 'too short'],
    ['an interface without a link', at((made) => made.block(1, Buffer.alloc(4))), 0, 'without a link type'],
    [
      'an option beyond its block',
      at((made) => {
        const bytes = made.interface({ options: [comment] });
        bytes.writeUInt16LE(200, 18);
        return bytes;
      }),
      0,
      'options that run over',
    ],
    ['secrets beyond their block', at(patched((made) => made.secrets('abc'), 12, 1_000)), 0, 'secrets that run over'],
    ['secrets without a length', at((made) => made.block(10, Buffer.alloc(4))), 0, 'too short'],
    [
      'a section without an order',
      at(
        described,
        good,
        patched((made) => made.header(), 8, 7),
      ),
      1,
      'byte order',
    ],
    [
      'a short section header',
      at(
        described,
        good,
        patched((made) => made.header(), 4, 24),
      ),
      1,
      'section header',
    ],
    ['zeros', Buffer.concat([at(described, good), Buffer.alloc(5_000_000)]), 1, 'cannot have 0 bytes'],
  ])('%s ends it with a word', async (_name, bytes, count, word) => {
    const { packets, trouble } = await read(bytes);
    expect(packets.length).toBe(count);
    expect(trouble?.completeness).toBe('partial');
    expect(trouble?.problem.message).toContain(word);
    expect(trouble?.problem.where).toMatch(/^byte \d+$/);
  });

  test('another version is unsupported', async () => {
    const { trouble } = await read(Buffer.concat([new Section().header(2)]));
    expect(trouble).toMatchObject({
      completeness: 'unsupported',
      problem: { message: expect.stringContaining('2.0') },
    });
  });

  test('times that no clock has stay within those of a date', async () => {
    const bytes = section({}, (made) => [
      made.interface({ resolution: 0 }),
      made.interface({ offset: -4_000_000_000 }),
      made.interface({ resolution: 0xff }),
      patched((one) => one.packet({ at: day, data: Buffer.from('x') }), 12, 0xffff_ffff)(made),
      patched((one) => one.packet({ at: 0, data: Buffer.from('x') }, 1), 12, 0)(made),
      patched((one) => one.packet({ at: 0, data: Buffer.from('x') }, 2), 12, 0xffff_ffff)(made),
    ]);
    const { packets } = await read(bytes);
    expect(packets.map(({ at }) => at)).toEqual([8.64e15, 0, expect.any(Number)]);
    expect(packets[2]!.at).toBeLessThan(1);
  });
});
