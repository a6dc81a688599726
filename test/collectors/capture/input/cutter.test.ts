import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Frame, pcapFile } from '#test/collectors/capture/pcap';
import { Section } from '#test/collectors/capture/pcapng';
import { cutAt, type Make, pcap, pcapng, pcapStream } from './cut.ts';

const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((array) => Buffer.from(array));
const frame: fc.Arbitrary<Frame> = fc.record({
  at: fc.integer({ min: 1, max: 4_000_000_000_000 }),
  data: bytes(200),
});
const frames = fc.array(frame, { maxLength: 30 });
const variant = fc.record({
  bigEndian: fc.boolean(),
  nanoseconds: fc.boolean(),
  modified: fc.boolean(),
  link: fc.constantFrom(1, 101, 276),
});
const classic = fc.tuple(frames, variant).map(([list, options]) => pcapFile(list, options));

/** Sections with interfaces, packets of each kind, secrets and what is passed over. */
const nextGeneration = fc
  .array(
    fc.record({
      bigEndian: fc.boolean(),
      resolution: fc.constantFrom(undefined, 0, 3, 6, 9, 0x8a),
      blocks: fc.array(fc.tuple(fc.constantFrom('packet', 'old', 'simple', 'secrets', 'other'), frame), {
        maxLength: 12,
      }),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((sections) =>
    Buffer.concat(
      sections.flatMap(({ bigEndian, resolution, blocks }) => {
        const section = new Section({ bigEndian });
        const write = {
          packet: (one: Frame) => section.packet(one),
          old: (one: Frame) => section.oldPacket(one),
          simple: ({ data }: Frame) => section.simplePacket(data),
          secrets: ({ data }: Frame) => section.secrets(data.toString('latin1')),
          other: ({ data }: Frame) => section.block(11, data),
        };
        const described = section.interface(resolution === undefined ? {} : { resolution });
        return [section.header(), described, ...blocks.map(([kind, one]) => write[kind](one))];
      }),
    ),
  );

/** Some bytes changed, some left out. */
const broken = (whole: fc.Arbitrary<Buffer>) =>
  fc.tuple(whole, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat()).map(([good, flips, end]) => {
    const bad = Buffer.from(good.subarray(0, end % 3 === 0 ? end % (good.length + 1) : good.length));
    for (const [at, value] of flips) if (bad.length > 0) bad[at % bad.length] = value;
    return bad;
  });

const cuts = fc.array(fc.nat(), { maxLength: 12 });
const positions = (list: readonly number[], length: number) =>
  [...list.map((cut) => cut % (length + 1)), length].sort((a, b) => a - b);

describe.each<[string, fc.Arbitrary<Buffer>, Make]>([
  ['pcap', classic, pcap],
  ['pcap by pcap-parser', classic, pcapStream],
  ['pcapng', nextGeneration, pcapng],
])('%s', (_, made, make) => {
  test('gives the same however its bytes are cut, whole or broken', () => {
    fc.assert(
      fc.property(fc.oneof(made, broken(made)), cuts, (whole, list) => {
        expect(cutAt(whole, positions(list, whole.length), make)).toEqual(cutAt(whole, [whole.length], make));
      }),
      { numRuns: 500 },
    );
  });

  test('of any bytes ends without an exception, and gives nothing that is not there', () => {
    fc.assert(
      fc.property(fc.oneof(broken(made), bytes(300)), (whole) => {
        const outcome = cutAt(whole, [whole.length], make);
        let taken = 0;
        for (const { number, at, length, data } of outcome?.packets ?? []) {
          taken += data.length;
          expect(number).toBeGreaterThan(0);
          expect(at >= 0 && at <= 8.64e15).toBe(true);
          expect(length).toBeGreaterThanOrEqual(data.length);
        }
        expect(taken).toBeLessThanOrEqual(whole.length);
      }),
      { numRuns: 500 },
    );
  });
});

test('the block reader and pcap-parser give the same packets, and the same trouble', () => {
  fc.assert(
    fc.property(fc.oneof(classic, broken(classic)), cuts, (whole, list) => {
      const ends = positions(list, whole.length);
      expect(cutAt(whole, ends, pcapStream)).toEqual(cutAt(whole, ends, pcap));
    }),
    { numRuns: 1_000 },
  );
});
