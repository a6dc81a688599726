import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConditionError, type InventoryStore, type Lease } from '#db/store';
import type { Service } from '#model/endpoint';
import { all, edge, endpoint, finding, held, land, observed, report, sighting, specs, view } from './samples.ts';

/** Opens an empty inventory whose clock is the one that is given. */
export type Open = (now: () => number) => Promise<InventoryStore>;

/** What every store keeps, whatever it stands on: `storeContract('PostgreSQL', open)`. */
export function storeContract(name: string, open: Open): void {
  describe(`${name} keeps the contract of stores`, () => {
    let store: InventoryStore;
    let clock: number;

    beforeEach(async () => {
      clock = 1_000_000;
      store = await open(() => clock);
    });
    afterEach(() => store.close());

    describe('scans', () => {
      test('a scan is recorded with what landed in it', async () => {
        const { id } = await store.beginScan('1.2.3', [specs, edge]);
        const scope = store.scope(id, specs, 'orders.yaml', 'declared');
        await scope.add(sighting());
        await scope.end(report('orders.yaml'));
        expect(await store.runs(5)).toEqual([
          {
            id,
            startedAt: 1_000_000,
            finishedAt: null,
            status: 'running',
            version: '1.2.3',
            sources: ['specs', 'edge'],
            scopes: 1,
            sightings: 1,
          },
        ]);
        clock += 5;
        await store.endScan(id, 'incomplete');
        expect((await store.runs(5))[0]).toMatchObject({ finishedAt: 1_000_005, status: 'incomplete' });
      });

      test('the last runs come first', async () => {
        const first = await store.beginScan('1', []);
        const second = await store.beginScan('1', []);
        expect((await store.runs(5)).map((run) => run.id)).toEqual([second.id, first.id]);
        expect((await store.runs(1)).map((run) => run.id)).toEqual([second.id]);
      });

      test('a scan of a living process is not reaped', async () => {
        const { id } = await store.beginScan('1', [specs]);
        clock += 86_400_000;
        expect(await store.reapScans()).toBe(0);
        expect((await store.runs(1))[0]).toMatchObject({ id, status: 'running' });
      });
    });

    describe('leases', () => {
      test('one holder at a time', async () => {
        const lease = (await store.lease('specs')) as Lease;
        expect(await store.lease('specs')).toMatchObject({ source: 'specs', pid: process.pid, since: 1_000_000 });
        expect(await store.lease('edge')).toHaveProperty('release');
        await lease.release();
        expect(await store.lease('specs')).toHaveProperty('release');
      });

      test('renewal prolongs, silence frees', async () => {
        const lease = (await store.lease('specs')) as Lease;
        clock += 50_000;
        expect(await lease.renew()).toBe(true);
        clock += 50_000;
        expect(await store.lease('specs')).toHaveProperty('pid');
        clock += 20_000;
        const next = (await store.lease('specs')) as Lease;
        expect(await lease.renew()).toBe(false);
        await lease.release();
        expect(await next.renew()).toBe(true);
      });
    });

    describe('scopes', () => {
      test('a sighting comes back as it went in', async () => {
        const told = sighting({
          seen: { first: 5, last: 9, count: 2 },
          anchored: false,
          facts: { auth: { required: 'yes', mechanisms: ['bearer'] }, params: [{ name: '__proto__', in: 'query' }] },
          path: "/ö'\u0000/{x}",
          service: 'Bestellungen 🛒',
        });
        await land(store, specs, [told]);
        expect(await all(store.sightings())).toEqual([
          {
            ...told,
            id: expect.any(Number),
            source: 'specs',
            scope: 'orders.yaml',
            environment: '',
            firstScanAt: clock,
            lastScanAt: clock,
            goneAt: null,
          },
        ]);
      });

      test('nothing is seen before the end, and nothing after it was abandoned', async () => {
        const { id } = await store.beginScan('1', [specs]);
        const scope = store.scope(id, specs, 'orders.yaml', 'declared');
        for (let i = 0; i < 1_200; i++) await scope.add(sighting({ path: `/a/${i}` }));
        expect(await all(store.sightings())).toEqual([]);
        await scope.abandon();
        expect(await all(store.sightings())).toEqual([]);
        expect(await store.scopes()).toEqual([]);
        await expect(scope.add(sighting())).rejects.toThrow('has ended');
      });

      test('a large scope lands whole, beside another that is open', async () => {
        const { id } = await store.beginScan('1', [specs, edge]);
        const large = store.scope(id, specs, 'large.yaml', 'declared');
        const other = store.scope(id, edge, 'edge.pcap', 'observed');
        for (let i = 0; i < 2_500; i++) {
          await large.add(sighting({ path: `/large/${i}` }));
          await other.add(observed(`/other/${i}`, 1, 2, 1));
        }
        await large.end(report('large.yaml'));
        expect(await held(store)).toHaveLength(2_500);
        await other.end(report('edge.pcap', { plane: 'observed' }));
        expect(await held(store)).toHaveLength(5_000);
      });

      test('the identity is exactly protocol, method, path, kind, anchoring, service and servers', async () => {
        const base = sighting();
        const two = [
          { host: 'a', basePath: '' },
          { host: 'b', basePath: '/x' },
        ];
        await land(store, specs, [
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
        expect(await held(store)).toHaveLength(8);
      });

      test('what is told twice in one scope is one: the first place, the counts of both', async () => {
        const one = { ...observed('/a', 10, 20, 2), where: { in: 'traffic', file: 'edge.pcap', ref: 7 } as const };
        const other = observed('/a', 5, 15, 3);
        for (let turn = 0; turn < 2; turn++) {
          await land(store, edge, [one, other], { scope: 'edge.pcap' });
          expect(await held(store)).toMatchObject([
            { where: { ref: 7 }, seen: { first: 5, last: 20, count: 5 }, facts: { statuses: { 200: 5 } } },
          ]);
        }
      });

      test('a complete scope replaces, and remembers when it was first told', async () => {
        await land(store, specs, [sighting(), sighting({ method: 'PUT' })]);
        clock += 10;
        await land(store, specs, [sighting({ method: 'PUT', facts: { deprecated: true } })]);
        const byMethod = async () => (await all(store.sightings())).sort((a, b) => (a.method < b.method ? -1 : 1));
        const [get, put] = await byMethod();
        expect(get).toMatchObject({ method: 'GET', goneAt: clock, lastScanAt: clock - 10 });
        expect(put).toMatchObject({
          facts: { deprecated: true },
          goneAt: null,
          firstScanAt: clock - 10,
          lastScanAt: clock,
        });
        clock += 10;
        await land(store, specs, [sighting()]);
        const [back, gone] = await byMethod();
        expect(back).toMatchObject({ id: get?.id, goneAt: null, firstScanAt: 1_000_000, lastScanAt: clock });
        expect(gone).toMatchObject({ goneAt: clock });
        clock += 10;
        await land(store, specs, [sighting()]);
        expect((await byMethod())[1]).toMatchObject({ goneAt: clock - 10 });
      });

      test('any other scope only adds', async () => {
        await land(store, specs, [
          sighting({ facts: { tags: ['a'], auth: { required: 'yes', mechanisms: ['bearer'] } } }),
        ]);
        await land(
          store,
          specs,
          [sighting({ facts: { tags: ['b'], deprecated: true } }), sighting({ method: 'PUT' })],
          {
            completeness: 'partial',
            problems: [{ message: 'cut off' }],
          },
        );
        for (const completeness of ['denied', 'throttled', 'unsupported', 'failed'] as const) {
          await land(store, specs, [], { completeness });
        }
        const auth = { required: 'yes', mechanisms: ['bearer'] };
        const found = await held(store);
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
          for (const at of order) {
            await land(store, edge, [readings[at]!], { scope, completeness: 'partial' });
          }
        }
        for (const found of await held(store)) {
          expect(found).toMatchObject({ seen: { first: 2, last: 30, count: 7 }, facts: { statuses: { 200: 7 } } });
        }
        expect(await held(store)).toHaveLength(3);
      });

      test('a complete reading of shorter traffic takes back no call', async () => {
        await land(store, edge, [observed('/a', 10, 20, 4)], { scope: 'access.log' });
        await land(store, edge, [observed('/a', 15, 18, 1)], { scope: 'access.log' });
        expect(await held(store)).toMatchObject([{ seen: { first: 10, last: 20, count: 4 } }]);
      });

      test('the same operation in two scopes or sources is two sightings', async () => {
        await land(store, specs, [sighting()], { scope: 'a.yaml' });
        await land(store, specs, [sighting()], { scope: 'b.yaml' });
        await land(store, { ...specs, name: 'others' }, [sighting()], { scope: 'a.yaml' });
        await land(store, specs, [], { scope: 'a.yaml' });
        expect((await held(store)).map((each) => [each.source, each.scope])).toEqual([
          ['specs', 'b.yaml'],
          ['others', 'a.yaml'],
        ]);
      });

      test('a source that moves to another environment takes its sightings along', async () => {
        await land(store, edge, [observed('/a', 1, 1, 1)]);
        await land(store, { ...edge, environment: 'staging' }, [observed('/a', 1, 1, 1)]);
        expect(await all(store.sightings())).toMatchObject([{ environment: 'staging', goneAt: null }]);
      });

      test('the last word on a scope is kept', async () => {
        const first = await land(store, specs, [sighting(), sighting({ method: 'PUT' })], {
          covers: { services: ['Orders'], from: 1, to: 2 },
        });
        const complete = { scope: 'orders.yaml', plane: 'declared', source: 'specs', kind: 'spec', environment: '' };
        expect(await store.scopes()).toEqual([
          {
            ...complete,
            completeness: 'complete',
            saw: 'two operations',
            problems: [],
            covers: { services: ['Orders'], from: 1, to: 2 },
            scan: first,
            at: clock,
            completeAt: clock,
            sightings: 2,
          },
        ]);
        clock += 10;
        const problems = [{ message: 'may not be read', where: 'orders.yaml', mend: 'allow it' }];
        const second = await land(store, specs, [], { completeness: 'denied', saw: 'nothing', problems });
        expect(await store.scopes()).toMatchObject([
          { scan: second, at: clock, completeAt: clock - 10, sightings: 2, completeness: 'denied', problems },
        ]);
      });

      test('scopes that a source lists no more are retired, and come back', async () => {
        for (const scope of ['a.yaml', 'b.yaml']) await land(store, specs, [sighting()], { scope });
        await land(store, edge, [observed('/a', 1, 1, 1)], { scope: 'edge.pcap' });
        const { id } = await store.beginScan('1', [specs]);
        clock += 10;
        await store.retireScopes(id, 'specs', ['a.yaml', 'never-read.yaml']);
        expect((await store.scopes()).map((scope) => scope.scope)).toEqual(['edge.pcap', 'a.yaml']);
        expect((await all(store.sightings())).map((each) => [each.scope, each.goneAt])).toEqual([
          ['a.yaml', null],
          ['b.yaml', clock],
          ['edge.pcap', null],
        ]);
        await land(store, specs, [sighting()], { scope: 'b.yaml' });
        expect(await store.scopes()).toHaveLength(3);
        expect(await held(store)).toHaveLength(3);
      });
    });

    describe('views', () => {
      let scan: string;
      beforeEach(async () => {
        scan = (await store.beginScan('1', [])).id;
      });
      const replace = (...args: Parameters<typeof view>) => store.replaceView(scan, view(...args));
      const only = async () =>
        (await all(store.endpoints({}))) as [Awaited<ReturnType<typeof store.findEndpoint>>[number]];

      test('an endpoint comes back as it went in, with the times of its sightings', async () => {
        await land(store, specs, [sighting()]);
        clock += 10;
        await land(store, specs, [sighting(), sighting({ method: 'PUT' })]);
        const [told] = await held(store);
        clock += 10;
        const resolved = endpoint({ sightings: [told!.id], params: [{ name: '__proto__', in: 'query', enum: ['a'] }] });
        const { sightings: _, ...whole } = resolved;
        await replace([resolved]);
        expect(await only()).toEqual([{ ...whole, firstSeen: 1_000_000, lastSeen: 1_000_010 }]);
      });

      test('what appeared, changed and vanished is told, and kept', async () => {
        const one = endpoint({ id: 'e1' });
        const two = endpoint({ id: 'e2', path: '/v1/carts', method: 'POST' });
        expect((await replace([one, two])).map((change) => [change.kind, change.endpoint])).toEqual([
          ['appeared', 'e1'],
          ['appeared', 'e2'],
        ]);
        clock += 10;
        const changed = endpoint({
          id: 'e1',
          hosts: ['api.example.com', 'a.example.com'],
          planes: { ...one.planes, observed: 'stale' },
          verdict: { leaf: 'orphan', verdict: 'orphan', reason: '', because: 'not called', decidedBy: [] },
          auth: 'no',
          params: [],
        });
        const changes = await replace([changed]);
        const at = { at: clock, scan, environment: 'production', service: 'orders' };
        expect(changes).toEqual([
          {
            ...at,
            kind: 'changed',
            endpoint: 'e1',
            method: 'GET',
            path: '/v1/orders/{id}',
            verdict: 'orphan',
            fields: {
              hosts: ['api.example.com', 'a.example.com, api.example.com'],
              observed: ['fresh', 'stale'],
              leaf: ['managed', 'orphan'],
              auth: ['yes', 'no'],
              params: ['path id', ''],
            },
          },
          { ...at, kind: 'vanished', endpoint: 'e2', method: 'POST', path: '/v1/carts', verdict: 'fine', fields: {} },
        ]);
        expect(await all(store.changes(clock))).toEqual(changes);
        expect(await all(store.changes(clock - 10))).toHaveLength(4);
        expect(await all(store.changes(clock + 1))).toEqual([]);
        expect(await store.countEndpoints()).toBe(1);
      });

      test('counters and evidence move without a change', async () => {
        await replace([endpoint()]);
        const moved = endpoint({
          calls: 99,
          lastCall: 5_000,
          confidence: 0.5,
          evidence: [],
          sources: ['specs', 'edge'],
          verdict: { leaf: 'managed', verdict: 'fine', reason: '', because: 'called again', decidedBy: ['coded'] },
        });
        expect(await replace([moved])).toEqual([]);
        const { sightings: _, ...whole } = moved;
        expect(await only()).toMatchObject([whole]);
        expect(await store.countEndpoints({ op: 'has', field: 'sources', value: 'edge' })).toBe(1);
      });

      test('an id outlives its path, its service and the proposal', async () => {
        const [a] = await landed(['/a/1']);
        await replace([endpoint({ id: 'e1', path: '/a/1', sightings: [a!] })]);
        const changes = await replace([endpoint({ id: 'e9', path: '/a/{id}', service: 'shop', sightings: [a!] })]);
        expect(changes).toMatchObject([
          { kind: 'changed', endpoint: 'e1', fields: { path: ['/a/1', '/a/{id}'], service: ['orders', 'shop'] } },
        ]);
        // The id that was left behind is not given to another.
        await replace([
          endpoint({ id: 'e9', path: '/a/{id}', service: 'shop', sightings: [a!] }),
          endpoint({ id: 'e1', path: '/a/1' }),
        ]);
        const ids = (await all(store.endpoints({}))).map((each) => [each.path, each.id]);
        expect(ids).toEqual([
          ['/a/1', expect.not.stringMatching(/^e1$/)],
          ['/a/{id}', 'e1'],
        ]);
      });

      test('when endpoints merge, the one with most of the sightings survives, then the older', async () => {
        const [a, b, c] = await landed(['/a/1', '/a/2', '/a/3']);
        await replace([
          endpoint({ id: 'e1', path: '/a/1', sightings: [a!] }),
          endpoint({ id: 'e2', path: '/a/2', sightings: [b!, c!] }),
        ]);
        const changes = await replace([endpoint({ id: 'e9', path: '/a/{id}', sightings: [a!, b!, c!] })]);
        expect(changes.map((change) => [change.kind, change.endpoint])).toEqual([
          ['changed', 'e2'],
          ['vanished', 'e1'],
        ]);
        expect((await store.findEndpoint('e1')).map((each) => each.id)).toEqual(['e2']);
        const detail = await store.endpointDetail('e1');
        expect(detail).toMatchObject({ endpoint: { id: 'e2' }, formerIds: ['e1'] });
        expect(new Set(detail?.sightings.map((each) => each.id))).toEqual(new Set([a, b, c]));
        expect(detail?.changes.map((change) => [change.kind, change.endpoint])).toEqual([
          ['appeared', 'e1'],
          ['appeared', 'e2'],
          ['changed', 'e2'],
          ['vanished', 'e1'],
        ]);
        // Merged once more, and split again: who comes back has its own id again.
        await replace([
          endpoint({ id: 'e9', path: '/a/{id}', sightings: [a!, b!, c!] }),
          endpoint({ id: 'e1', path: '/a/1', sightings: [a!] }),
        ]);
        expect((await store.findEndpoint('e1')).map((each) => each.path)).toEqual(['/a/1']);
      });

      test('when an endpoint splits, one part keeps the id', async () => {
        const [a, b, me] = await landed(['/a/1', '/a/2', '/a/me']);
        await replace([endpoint({ id: 'e1', path: '/a/{id}', sightings: [a!, b!, me!] })]);
        await replace([
          endpoint({ id: 'e2', path: '/a/me', sightings: [me!] }),
          endpoint({ id: 'e3', path: '/a/{integer}', sightings: [a!, b!] }),
        ]);
        expect((await all(store.endpoints({}))).map((each) => [each.path, each.id])).toEqual([
          ['/a/me', 'e2'],
          ['/a/{integer}', 'e1'],
        ]);
      });

      test('a route that many endpoints share makes none the heir of another', async () => {
        await land(store, specs, [sighting({ plane: 'deployed', pathKind: 'prefix', path: '/' })]);
        const [prefix] = (await held(store)).map((each) => each.id);
        await replace([endpoint({ id: 'e1', path: '/a', sightings: [prefix!] })]);
        await replace([endpoint({ id: 'e2', path: '/b', sightings: [prefix!] })]);
        expect((await only()).map((each) => each.id)).toEqual(['e2']);
      });

      test('a view lags behind what lands after its sightings were read', async () => {
        expect(await store.viewIsCurrent()).toBe(true);
        await land(store, specs, [sighting()]);
        expect(await store.viewIsCurrent()).toBe(false);
        await all(store.sightings());
        await replace([endpoint()]);
        expect(await store.viewIsCurrent()).toBe(true);
        await all(store.sightings());
        await land(store, specs, [sighting()]);
        await replace([endpoint()]);
        expect(await store.viewIsCurrent()).toBe(false);
      });

      test('services are those of the last view', async () => {
        const service: Service = {
          name: 'orders',
          environments: ['production'],
          hosts: ['api.example.com'],
          owner: 'shop',
          endpoints: 1,
          verdicts: { fine: 1 },
          planes: ['declared'],
          bindings: [],
        };
        await store.replaceView(scan, {
          endpoints: [],
          services: [service, { ...service, name: 'carts' }],
          findings: [],
        });
        await store.replaceView(scan, { endpoints: [], services: [service], findings: [] });
        expect(await store.services()).toEqual([service]);
      });

      test('findings open, stay, resolve and reopen', async () => {
        await replace([endpoint()], [finding()]);
        const [opened] = await all(store.findings({}));
        expect(opened).toMatchObject({ ...finding(), state: 'open', firstFound: clock, lastFound: clock });
        clock += 10;
        await replace([endpoint()], [finding({ reason: 'unattributed', severity: 'low' })]);
        expect(await all(store.findings({}))).toMatchObject([
          {
            id: opened?.id,
            state: 'open',
            reason: 'unattributed',
            severity: 'low',
            firstFound: clock - 10,
            lastFound: clock,
          },
        ]);
        await replace([endpoint()], []);
        expect(await all(store.findings({}))).toMatchObject([{ id: opened?.id, state: 'resolved', lastFound: clock }]);
        clock += 10;
        await replace([endpoint()], [finding({ reason: 'unattributed' })]);
        expect(await all(store.findings({ states: ['reopened'] }))).toMatchObject([
          { id: opened?.id, lastFound: clock },
        ]);
        await replace([endpoint()], [finding({ reason: 'unattributed' })]);
        expect(await all(store.findings({}))).toMatchObject([{ state: 'reopened' }]);
      });

      test('a finding follows its endpoint into a merger, and means a proposed id by its lineage', async () => {
        const [a, b, c] = await landed(['/a/1', '/a/2', '/a/3']);
        await replace(
          [
            endpoint({ id: 'e1', path: '/a/1', sightings: [a!] }),
            endpoint({ id: 'e2', path: '/a/2', sightings: [b!, c!] }),
          ],
          [finding({ endpoint: 'e1' })],
        );
        const [before] = await all(store.findings({}));
        await replace(
          [endpoint({ id: 'e9', path: '/a/{id}', sightings: [a!, b!, c!] })],
          [finding({ endpoint: 'e9' })],
        );
        expect(await all(store.findings({}))).toMatchObject([{ id: before?.id, endpoint: 'e2', state: 'open' }]);
        expect((await store.endpointDetail('e2'))?.findings).toMatchObject([{ id: before?.id }]);
      });

      test('several findings of one rule on one subject are several', async () => {
        const two = [finding({ reason: 'live' }), finding({ reason: 'deployed' })];
        await replace([endpoint()], two);
        const ids = (await all(store.findings({}))).map((each) => [each.id, each.reason]);
        await replace([endpoint()], [...two].reverse());
        expect((await all(store.findings({}))).map((each) => [each.id, each.reason])).toEqual(ids);
        expect(new Set(ids.map(([id]) => id)).size).toBe(2);
      });

      test('findings are asked for by rule, state and condition, the gravest first', async () => {
        await replace(
          [endpoint({ hosts: ['a.example.com'] })],
          [
            finding({ severity: 'low' }),
            finding({ rule: 'zombie', severity: 'critical' }),
            finding({
              rule: 'shadow-service',
              endpoint: '',
              service: 'carts',
              method: '',
              path: '',
              severity: 'medium',
            }),
          ],
        );
        const rules = async (query: Parameters<typeof store.findings>[0]) =>
          (await all(store.findings(query))).map((each) => each.rule);
        expect(await rules({})).toEqual(['zombie', 'shadow-service', 'shadow']);
        expect(await rules({ limit: 2 })).toEqual(['zombie', 'shadow-service']);
        expect(await rules({ rules: ['shadow', 'zombie'] })).toEqual(['zombie', 'shadow']);
        expect(await rules({ states: ['resolved'] })).toEqual([]);
        expect(await rules({ where: { op: '==', field: 'service', value: 'carts' } })).toEqual(['shadow-service']);
        const onHost = { op: 'has', field: 'hosts', value: 'a.example.com' } as const;
        expect(await rules({ where: onHost })).toEqual(['zombie', 'shadow']);
        expect(await rules({ where: { op: 'not', of: onHost } })).toEqual(['shadow-service']);
        const active = { op: '==', field: 'declared', value: 'active' } as const;
        expect(await rules({ where: { op: 'not', of: active } })).toEqual(['shadow-service']);
      });

      test('a view that fails leaves everything as it was', async () => {
        await replace([endpoint()], [finding()]);
        const service = { name: 'twice' } as Service;
        const broken = { endpoints: [], services: [service, service], findings: [] };
        await expect(store.replaceView(scan, broken)).rejects.toThrow();
        expect(await store.countEndpoints()).toBe(1);
        expect(await all(store.findings({ states: ['open'] }))).toHaveLength(1);
        expect(await all(store.changes(0))).toHaveLength(1);
      });

      async function landed(paths: string[]): Promise<number[]> {
        await land(
          store,
          edge,
          paths.map((path) => observed(path, 1, 2, 1)),
          { scope: 'edge.pcap' },
        );
        const found = new Map((await held(store)).map((each) => [each.path, each.id]));
        return paths.map((path) => found.get(path) as number);
      }
    });

    describe('queries', () => {
      beforeEach(async () => {
        const { id } = await store.beginScan('1', []);
        await store.replaceView(
          id,
          view([
            endpoint({ id: 'abc1', path: '/b', calls: 1, lastCall: null }),
            endpoint({ id: 'abc2', path: '/a', calls: 2, lastCall: 20 }),
            endpoint({ id: 'xyz3', path: '/a', method: 'DELETE', calls: 2, lastCall: 10 }),
            endpoint({ id: 'xyz4', path: '/z', service: 'carts', calls: 9, lastCall: 30 }),
          ]),
        );
      });
      const ids = async (query: Parameters<typeof store.endpoints>[0]) =>
        (await all(store.endpoints(query))).map((each) => each.id);

      test('the order is settled: service, path, method', async () => {
        expect(await ids({})).toEqual(['xyz4', 'xyz3', 'abc2', 'abc1']);
        expect(await ids({ order: [{ field: 'calls', descending: true }] })).toEqual(['xyz4', 'xyz3', 'abc2', 'abc1']);
        expect(await ids({ order: [{ field: 'lastCall', descending: false }] })).toEqual([
          'xyz3',
          'abc2',
          'xyz4',
          'abc1',
        ]);
        expect(await ids({ order: [{ field: 'lastCall', descending: true }] })).toEqual([
          'xyz4',
          'abc2',
          'xyz3',
          'abc1',
        ]);
      });

      test('limit and offset cut it', async () => {
        expect(await ids({ limit: 2 })).toEqual(['xyz4', 'xyz3']);
        expect(await ids({ limit: 2, offset: 1 })).toEqual(['xyz3', 'abc2']);
        expect(await ids({ offset: 3 })).toEqual(['abc1']);
        expect(await ids({ limit: 0 })).toEqual([]);
      });

      test('an id may be cut short while it is unambiguous', async () => {
        const found = async (id: string) => (await store.findEndpoint(id)).map((each) => each.id);
        expect(await found('abc1')).toEqual(['abc1']);
        expect(await found('xyz3')).toEqual(['xyz3']);
        expect(await found('abc')).toEqual(['abc1', 'abc2']);
        expect(await found('ab%')).toEqual([]);
        expect(await found('')).toEqual([]);
        expect(await store.endpointDetail('abc')).toBeNull();
      });

      test.each([
        [{ op: 'matches', field: 'path', pattern: '(' }, 'no regular expression'],
        [{ op: 'matches', field: 'path', pattern: '(a+)+$' }, 'repeats a repetition'],
        [{ op: 'matches', field: 'path', pattern: 'a'.repeat(1_001) }, '1000 characters'],
        [{ op: 'anyMatches', field: 'hosts', pattern: '[' }, 'no regular expression'],
        [{ op: '>', field: 'calls', value: 'many' }, 'no number'],
        [{ op: 'contains', field: 'calls', value: '1' }, 'is a number'],
        [{ op: '==', field: 'colour' as 'path', value: 'red' }, 'no field colour'],
        [{ op: 'has', field: 'params' as 'tags', value: 'id' }, 'no list params'],
      ] as const)('%o cannot be asked', async (where, words) => {
        await expect(store.countEndpoints(where)).rejects.toThrow(words);
        await expect(all(store.endpoints({ where }))).rejects.toBeInstanceOf(ConditionError);
      });

      test('a condition too long to be a person’s is refused, a long one is answered', async () => {
        const one = { op: '==', field: 'id', value: 'abc1' } as const;
        const many = (n: number) => ({ op: 'or' as const, of: Array.from({ length: n }, () => one) });
        expect(await store.countEndpoints(many(400))).toBe(1);
        await expect(store.countEndpoints(many(501))).rejects.toBeInstanceOf(ConditionError);
        const values = Array.from({ length: 5_000 }, (_, i) => `abc${i}`);
        expect(await store.countEndpoints({ op: 'in', field: 'id', values })).toBe(2);
      });

      test('an inventory can be read while it is being asked', async () => {
        const seen: string[] = [];
        for await (const each of store.endpoints({})) {
          seen.push(each.id);
          await land(store, specs, [sighting()], { scope: each.id });
        }
        expect(seen).toHaveLength(4);
      });
    });

    test('a sound inventory says so', async () => {
      await land(store, specs, [sighting()]);
      const health = await store.health();
      expect(health.ok).toBe(true);
      expect(health.checks.filter((check) => !check.ok).map((check) => [check.name, check.mend])).toEqual([
        ['view', 'run noontide scan again'],
      ]);
      expect(health.facts).toMatchObject({ 'sightings rows': 1, 'scans rows': 1 });
    });
  });
}
