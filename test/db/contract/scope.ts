import { describe, expect, test } from 'vitest';
import { all, edge, held, land, observed, report, sighting, specs } from '#test/db/samples';
import type { Subject } from './subject.ts';

export function scopeContract(at: Subject): void {
  describe('scopes', () => {
    test('a sighting comes back as it went in', async () => {
      const told = sighting({
        seen: { first: 5, last: 9, count: 2 },
        anchored: false,
        facts: { auth: { required: 'yes', mechanisms: ['bearer'] }, params: [{ name: '__proto__', in: 'query' }] },
        path: "/ö'\u0000/{x}",
        service: 'Bestellungen 🛒',
      });
      await land(at.store, specs, [told]);
      expect(await all(at.store.sightings())).toEqual([
        {
          ...told,
          id: expect.any(Number),
          source: 'specs',
          scope: 'orders.yaml',
          environment: '',
          firstScanAt: at.clock,
          lastScanAt: at.clock,
          goneAt: null,
        },
      ]);
    });

    test('nothing is seen before the end, and nothing after it was abandoned', async () => {
      const { id } = await at.store.beginScan('1', [specs]);
      const scope = at.store.scope(id, specs, 'orders.yaml', 'declared');
      for (let i = 0; i < 1_200; i++) await scope.add(sighting({ path: `/a/${i}` }));
      expect(await all(at.store.sightings())).toEqual([]);
      await scope.abandon();
      expect(await all(at.store.sightings())).toEqual([]);
      expect(await at.store.scopes()).toEqual([]);
      await expect(scope.add(sighting())).rejects.toThrow('has ended');
    });

    test('a large scope lands whole, beside another that is open', async () => {
      const { id } = await at.store.beginScan('1', [specs, edge]);
      const large = at.store.scope(id, specs, 'large.yaml', 'declared');
      const other = at.store.scope(id, edge, 'edge.pcap', 'observed');
      for (let i = 0; i < 2_500; i++) {
        await large.add(sighting({ path: `/large/${i}` }));
        await other.add(observed(`/other/${i}`, 1, 2, 1));
      }
      await large.end(report('large.yaml'));
      expect(await held(at.store)).toHaveLength(2_500);
      await other.end(report('edge.pcap', { plane: 'observed' }));
      expect(await held(at.store)).toHaveLength(5_000);
    });

    test('the identity is exactly protocol, method, path, kind, anchoring, service and servers', async () => {
      const base = sighting();
      const two = [
        { host: 'a', basePath: '' },
        { host: 'b', basePath: '/x' },
      ];
      await land(at.store, specs, [
        base,
        { ...base, facts: { summary: 'same' } },
        { ...base, protocol: 'soap' },
        { ...base, method: 'PUT' },
        { ...base, path: '/orders/{orderId}' },
        { ...base, pathKind: 'prefix' },
        { ...base, anchored: false },
        { ...base, service: 'orders' },
        { ...base, servers: two },
        { ...base, servers: [...two].reverse() },
      ]);
      expect(await held(at.store)).toHaveLength(8);
    });

    test('what is told twice in one scope is one: the first place, the counts of both', async () => {
      const one = { ...observed('/a', 10, 20, 2), where: { in: 'traffic', file: 'edge.pcap', ref: 7 } as const };
      const other = observed('/a', 5, 15, 3);
      for (let turn = 0; turn < 2; turn++) {
        await land(at.store, edge, [one, other], { scope: 'edge.pcap' });
        expect(await held(at.store)).toMatchObject([
          { where: { ref: 7 }, seen: { first: 5, last: 20, count: 5 }, facts: { statuses: { 200: 5 } } },
        ]);
      }
    });

    test('a complete scope replaces, and remembers when it was first told', async () => {
      await land(at.store, specs, [sighting(), sighting({ method: 'PUT' })]);
      at.clock += 10;
      await land(at.store, specs, [sighting({ method: 'PUT', facts: { deprecated: true } })]);
      const byMethod = async () => (await all(at.store.sightings())).sort((a, b) => (a.method < b.method ? -1 : 1));
      const [get, put] = await byMethod();
      expect(get).toMatchObject({ method: 'GET', goneAt: at.clock, lastScanAt: at.clock - 10 });
      expect(put).toMatchObject({
        facts: { deprecated: true },
        goneAt: null,
        firstScanAt: at.clock - 10,
        lastScanAt: at.clock,
      });
      at.clock += 10;
      await land(at.store, specs, [sighting()]);
      const [back, gone] = await byMethod();
      expect(back).toMatchObject({ id: get?.id, goneAt: null, firstScanAt: 1_000_000, lastScanAt: at.clock });
      expect(gone).toMatchObject({ goneAt: at.clock });
      at.clock += 10;
      await land(at.store, specs, [sighting()]);
      expect((await byMethod())[1]).toMatchObject({ goneAt: at.clock - 10 });
    });

    test('any other scope only adds', async () => {
      await land(at.store, specs, [
        sighting({ facts: { tags: ['a'], auth: { required: 'yes', mechanisms: ['bearer'] } } }),
      ]);
      await land(
        at.store,
        specs,
        [sighting({ facts: { tags: ['b'], deprecated: true } }), sighting({ method: 'PUT' })],
        {
          completeness: 'partial',
          problems: [{ message: 'cut off' }],
        },
      );
      for (const completeness of ['denied', 'throttled', 'unsupported', 'failed'] as const) {
        await land(at.store, specs, [], { completeness });
      }
      const auth = { required: 'yes', mechanisms: ['bearer'] };
      const found = await held(at.store);
      expect(found).toHaveLength(2);
      expect(found.find((each) => each.method === 'GET')?.facts).toEqual({
        tags: ['a', 'b'],
        deprecated: true,
        auth,
      });
    });

    test('counts of partial readings merge by maximum, in any order, any number of times', async () => {
      const readings = [observed('/a', 10, 20, 4), observed('/a', 2, 12, 7), observed('/a', 11, 30, 1)];
      for (const order of [
        [0, 1, 2],
        [2, 1, 0],
        [1, 0, 2, 1, 1, 0],
      ]) {
        const scope = `edge-${order.join('')}.pcap`;
        for (const turn of order) {
          await land(at.store, edge, [readings[turn]!], { scope, completeness: 'partial' });
        }
      }
      for (const found of await held(at.store)) {
        expect(found).toMatchObject({ seen: { first: 2, last: 30, count: 7 }, facts: { statuses: { 200: 7 } } });
      }
      expect(await held(at.store)).toHaveLength(3);
    });

    test('a complete reading of shorter traffic takes back no call', async () => {
      await land(at.store, edge, [observed('/a', 10, 20, 4)], { scope: 'access.log' });
      await land(at.store, edge, [observed('/a', 15, 18, 1)], { scope: 'access.log' });
      expect(await held(at.store)).toMatchObject([{ seen: { first: 10, last: 20, count: 4 } }]);
    });

    test('the same operation in two scopes or sources is two sightings', async () => {
      await land(at.store, specs, [sighting()], { scope: 'a.yaml' });
      await land(at.store, specs, [sighting()], { scope: 'b.yaml' });
      await land(at.store, { ...specs, name: 'others' }, [sighting()], { scope: 'a.yaml' });
      await land(at.store, specs, [], { scope: 'a.yaml' });
      expect((await held(at.store)).map((each) => [each.source, each.scope])).toEqual([
        ['specs', 'b.yaml'],
        ['others', 'a.yaml'],
      ]);
    });

    test('a source that moves to another environment takes its sightings along', async () => {
      await land(at.store, edge, [observed('/a', 1, 1, 1)]);
      await land(at.store, { ...edge, environment: 'staging' }, [observed('/a', 1, 1, 1)]);
      expect(await all(at.store.sightings())).toMatchObject([{ environment: 'staging', goneAt: null }]);
    });

    test('the last word on a scope is kept', async () => {
      const first = await land(at.store, specs, [sighting(), sighting({ method: 'PUT' })], {
        covers: { services: ['Orders'], from: 1, to: 2 },
      });
      const complete = { scope: 'orders.yaml', plane: 'declared', source: 'specs', kind: 'spec', environment: '' };
      expect(await at.store.scopes()).toEqual([
        {
          ...complete,
          completeness: 'complete',
          saw: 'two operations',
          problems: [],
          covers: { services: ['Orders'], from: 1, to: 2 },
          scan: first,
          at: at.clock,
          completeAt: at.clock,
          sightings: 2,
        },
      ]);
      at.clock += 10;
      const problems = [{ message: 'may not be read', where: 'orders.yaml', mend: 'allow it' }];
      const second = await land(at.store, specs, [], { completeness: 'denied', saw: 'nothing', problems });
      expect(await at.store.scopes()).toMatchObject([
        { scan: second, at: at.clock, completeAt: at.clock - 10, sightings: 2, completeness: 'denied', problems },
      ]);
    });

    test('scopes that a source lists no more are retired, and come back', async () => {
      for (const scope of ['a.yaml', 'b.yaml']) await land(at.store, specs, [sighting()], { scope });
      await land(at.store, edge, [observed('/a', 1, 1, 1)], { scope: 'edge.pcap' });
      const { id } = await at.store.beginScan('1', [specs]);
      at.clock += 10;
      await at.store.retireScopes(id, 'specs', ['a.yaml', 'never-read.yaml']);
      expect((await at.store.scopes()).map((scope) => scope.scope)).toEqual(['edge.pcap', 'a.yaml']);
      expect((await all(at.store.sightings())).map((each) => [each.scope, each.goneAt])).toEqual([
        ['a.yaml', null],
        ['b.yaml', at.clock],
        ['edge.pcap', null],
      ]);
      await land(at.store, specs, [sighting()], { scope: 'b.yaml' });
      expect(await at.store.scopes()).toHaveLength(3);
      expect(await held(at.store)).toHaveLength(3);
    });
  });
}
