import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distinctCount, mergeDistinct, noteDistinct } from '#collectors/traffic/distinct';
import { hashNumber, hashText } from '#collectors/traffic/hash';
import { type Histogram, mergeHistograms, percentile, record, total } from '#collectors/traffic/histogram';
import { networkOf } from '#collectors/traffic/network';
import { emptySample, isDue, keep, mergeSamples, resize, type Sample } from '#collectors/traffic/sample';
import { userAgentFamily } from '#collectors/traffic/user-agent';

function histogramOf(values: readonly number[]): Histogram | null {
  return values.reduce<Histogram | null>((histogram, value) => record(histogram, value), null);
}

test('a percentile is at most 6.25 % off, and exact below 16', () => {
  const value = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 4_294_967_295 }), fc.nat({ max: 100_000 }));
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1),
      (values, share) => {
        const exact = values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(values.length * share)) - 1]!;
        const histogram = histogramOf(values)!;
        const said = percentile(histogram, share);
        expect(Math.abs(said - exact)).toBeLessThanOrEqual(exact < 16 ? 0 : exact * 0.0625);
        expect(total(histogram)).toBe(values.length);
      },
    ),
  );
});

test.each([
  [-1, 0],
  [Number.NaN, 0],
  [0.9, 0],
  [1e20, 4_160_749_567],
  [Number.POSITIVE_INFINITY, 4_160_749_567],
])('%d is counted as %d', (value, as) => expect(percentile(record(null, value), 1)).toBe(as));

test('histograms merge to that of all', () => {
  const values = fc.array(fc.nat({ max: 5_000_000 }));
  fc.assert(
    fc.property(values, values, (a, b) => {
      expect(mergeHistograms(histogramOf(a), histogramOf(b))).toEqual(histogramOf([...a, ...b]));
    }),
  );
});

test('distinct things: exact while they are few, then about', () => {
  const count = (things: number) => {
    const distinct: number[] = [];
    for (let i = 0; i < things * 3; i++) noteDistinct(distinct, hashText(`10.0.${i % things}`), 128);
    expect(distinct.length).toBeLessThanOrEqual(128);
    return distinctCount(distinct, 128);
  };
  expect([0, 1, 5, 127].map(count)).toEqual([0, 1, 5, 127]);
  for (const things of [500, 20_000, 300_000]) {
    expect(count(things)).toBeGreaterThan(things * 0.75);
    expect(count(things)).toBeLessThan(things * 1.25);
  }
});

test('distinct things of two parts are those of the whole', () => {
  const hashes = fc.array(fc.nat({ max: 60 }));
  const of = (all: readonly number[]) => {
    const distinct: number[] = [];
    for (const hash of all) noteDistinct(distinct, hash, 8);
    return distinct;
  };
  fc.assert(
    fc.property(hashes, hashes, (a, b) => {
      expect(mergeDistinct(of(a), of(b), 8)).toEqual(of([...a, ...b]));
      expect(of(a)).toEqual([...new Set(a)].sort((one, other) => one - other).slice(0, 8));
    }),
  );
});

test('hashes are of 32 bits and spread', () => {
  const hashes = Array.from({ length: 4_096 }, (_, i) => [hashText(`/orders/${i}`), hashNumber(1.7e12 + i)]).flat();
  expect(new Set(hashes).size).toBe(hashes.length);
  for (const bit of [0, 7, 31]) {
    const set = hashes.filter((hash) => Math.floor(hash / 2 ** bit) % 2 === 1).length / hashes.length;
    expect(Math.abs(set - 0.5)).toBeLessThan(0.05);
  }
});

test('a sample holds the smallest lots, each once, of the earliest', () => {
  const one = fc.record({ lot: fc.nat({ max: 30 }), at: fc.nat({ max: 2 }) });
  const of = (all: readonly { lot: number; at: number; ref: number }[], size = 5): Sample => {
    const sample = emptySample(size);
    for (const { lot, at, ref } of all)
      if (lot < sample.below && isDue(sample, lot, at, ref)) keep(sample, { lot, at, ref, facts: `${lot} ${ref}` });
    return sample;
  };
  fc.assert(
    fc.property(fc.array(one), fc.nat(), (all, cut) => {
      const each = all.map((told, i) => ({ ...told, ref: i }));
      const first = new Map<number, { lot: number; at: number; ref: number }>();
      for (const told of each.toSorted((a, b) => a.at - b.at || a.ref - b.ref))
        if (!first.has(told.lot)) first.set(told.lot, told);
      const expected = [...first.values()].sort((a, b) => a.lot - b.lot).slice(0, 5);
      const whole = of(each);
      expect(whole.kept.map(({ lot, ref }) => [lot, ref])).toEqual(expected.map(({ lot, ref }) => [lot, ref]));
      expect(whole.below).toBe(expected.length < 5 ? 2 ** 32 : expected[4]!.lot + 1);
      const at = cut % (each.length + 1);
      expect(mergeSamples(of(each.slice(at)), of(each.slice(0, at)))).toEqual(whole);
      resize(whole, 2);
      expect(whole).toEqual(mergeSamples(of(each), of([], 2)));
    }),
  );
});

test.each([
  ['203.0.113.7', '203.0.113'],
  ['::ffff:203.0.113.7', '203.0.113'],
  ['2001:db8:1:2::9', '2001:db8:1'],
  ['2001:0DB8::1', '2001:db8:0'],
  ['::1', '0:0:0'],
  ['1::3:4:5:6:7:8', '1:0:3'],
  ['64:ff9b::203.0.113.7', '64:ff9b:0'],
  ['1:2:3:4:5:6:7:8', '1:2:3'],
  ['1:2:3:4:5:6:7::', '1:2:3'],
  ['worker-7', null],
  ['', null],
])('the network of %s is %s', (client, network) => expect(networkOf(client)).toBe(network));

test.each([
  ['curl/8.5.0', 'curl'],
  ['python-requests/2.32.3', 'python'],
  ['Go-http-client/1.1', 'go'],
  ['okhttp/4.12.0', 'okhttp'],
  ['axios/1.7.2', 'node'],
  ['Apache-HttpClient/4.5.14 (Java/17.0.2)', 'java'],
  ['PostmanRuntime/7.39.0', 'postman'],
  ['kube-probe/1.32', 'kube-probe'],
  ['ELB-HealthChecker/2.0', 'monitor'],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36', 'browser'],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'bot'],
  ['Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)', 'scanner'],
  ['Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)', 'monitor'],
  ['eyJhbGciOiJIUzI1NiJ9.secret', 'other'],
  ['x'.repeat(100_000), 'other'],
  ['', null],
  [undefined, null],
])('%s is %s', (header, family) => expect(userAgentFamily(header)).toBe(family));
