import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Segment } from '#collectors/capture/packet/segment';
import { FlowKeys } from '#collectors/capture/tcp/keys';

/** Two ends, few enough that most are met again: addresses that differ in a byte or in nothing. */
const end = fc.record({ host: fc.nat(6), port: fc.constantFrom<number[]>(80, 443, 40_000, 65_535) });
const step = fc.record({ source: end, destination: end, wide: fc.boolean(), removes: fc.boolean() });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function segmentOf({ source, destination, wide }: Step): Segment {
  const width = wide ? 16 : 4;
  const bytes = Buffer.alloc(width * 2, 0xfe);
  bytes[width - 1] = source.host;
  bytes[2 * width - 1] = destination.host;
  return {
    ...{ bytes, addresses: 0, width, sourcePort: source.port, destinationPort: destination.port },
    ...{ seq: 0, ack: 0, flags: 0, from: bytes.length, to: bytes.length, length: 0, ref: 0, at: 0 },
  };
}

/** The same for both directions, and which side sends. */
function nameOf({ source, destination, wide }: Step): { name: string; side: number } {
  const [one, other] = [source, destination].map(({ host, port }) => host * 65_536 + port) as [number, number];
  return { name: `${wide} ${Math.min(one, other)} ${Math.max(one, other)}`, side: one < other ? 0 : 1 };
}

test('a table of connections is a map, whatever is added, found and removed', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(step, { maxLength: 400 }), (seed, steps) => {
      const keys = new FlowKeys(seed);
      const slots = new Map<string, number>();
      for (const one of steps) {
        const segment = segmentOf(one);
        const { name, side } = nameOf(one);
        const known = slots.get(name);
        expect(keys.find(segment)).toBe(known ?? -1);
        expect(keys.side).toBe(side);
        if (known === undefined) {
          const slot = keys.add();
          expect([...slots.values()]).not.toContain(slot);
          slots.set(name, slot);
        } else if (one.removes) {
          keys.remove(known);
          slots.delete(name);
        }
        expect(keys.size).toBe(slots.size);
      }
      for (const one of steps) expect(keys.find(segmentOf(one))).toBe(slots.get(nameOf(one).name) ?? -1);
    }),
    { numRuns: 300 },
  );
});

test('it grows, and each keeps its slot', () => {
  const keys = new FlowKeys(7);
  const steps = Array.from({ length: 2_000 }, (_, i): Step => {
    const source = { host: i % 200, port: 1_024 + i };
    return { source, destination: { host: 201, port: 80 }, wide: i % 3 === 0, removes: false };
  });
  const slots = steps.map((one) => {
    expect(keys.find(segmentOf(one))).toBe(-1);
    return keys.add();
  });
  expect(new Set(slots).size).toBe(2_000);
  for (const [i, one] of steps.entries()) expect(keys.find(segmentOf(one))).toBe(slots[i]);
  for (const slot of slots.filter((__, i) => i % 2 === 0)) keys.remove(slot);
  for (const [i, one] of steps.entries()) expect(keys.find(segmentOf(one))).toBe(i % 2 === 0 ? -1 : slots[i]);
});
