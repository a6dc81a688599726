import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Like } from '#collectors/traffic/exchange';
import { Fold } from '#collectors/traffic/fold';
import type { FoldLimits } from '#collectors/traffic/summary';
import { flaws } from '#test/collectors/contract';
import { exchange, type Told } from './exchanges.ts';

const html = { 'content-type': 'text/html' };

/** What exchanges that are alike have in common. */
const shape = fc.record({
  host: fc.constantFrom('a.acme.com', 'a.acme.com', 'B.acme.com:443', '', 'no host'),
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS', 'bad method'),
  target: fc.oneof(
    fc.constantFrom('/', '/a', '/b?x=1&y=true', '/b?x=z', '/c/d/e', '/login', '/p', '/q', '/r', '/s', '/t', '/u'),
    fc.constantFrom('/a/#?page=#', '/a/#?page=#', '/a/#', '/z/#?q=1'),
    fc.stringMatching(/^[a-z]{1,2}$/).map((name) => `/${name}`),
  ),
  status: fc.constantFrom(0, 101, 200, 200, 200, 200, 204, 302, 401, 404, 404, 405, 500),
  asked: fc.constantFrom<Record<string, string>>(
    {},
    { authorization: 'Basic x', 'user-agent': 'curl/8' },
    { cookie: 'sid=1' },
    { 'access-control-request-method': 'PUT', 'user-agent': 'Mozilla/5.0 (X11)' },
  ),
  answered: fc.constantFrom<Record<string, string>>(
    {},
    html,
    html,
    { 'content-type': 'application/json', deprecation: '@1' },
    { location: '/login', sunset: 'Sun, 11 Nov 2018 23:59:59 GMT' },
  ),
  version: fc.constantFrom('1.0', '1.1', '2'),
  marks: fc.constantFrom<string[]>([], [], ['obsolete fold']),
  calls: fc.constantFrom<string[]>([], ['query orders'], ['query orders', 'mutation pay']),
});

const own = fc.record({
  at: fc.integer({ min: 0, max: 50 }),
  responseLength: fc.oneof(fc.constantFrom(null, 0, 700), fc.constant(700), fc.nat({ max: 9 })),
  client: fc.constantFrom(
    '',
    '10.0.0.1',
    '10.0.0.1',
    '10.0.0.2',
    '10.0.1.3',
    'name',
    '2001:db8::1',
    '::1',
    '::2',
    '::3',
  ),
  latency: fc.nat({ max: 4_000 }),
  requestLength: fc.nat({ max: 100_000 }),
  messages: fc.record({ sent: fc.nat(9), received: fc.nat(9) }),
});

interface Made {
  one: Told;
  alike: boolean;
}

/** Exchanges of some shapes. Each has a reference of its own; some are without a lot, or without what reveals that they are alike. */
const exchanges: fc.Arbitrary<Made[]> = fc
  .array(shape, { minLength: 1, maxLength: 20 })
  .chain((shapes) =>
    fc.array(
      fc.record({
        same: fc.constantFrom(...shapes),
        own,
        lot: fc.option(fc.nat({ max: 200 }), { nil: undefined }),
        value: fc.nat({ max: 30 }),
        alike: fc.boolean(),
      }),
      { minLength: 1, maxLength: 200 },
    ),
  )
  .map((all) =>
    all.map(({ same, own: apart, lot, value, alike }, i) => {
      const target = same.target.replace('#', String(value)).replace('#', value === 7 ? 'x' : String(value));
      return { one: { ...same, ...apart, target, ref: i + 1, ...(lot === undefined ? {} : { lot }) }, alike };
    }),
  );

/** What a reader would take for alike: all but what is each exchange's own, with the numbers in a target left aside. */
function kindOf({
  at,
  ref,
  responseLength,
  requestLength,
  latency,
  client,
  lot,
  messages,
  target = '',
  ...same
}: Told): string {
  return JSON.stringify([same, target.replace(/^\/a\/[0-9]+/, '/a/').replace(/page=.*/, 'page')]);
}

function foldOf(all: readonly Made[], file = 'edge.pcap', limits: Partial<FoldLimits> = {}): Fold {
  const fold = new Fold(file, limits);
  const likes = new Map<string, Like>();
  for (const { one, alike } of all) {
    const made = exchange(one);
    if (alike) {
      const kind = kindOf(one);
      const like = likes.get(kind) ?? { cell: null, requestsBelow: 2 ** 32, responsesBelow: 2 ** 32 };
      likes.set(kind, like);
      made.like = like;
    }
    fold.add(made);
  }
  return fold;
}

function said(fold: Fold): unknown {
  return { sightings: fold.sightings(), summary: fold.summary() };
}

/** Every exchange to one of some parts, and the parts in some order. */
const parted = fc.integer({ min: 1, max: 5 }).chain((parts) =>
  fc.record({
    all: exchanges,
    part: fc.func(fc.nat({ max: parts - 1 })),
    order: fc.shuffledSubarray(
      Array.from({ length: parts }, (_, i) => i),
      { minLength: parts },
    ),
  }),
);

