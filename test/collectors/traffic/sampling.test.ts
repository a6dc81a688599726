import { describe, expect, test } from 'vitest';
import { Fold } from '#collectors/traffic/fold';
import { exchange } from './exchanges.ts';

const everyLot = 2 ** 32;
/** Never repeats, and is spread evenly: the golden ratio's multiples. */
const lotAt = (i: number) => Math.imul(i, 0x9e37_79b1) >>> 0;
const operation = (i: number) => `/${[...String(i)].map((digit) => 'abcdefghij'[Number(digit)]).join('')}`;

function looks(fold: Fold): number {
  let sum = 0;
  for (const { facts } of fold.sightings()) sum += (facts.sampled?.requests ?? 0) + (facts.sampled?.responses ?? 0);
  return sum;
}

describe('how many exchanges are looked into', () => {
  test('ten of each, of its requests and of its answers, where there are few', () => {
    const fold = new Fold('a.pcap');
    for (let i = 0; i < 2_000; i++) fold.add(exchange({ target: operation(i % 100), lot: lotAt(i), ref: i }));
    expect(looks(fold)).toBe(2_000);
    expect(fold.firstBelow).toBe(everyLot);
  });

  test('so many whatever it takes, and of more a share', () => {
    const fold = new Fold('a.pcap', { sightings: 100_000 });
    const count = 30_000;
    for (let i = 0; i < count; i++) fold.add(exchange({ target: operation(i), lot: lotAt(i), ref: i }));
    expect(looks(fold)).toBeGreaterThan(3_500);
    expect(looks(fold)).toBeLessThanOrEqual(4_000 + count / 64);
    expect(fold.firstBelow).toBeLessThan(everyLot / 4);
  });

  test('a share that grows again when the traffic repeats itself', () => {
    const fold = new Fold('a.pcap', { sightings: 100_000 });
    for (let i = 0; i < 30_000; i++) fold.add(exchange({ target: operation(i), lot: lotAt(i), ref: i }));
    const least = fold.firstBelow;
    for (let i = 0; i < 200_000; i++) fold.add(exchange({ target: '/same', lot: everyLot - 1, ref: i }));
    expect(fold.firstBelow).toBeGreaterThan(least * 4);
  });
});
