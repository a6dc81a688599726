import fc from 'fast-check';
import { type Endpoint, leaves, verdicts } from '#model/endpoint';
import { protocols } from '#model/sighting';

/** An endpoint to vary. */
export const ordersGet: Endpoint = {
  id: 'e1',
  environment: 'production',
  service: 'orders',
  protocol: 'http',
  method: 'GET',
  path: '/v1/orders/{id}',
  pathKind: 'template',
  hosts: ['api.shop.example', 'orders.internal'],
  planes: { declared: 'active', deployed: 'unknown', coded: 'yes', observed: 'fresh' },
  verdict: { leaf: 'managed', verdict: 'fine', reason: '', because: 'Declared and called.', decidedBy: [] },
  params: [{ name: 'id', in: 'path', type: 'integer', required: true }],
  auth: 'yes',
  authMechanisms: ['bearer'],
  exposure: 'internet',
  dataClasses: [],
  owner: 'team-orders',
  version: '1.2.0',
  tags: ['orders'],
  firstSeen: Date.UTC(2026, 0, 1),
  lastSeen: Date.UTC(2026, 5, 1),
  lastCall: Date.UTC(2026, 4, 31),
  calls: 42,
  evidence: [
    { plane: 'declared', source: 'specs', where: 'orders.yaml:12#/paths/~1orders~1{id}/get' },
    { plane: 'coded', source: 'code', where: 'src/orders.ts:31' },
    { plane: 'observed', source: 'edge', where: 'edge.pcap@371' },
  ],
  sources: ['specs', 'code', 'edge'],
  confidence: 0.9,
};

export const now = Date.UTC(2026, 5, 15);

const moments = fc.constantFrom(Date.UTC(2025, 0, 1), Date.UTC(2026, 0, 1), now - 1, now, Date.UTC(2027, 0, 1));
const hosts = ['api.shop.example', 'a.internal', 'b.internal', 'x', ''];

/** Endpoints that differ in what the tests' expressions ask for. */
export const endpoints: fc.Arbitrary<Endpoint> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'DELETE', '*'),
    path: fc.constantFrom('/', '/v1/orders', '/v1/orders/{id}', '/V1/orders', '/v2/é%_', '/users/{id}/"q"'),
    service: fc.constantFrom('orders', 'users', '', 'Orders'),
    protocol: fc.constantFrom(...protocols),
    hosts: fc.uniqueArray(fc.constantFrom(...hosts), { maxLength: 3 }),
    tags: fc.uniqueArray(fc.constantFrom('health', 'orders'), { maxLength: 2 }),
    calls: fc.constantFrom(0, 1, 2, 41, 42, 1e12),
    confidence: fc.constantFrom(0, 0.5, 0.9, 1),
    firstSeen: moments,
    lastSeen: moments,
    lastCall: fc.option(moments, { nil: null }),
    planes: fc.record({
      declared: fc.constantFrom('active', 'deprecated', 'none', 'unknown'),
      deployed: fc.constantFrom('yes', 'no', 'unknown'),
      coded: fc.constantFrom('yes', 'no', 'unknown'),
      observed: fc.constantFrom('fresh', 'stale', 'never', 'unknown'),
    }),
    leaf: fc.constantFrom(...leaves),
    verdict: fc.constantFrom(...verdicts),
    auth: fc.constantFrom('yes', 'no', 'optional', 'unknown'),
  })
  .map(({ leaf, verdict, ...rest }) => ({
    ...ordersGet,
    ...rest,
    verdict: { ...ordersGet.verdict, leaf, verdict },
  }));