describe('parts that are folded apart and merged', () => {
  test('have what the whole has', () => {
    fc.assert(
      fc.property(parted, ({ all, part, order }) => {
        const parts = order.map((n) => foldOf(all.filter((_, i) => part(i) === n)));
        const whole = said(foldOf(all));
        const straight = new Fold('edge.pcap');
        for (const fold of parts) straight.absorb(structuredClone(fold.state()));
        expect(said(straight)).toEqual(whole);
        // Grouped otherwise: the first absorbs what the others were merged to.
        const [first = new Fold('edge.pcap'), ...others] = parts;
        const rest = new Fold('edge.pcap');
        for (const fold of others) rest.absorb(fold.state());
        first.absorb(rest.state());
        expect(said(first)).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });

  test('are as they are when nothing is known to be alike', () => {
    fc.assert(
      fc.property(exchanges, (all) => {
        const kinds = new Map<string, Told>();
        // Of those that are alike the first is worked out: only where they are equal in all is the outcome the same.
        const equal = all.map(({ one }) => {
          const known = kinds.get(kindOf(one)) ?? one;
          kinds.set(kindOf(one), known);
          return { ...one, target: known.target ?? '' };
        });
        const alike = said(foldOf(equal.map((one) => ({ one, alike: true }))));
        expect(alike).toEqual(said(foldOf(equal.map((one) => ({ one, alike: false })))));
      }),
      { numRuns: 200 },
    );
  });

  test('with the same exchanges looked into, and the same pages told', () => {
    const many = fc.array(
      fc.record({
        lot: fc.nat({ max: 500 }),
        at: fc.nat({ max: 3 }),
        page: fc.constantFrom(...'123456789'.split(''), 'x'),
        name: fc.constantFrom('a', 'a', 'b', 'c', 'd'),
        responseLength: fc.oneof(
          { weight: 2, arbitrary: fc.constant(7_000) },
          { weight: 1, arbitrary: fc.nat({ max: 12 }) },
        ),
        part: fc.nat({ max: 3 }),
        alike: fc.boolean(),
      }),
      { minLength: 60, maxLength: 200 },
    );
    fc.assert(
      fc.property(many, (all) => {
        const made = all.map(({ part, alike, page, name, ...one }, i) => ({
          part,
          made: { one: { ...one, ref: i + 1, answered: html, target: `/${name}?page=${page}` }, alike },
        }));
        const merged = new Fold('edge.pcap');
        for (const n of [3, 1, 0, 2])
          merged.absorb(foldOf(made.filter(({ part }) => part === n).map((one) => one.made)).state());
        expect(said(merged)).toEqual(said(foldOf(made.map((one) => one.made))));
      }),
      { numRuns: 200 },
    );
  });

  test('with a client that probes in all of them', () => {
    const word = (i: number) => `/${String.fromCharCode(97 + (i % 26))}${'x'.repeat(i / 26)}`;
    const all = Array.from({ length: 90 }, (_, i) => ({
      one: {
        ref: i + 1,
        target: word(i % 30),
        status: i % 4 === 0 ? 403 : 404,
        client: i % 9 === 0 ? 'ann' : 'scanner',
      },
      alike: i % 2 === 0,
    }));
    const merged = new Fold('edge.pcap');
    for (const n of [2, 0, 1]) merged.absorb(foldOf(all.filter((_, i) => i % 3 === n)).state());
    expect(merged.summary().probing).toBe(1);
    expect(said(merged)).toEqual(said(foldOf(all)));
  });

  test('of several files: the first exchange is where it was', () => {
    const merged = new Fold('all');
    merged.absorb(foldOf([{ one: { at: 5, ref: 1 }, alike: false }], 'late.pcap').state());
    merged.absorb(foldOf([{ one: { at: 2, ref: 9 }, alike: false }], 'early.pcap').state());
    expect(merged.sightings()[0]?.where).toEqual({ in: 'traffic', file: 'early.pcap', ref: 9 });
  });

  test('past all limits no exchange is lost or counted twice', () => {
    const limits = { sightings: 8, hosts: 2, clients: 3, sampled: 40 };
    fc.assert(
      fc.property(parted, ({ all, part, order }) => {
        const merged = new Fold('edge.pcap', limits);
        for (const n of order)
          merged.absorb(
            foldOf(
              all.filter((_, i) => part(i) === n),
              'edge.pcap',
              limits,
            ).state(),
          );
        for (const fold of [merged, foldOf(all, 'edge.pcap', limits)]) {
          const { exchanges: met, noise, preflights, refused, problems } = fold.summary();
          const sightings = fold.sightings();
          const told = sightings.flatMap(({ facts }) => Object.values(facts.statuses!)).reduce((a, b) => a + b, 0);
          const rare = /([0-9,]+) exchanges? of the rarest/.exec(problems.map(({ message }) => message).join())?.[1];
          expect(told + noise + preflights + refused + Number(rare ?? 0)).toBe(all.length);
          expect(met).toBe(all.length);
          expect(sightings.length).toBeLessThanOrEqual(limits.sightings);
          for (const sighting of sightings) expect(flaws(sighting, { plane: 'observed' })).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });
});
