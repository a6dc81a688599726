import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openInventory } from '#db/sqlite/open';
import type { InventoryStore } from '#db/store';
import { type Condition, type Field, fields, type ListField, listFields } from '#model/condition';
import type { Endpoint } from '#model/endpoint';
import type { ResolvedEndpoint } from '#model/view';
import { all, endpoint, view } from './samples.ts';

const numberFields: Field[] = ['firstSeen', 'lastSeen', 'lastCall', 'calls', 'confidence'];
const textFields = fields.filter((field) => !numberFields.includes(field));

/** What a condition means, as plainly as it can be said. */
function holds(condition: Condition, on: Endpoint): boolean {
  switch (condition.op) {
    case 'and':
      return condition.of.every((part) => holds(part, on));
    case 'or':
      return condition.of.some((part) => holds(part, on));
    case 'not':
      return !holds(condition.of, on);
    case 'has':
      return on[condition.field].includes(condition.value);
    case 'anyMatches':
      return on[condition.field].some((value) => new RegExp(condition.pattern).test(value));
    default: {
      const value = fieldOf(on, condition.field);
      if (value === null) return condition.op === '!=';
      if (condition.op === 'in') return condition.values.some((other) => order(value, other) === 0);
      if (condition.op === 'matches') return new RegExp(condition.pattern).test(String(value));
      if (condition.op === 'startsWith') return String(value).startsWith(condition.value);
      if (condition.op === 'endsWith') return String(value).endsWith(condition.value);
      if (condition.op === 'contains') return String(value).includes(condition.value);
      const sign = order(value, condition.value);
      const signs = {
        '==': sign === 0,
        '!=': sign !== 0,
        '<': sign < 0,
        '<=': sign <= 0,
        '>': sign > 0,
        '>=': sign >= 0,
      };
      return signs[condition.op];
    }
  }
}

function fieldOf(on: Endpoint, field: Field): string | number | null {
  if (field === 'declared' || field === 'deployed' || field === 'coded' || field === 'observed')
    return on.planes[field];
  if (field === 'leaf' || field === 'verdict' || field === 'reason') return on.verdict[field];
  return on[field];
}

/** By code point, as UTF-8 sorts; numbers by size. */
function order(a: string | number, b: string | number): number {
  if (typeof a === 'number') return a - Number(b);
  return Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
}

// Few values, so that conditions meet them, and awkward ones.
const word = fc.constantFrom(
  '',
  'a',
  'A',
  'ab',
  'abc',
  'b',
  '%',
  '_',
  "'",
  'a%b',
  'é',
  '🛒',
  '\uffff',
  '\ud7ff',
  'a\u{10ffff}',
);
const number = fc.constantFrom(0, 1, 2, 10, 0.5, -1, 1_700_000_000_000);
const pattern = fc.constantFrom('', '^a', 'b$', '^(a|b)$', '[A-Z]', '.', '\\W', 'a%?b');
const list = fc.array(word, { maxLength: 3 });

const endpoints: fc.Arbitrary<ResolvedEndpoint> = fc
  .record({
    environment: word,
    service: word,
    method: word,
    path: word,
    owner: word,
    version: word,
    exposure: word,
    lastCall: fc.option(number),
    calls: number.map(Math.ceil),
    confidence: number,
    hosts: list,
    tags: list,
    sources: list,
    dataClasses: list,
    authMechanisms: list,
  })
  .chain((over) =>
    fc
      .record({
        declared: fc.constantFrom('active', 'none', 'unknown'),
        leaf: fc.constantFrom('shadow', 'managed'),
        reason: word,
      })
      .map(({ declared, leaf, reason }) =>
        endpoint({
          ...over,
          planes: { declared, deployed: 'unknown', coded: 'yes', observed: 'fresh' },
          verdict: { leaf, verdict: leaf === 'shadow' ? 'shadow' : 'fine', reason, because: '', decidedBy: [] },
        }),
      ),
  );

const field = fc.constantFrom(...textFields);
const listField: fc.Arbitrary<ListField> = fc.constantFrom(...listFields);
const comparison = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const value = fc.oneof(word, fc.constantFrom('shadow', 'fine', 'active', 'e1', 'http'));

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ op: comparison, field, value }),
    fc.record({ op: comparison, field: fc.constantFrom(...numberFields), value: fc.oneof(number, number.map(String)) }),
    fc.record({ op: fc.constant('in'), field, values: fc.array(value, { maxLength: 4 }) }),
    fc.record({
      op: fc.constant('in'),
      field: fc.constantFrom(...numberFields),
      values: fc.array(number, { maxLength: 3 }),
    }),
    fc.record({ op: fc.constant('has'), field: listField, value: word }),
    fc.record({ op: fc.constantFrom('startsWith', 'endsWith', 'contains'), field, value: word }),
    fc.record({ op: fc.constant('matches'), field, pattern }),
    fc.record({ op: fc.constant('anyMatches'), field: listField, pattern }),
    fc.record({ op: fc.constantFrom('and', 'or'), of: fc.array(tie('condition'), { maxLength: 4 }) }),
    fc.record({ op: fc.constant('not'), of: tie('condition') }),
  ) as fc.Arbitrary<Condition>,
}));

let store: InventoryStore;
let scan: string;
beforeAll(async () => {
  store = await openInventory(':memory:', { now: () => 10 });
  scan = (await store.beginScan('1', [])).id;
});
afterAll(() => store.close());

test('a condition finds the endpoints for which it holds, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(endpoints, { minLength: 1, maxLength: 12 }),
      fc.array(condition, { minLength: 1, maxLength: 12 }),
      async (given, conditions) => {
        await store.replaceView(scan, view(given.map((each, i) => ({ ...each, id: `e${i}` }))));
        const kept = await all(store.endpoints({}));
        expect(kept).toHaveLength(given.length);
        for (const where of conditions) {
          const expected = kept.filter((each) => holds(where, each)).map((each) => each.id);
          expect((await all(store.endpoints({ where }))).map((each) => each.id)).toEqual(expected);
          expect(await store.countEndpoints(where)).toBe(expected.length);
        }
      },
    ),
    { numRuns: 150 },
  );
});
