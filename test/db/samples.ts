import type { InventoryStore, SourceRecord } from '#db/store';
import type { ScopeReport } from '#model/scope';
import type { Sighting } from '#model/sighting';
import type { ResolvedEndpoint, StoredSighting, View } from '#model/view';

export const specs: SourceRecord = { name: 'specs', kind: 'spec', environment: '' };
export const edge: SourceRecord = { name: 'edge', kind: 'capture', environment: 'production' };

export function sighting(over: Partial<Sighting> = {}): Sighting {
  return {
    plane: 'declared',
    protocol: 'http',
    method: 'GET',
    path: '/orders/{id}',
    pathKind: 'template',
    anchored: true,
    servers: [{ host: 'api.example.com', basePath: '/v1' }],
    service: 'Orders',
    facts: { operationId: 'readOrder' },
    where: { in: 'document', file: 'orders.yaml', pointer: '/paths/~1orders/get' },
    ...over,
  };
}

export function observed(path: string, first: number, last: number, count: number): Sighting {
  return sighting({
    plane: 'observed',
    pathKind: 'exact',
    path,
    facts: { statuses: { 200: count } },
    where: { in: 'traffic', file: 'edge.pcap', ref: first },
    seen: { first, last, count },
  });
}

export function report(scope: string, over: Partial<ScopeReport> = {}): ScopeReport {
  return {
    scope,
    plane: 'declared',
    completeness: 'complete',
    saw: 'two operations',
    problems: [],
    covers: {},
    ...over,
  };
}

/** Lands sightings as one scope of a scan of its own. */
export async function land(
  store: InventoryStore,
  source: SourceRecord,
  sightings: readonly Sighting[],
  over: Partial<ScopeReport> = {},
): Promise<string> {
  const scan = await store.beginScan('1.0.0', [source]);
  const plane = over.plane ?? sightings[0]?.plane ?? 'declared';
  const name = over.scope ?? 'orders.yaml';
  const scope = store.scope(scan.id, source, name, plane);
  for (const each of sightings) await scope.add(each);
  await scope.end(report(name, { ...over, plane }));
  await store.endScan(scan.id, 'done');
  return scan.id;
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

export const held = async (store: InventoryStore): Promise<StoredSighting[]> =>
  (await all(store.sightings())).filter((each) => each.goneAt === null);

export function endpoint(over: Partial<ResolvedEndpoint> = {}): ResolvedEndpoint {
  return {
    id: 'e1',
    environment: 'production',
    service: 'orders',
    protocol: 'http',
    method: 'GET',
    path: '/v1/orders/{id}',
    pathKind: 'template',
    hosts: ['api.example.com'],
    planes: { declared: 'active', deployed: 'unknown', coded: 'unknown', observed: 'fresh' },
    verdict: { leaf: 'managed', verdict: 'fine', reason: '', because: 'declared and called', decidedBy: [] },
    params: [{ name: 'id', in: 'path' }],
    auth: 'yes',
    authMechanisms: ['bearer'],
    exposure: 'internet',
    dataClasses: [],
    owner: 'shop',
    version: '1.0.0',
    tags: ['orders'],
    lastCall: 1_000,
    calls: 3,
    evidence: [{ plane: 'declared', source: 'specs', where: 'orders.yaml#/paths/~1orders/get' }],
    sources: ['specs'],
    confidence: 1,
    sightings: [],
    ...over,
  };
}

export function view(endpoints: ResolvedEndpoint[], findings: View['findings'] = []): View {
  return { endpoints, services: [], findings };
}

export function finding(over: Partial<View['findings'][number]> = {}): View['findings'][number] {
  return {
    rule: 'shadow',
    reason: 'live',
    severity: 'high',
    endpoint: 'e1',
    environment: 'production',
    service: 'orders',
    method: 'GET',
    path: '/v1/orders/{id}',
    because: 'called and declared nowhere',
    evidence: [],
    ...over,
  };
}
