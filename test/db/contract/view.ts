import { beforeEach, describe, expect, test } from 'vitest';
import type { Service } from '#model/endpoint';
import { all, edge, endpoint, finding, held, land, observed, sighting, specs, view } from '#test/db/samples';
import type { Subject } from './subject.ts';

export function viewContract(at: Subject): void {
  describe('views', () => {
    let scan: string;
    beforeEach(async () => {
      scan = (await at.store.beginScan('1', [])).id;
    });
    const replace = (...args: Parameters<typeof view>) => at.store.replaceView(scan, view(...args));
    const only = async () =>
      (await all(at.store.endpoints({}))) as [Awaited<ReturnType<typeof at.store.findEndpoint>>[number]];

    test('an endpoint comes back as it went in, with the times of its sightings', async () => {
      await land(at.store, specs, [sighting()]);
      at.clock += 10;
      await land(at.store, specs, [sighting(), sighting({ method: 'PUT' })]);
      const [told] = await held(at.store);
      at.clock += 10;
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
      at.clock += 10;
      const changed = endpoint({
        id: 'e1',
        hosts: ['api.example.com', 'a.example.com'],
        planes: { ...one.planes, observed: 'stale' },
        verdict: { leaf: 'orphan', verdict: 'orphan', reason: '', because: 'not called', decidedBy: [] },
        auth: 'no',
        params: [],
      });
      const changes = await replace([changed]);
      const common = { at: at.clock, scan, environment: 'production', service: 'orders' };
      expect(changes).toEqual([
        {
          ...common,
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
        { ...common, kind: 'vanished', endpoint: 'e2', method: 'POST', path: '/v1/carts', verdict: 'fine', fields: {} },
      ]);
      expect(await all(at.store.changes(at.clock))).toEqual(changes);
      expect(await all(at.store.changes(at.clock - 10))).toHaveLength(4);
      expect(await all(at.store.changes(at.clock + 1))).toEqual([]);
      expect(await at.store.countEndpoints()).toBe(1);
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
      expect(await at.store.countEndpoints({ op: 'has', field: 'sources', value: 'edge' })).toBe(1);
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
      const ids = (await all(at.store.endpoints({}))).map((each) => [each.path, each.id]);
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
      expect((await at.store.findEndpoint('e1')).map((each) => each.id)).toEqual(['e2']);
      const detail = await at.store.endpointDetail('e1');
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
      expect((await at.store.findEndpoint('e1')).map((each) => each.path)).toEqual(['/a/1']);
    });

    test('when an endpoint splits, one part keeps the id', async () => {
      const [a, b, me] = await landed(['/a/1', '/a/2', '/a/me']);
      await replace([endpoint({ id: 'e1', path: '/a/{id}', sightings: [a!, b!, me!] })]);
      await replace([
        endpoint({ id: 'e2', path: '/a/me', sightings: [me!] }),
        endpoint({ id: 'e3', path: '/a/{integer}', sightings: [a!, b!] }),
      ]);
      expect((await all(at.store.endpoints({}))).map((each) => [each.path, each.id])).toEqual([
        ['/a/me', 'e2'],
        ['/a/{integer}', 'e1'],
      ]);
    });

    test('a route that many endpoints share makes none the heir of another', async () => {
      await land(at.store, specs, [sighting({ plane: 'deployed', pathKind: 'prefix', path: '/' })]);
      const [prefix] = (await held(at.store)).map((each) => each.id);
      await replace([endpoint({ id: 'e1', path: '/a', sightings: [prefix!] })]);
      await replace([endpoint({ id: 'e2', path: '/b', sightings: [prefix!] })]);
      expect((await only()).map((each) => each.id)).toEqual(['e2']);
    });

    test('a route for everything and a host whose TLS stayed closed keep their own ids', async () => {
      const everything = { method: '*', path: '/', pathKind: 'prefix' as const };
      const route = endpoint({ id: 'e1', ...everything });
      const { verdict } = route;
      const closed = endpoint({ id: 'e2', ...everything, verdict: { ...verdict, reason: 'encrypted' } });
      await replace([route, closed]);
      expect((await replace([closed, route])).map((change) => change.kind)).toEqual([]);
      const changes = await replace([closed]);
      expect(changes.map((change) => [change.kind, change.endpoint])).toEqual([['vanished', 'e1']]);
    });

    test('a view lags behind what lands after its sightings were read', async () => {
      expect(await at.store.viewIsCurrent()).toBe(true);
      await land(at.store, specs, [sighting()]);
      expect(await at.store.viewIsCurrent()).toBe(false);
      await all(at.store.sightings());
      await replace([endpoint()]);
      expect(await at.store.viewIsCurrent()).toBe(true);
      await all(at.store.sightings());
      await land(at.store, specs, [sighting()]);
      await replace([endpoint()]);
      expect(await at.store.viewIsCurrent()).toBe(false);
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
      await at.store.replaceView(scan, {
        endpoints: [],
        services: [service, { ...service, name: 'carts' }],
        findings: [],
      });
      await at.store.replaceView(scan, { endpoints: [], services: [service], findings: [] });
      expect(await at.store.services()).toEqual([service]);
    });

    test('findings open, stay, resolve and reopen', async () => {
      await replace([endpoint()], [finding()]);
      const [opened] = await all(at.store.findings({}));
      expect(opened).toMatchObject({ ...finding(), state: 'open', firstFound: at.clock, lastFound: at.clock });
      at.clock += 10;
      await replace([endpoint()], [finding({ reason: 'unattributed', severity: 'low' })]);
      expect(await all(at.store.findings({}))).toMatchObject([
        {
          id: opened?.id,
          state: 'open',
          reason: 'unattributed',
          severity: 'low',
          firstFound: at.clock - 10,
          lastFound: at.clock,
        },
      ]);
      await replace([endpoint()], []);
      expect(await all(at.store.findings({}))).toMatchObject([
        { id: opened?.id, state: 'resolved', lastFound: at.clock },
      ]);
      at.clock += 10;
      await replace([endpoint()], [finding({ reason: 'unattributed' })]);
      expect(await all(at.store.findings({ states: ['reopened'] }))).toMatchObject([
        { id: opened?.id, lastFound: at.clock },
      ]);
      await replace([endpoint()], [finding({ reason: 'unattributed' })]);
      expect(await all(at.store.findings({}))).toMatchObject([{ state: 'reopened' }]);
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
      const [before] = await all(at.store.findings({}));
      await replace([endpoint({ id: 'e9', path: '/a/{id}', sightings: [a!, b!, c!] })], [finding({ endpoint: 'e9' })]);
      expect(await all(at.store.findings({}))).toMatchObject([{ id: before?.id, endpoint: 'e2', state: 'open' }]);
      expect((await at.store.endpointDetail('e2'))?.findings).toMatchObject([{ id: before?.id }]);
    });

    test('several findings of one rule on one subject are several', async () => {
      const two = [finding({ reason: 'live' }), finding({ reason: 'deployed' })];
      await replace([endpoint()], two);
      const ids = (await all(at.store.findings({}))).map((each) => [each.id, each.reason]);
      await replace([endpoint()], [...two].reverse());
      expect((await all(at.store.findings({}))).map((each) => [each.id, each.reason])).toEqual(ids);
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
      const rules = async (query: Parameters<typeof at.store.findings>[0]) =>
        (await all(at.store.findings(query))).map((each) => each.rule);
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
      await expect(at.store.replaceView(scan, broken)).rejects.toThrow();
      expect(await at.store.countEndpoints()).toBe(1);
      expect(await all(at.store.findings({ states: ['open'] }))).toHaveLength(1);
      expect(await all(at.store.changes(0))).toHaveLength(1);
    });

    async function landed(paths: string[]): Promise<number[]> {
      await land(
        at.store,
        edge,
        paths.map((path) => observed(path, 1, 2, 1)),
        { scope: 'edge.pcap' },
      );
      const found = new Map((await held(at.store)).map((each) => [each.path, each.id]));
      return paths.map((path) => found.get(path) as number);
    }
  });
}
