import { beforeEach, describe, expect, test } from 'vitest';
import { ConditionError } from '#db/store';
import { all, endpoint, land, sighting, specs, view } from '#test/db/samples';
import type { Subject } from './subject.ts';

export function queryContract(at: Subject): void {
  describe('queries', () => {
    beforeEach(async () => {
      const { id } = await at.store.beginScan('1', []);
      await at.store.replaceView(
        id,
        view([
          endpoint({ id: 'abc1', path: '/b', calls: 1, lastCall: null }),
          endpoint({ id: 'abc2', path: '/a', calls: 2, lastCall: 20 }),
          endpoint({ id: 'xyz3', path: '/a', method: 'DELETE', calls: 2, lastCall: 10 }),
          endpoint({ id: 'xyz4', path: '/z', service: 'carts', calls: 9, lastCall: 30 }),
        ]),
      );
    });
    const ids = async (query: Parameters<typeof at.store.endpoints>[0]) =>
      (await all(at.store.endpoints(query))).map((each) => each.id);

    test('the order is settled: service, path, method', async () => {
      expect(await ids({})).toEqual(['xyz4', 'xyz3', 'abc2', 'abc1']);
      expect(await ids({ order: [{ field: 'calls', descending: true }] })).toEqual(['xyz4', 'xyz3', 'abc2', 'abc1']);
      expect(await ids({ order: [{ field: 'lastCall', descending: false }] })).toEqual([
        'xyz3',
        'abc2',
        'xyz4',
        'abc1',
      ]);
      expect(await ids({ order: [{ field: 'lastCall', descending: true }] })).toEqual(['xyz4', 'abc2', 'xyz3', 'abc1']);
    });

    test('limit and offset cut it', async () => {
      expect(await ids({ limit: 2 })).toEqual(['xyz4', 'xyz3']);
      expect(await ids({ limit: 2, offset: 1 })).toEqual(['xyz3', 'abc2']);
      expect(await ids({ offset: 3 })).toEqual(['abc1']);
      expect(await ids({ limit: 0 })).toEqual([]);
    });

    test('an id may be cut short while it is unambiguous', async () => {
      const found = async (id: string) => (await at.store.findEndpoint(id)).map((each) => each.id);
      expect(await found('abc1')).toEqual(['abc1']);
      expect(await found('xyz3')).toEqual(['xyz3']);
      expect(await found('abc')).toEqual(['abc1', 'abc2']);
      expect(await found('ab%')).toEqual([]);
      expect(await found('')).toEqual([]);
      expect(await at.store.endpointDetail('abc')).toBeNull();
    });

    test.each([
      [{ op: 'matches', field: 'path', pattern: '(' }, 'Unterminated group'],
      [{ op: 'matches', field: 'path', pattern: '(a+)+$' }, 'a repeated group holds a repetition'],
      [{ op: 'matches', field: 'path', pattern: 'a'.repeat(513) }, 'longer than 512'],
      [{ op: 'anyMatches', field: 'hosts', pattern: '[' }, 'Unterminated character class'],
      [{ op: '>', field: 'calls', value: 'many' }, 'no number'],
      [{ op: 'contains', field: 'calls', value: '1' }, 'is a number'],
      [{ op: '==', field: 'colour' as 'path', value: 'red' }, 'no field colour'],
      [{ op: 'has', field: 'params' as 'tags', value: 'id' }, 'no list params'],
    ] as const)('%o cannot be asked', async (where, words) => {
      await expect(at.store.countEndpoints(where)).rejects.toThrow(words);
      await expect(all(at.store.endpoints({ where }))).rejects.toBeInstanceOf(ConditionError);
    });

    test('an order by what is no field cannot be asked', async () => {
      const order = [{ field: 'colour' as 'path', descending: false }];
      await expect(all(at.store.endpoints({ order }))).rejects.toBeInstanceOf(ConditionError);
    });

    test.each(['[^/]+/v[0-9]+/b$', '^(a\\+)+$', '(?:[0-9a-z]{1})+'])('%s is a fair pattern', async (pattern) => {
      expect(await at.store.countEndpoints({ op: 'matches', field: 'path', pattern })).toBeGreaterThanOrEqual(0);
    });

    test('a condition too long to be a person’s is refused, a long one is answered', async () => {
      const one = { op: '==', field: 'id', value: 'abc1' } as const;
      const many = (n: number) => ({ op: 'or' as const, of: Array.from({ length: n }, () => one) });
      expect(await at.store.countEndpoints(many(400))).toBe(1);
      await expect(at.store.countEndpoints(many(501))).rejects.toBeInstanceOf(ConditionError);
      const values = Array.from({ length: 5_000 }, (_, i) => `abc${i}`);
      expect(await at.store.countEndpoints({ op: 'in', field: 'id', values })).toBe(2);
    });

    test('an inventory can be read while it is being asked', async () => {
      const seen: string[] = [];
      for await (const each of at.store.endpoints({})) {
        seen.push(each.id);
        await land(at.store, specs, [sighting()], { scope: each.id });
      }
      expect(seen).toHaveLength(4);
    });
  });
}
