import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { sightingIdentity } from '#db/identity';
import { openInventory } from '#db/sqlite/open';
import type { InventoryStore } from '#db/store';
import type { Condition } from '#model/condition';
import type { ScopeReport } from '#model/scope';
import type { Sighting } from '#model/sighting';
import type { ResolvedEndpoint, View } from '#model/view';

const count = 100_000;
const source = { name: 'specs', kind: 'spec', environment: 'production' };

/**
 * Rows a second of landing a scope against plain inserts of the same columns; a view, lists and a stream of 100,000
 * endpoints.
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'noontide-bench-'));
  try {
    const plain = timed(() => plainInserts(join(folder, 'plain.db')));
    say('plain inserts in one transaction', `${rate(plain)} rows/s`);

    const file = join(folder, 'noontide.db');
    const store = await openInventory(file);
    for (const name of ['first landing', 'landing again']) {
      const took = await timedAsync(() => landScope(store));
      say(name, `${rate(took)} rows/s, ${(plain / took).toFixed(2)} of plain inserts`);
    }
    await benchView(store, file);
    await store.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchView(store: InventoryStore, file: string): Promise<void> {
  const scan = await store.beginScan('bench', [source]);
  for (const [name, calls] of [
    ['first view', 1],
    ['the same view', 1],
    ['view with every counter moved', 2],
  ] as const) {
    const view = syntheticView(calls);
    let changes = 0;
    const took = await timedAsync(async () => {
      changes = (await store.replaceView(scan.id, view)).length;
    });
    say(name, `${(took / 1_000).toFixed(2)} s, ${changes.toLocaleString('en')} changes`);
  }
  for (const [name, where] of filters) {
    let found = 0;
    const run = async () => {
      found = 0;
      for await (const _ of store.endpoints({ where, limit: 1_000 })) found++;
    };
    const first = await timedAsync(run);
    const again = await timedAsync(run);
    const all = await store.countEndpoints(where);
    say(
      `list ${name}`,
      `${first.toFixed(1)} ms, again ${again.toFixed(1)} ms, ${found} of ${all.toLocaleString('en')}`,
    );
  }
  const before = process.memoryUsage.rss();
  let peak = 0;
  let streamed = 0;
  const took = await timedAsync(async () => {
    for await (const _ of store.endpoints({})) {
      if (++streamed % 1_000 === 0) peak = Math.max(peak, process.memoryUsage.rss());
    }
  });
  const grown = Math.max(0, peak - before) / 1_048_576;
  say(
    'stream all',
    `${(took / 1_000).toFixed(2)} s, ${streamed.toLocaleString('en')} endpoints, ${grown.toFixed(0)} MiB more memory`,
  );
  await store.endScan(scan.id, 'done');
  const { size } = await stat(file);
  say(
    'size',
    `${(size / 1_048_576).toFixed(1)} MiB, ${(size / 1_024 / (count / 1_000)).toFixed(0)} KiB for 1,000 endpoints`,
  );
}

const filters: [string, Condition][] = [
  ['service', { op: '==', field: 'service', value: 'service-17' }],
  ['method', { op: '==', field: 'method', value: 'DELETE' }],
  ['verdict', { op: '==', field: 'verdict', value: 'shadow' }],
  ['path prefix', { op: 'startsWith', field: 'path', value: '/v2/things-7' }],
  ['host', { op: 'has', field: 'hosts', value: 'api-42.example.com' }],
  ['path pattern', { op: 'matches', field: 'path', pattern: '^/v2/[^/]+/[^/]+/part-1[0-9]*7$' }],
  [
    'shadow of a host, last seen, by owner',
    {
      op: 'and',
      of: [
        { op: '==', field: 'verdict', value: 'shadow' },
        { op: 'anyMatches', field: 'hosts', pattern: '^api-4' },
        { op: '>', field: 'lastSeen', value: 0 },
        { op: '!=', field: 'owner', value: 'team-3' },
      ],
    },
  ],
];

function plainInserts(file: string): void {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(
    `CREATE TABLE sightings (id INTEGER PRIMARY KEY, scope, identity, protocol, method, path, path_kind, anchored, 
       servers, service, facts, location, seen_first, seen_last, seen_count, landing, first_scan, last_scan, first_scan_at,
       last_scan_at, UNIQUE (scope, identity))`,
  );
  const insert = db.prepare(`INSERT INTO sightings VALUES (NULL${', ?'.repeat(19)})`);
  db.transaction(() => {
    for (let i = 0; i < count; i++) {
      const s = syntheticSighting(i);
      insert.run(
        1,
        sightingIdentity(s),
        s.protocol,
        s.method,
        s.path,
        s.pathKind,
        1,
        JSON.stringify(s.servers),
        s.service,
        JSON.stringify(s.facts),
        JSON.stringify(s.where),
        null,
        null,
        null,
        1,
        1,
        1,
        1,
        1,
      );
    }
  })();
  db.close();
}

async function landScope(store: InventoryStore): Promise<void> {
  const scan = await store.beginScan('bench', [source]);
  const scope = store.scope(scan.id, source, 'all.yaml', 'declared');
  for (let i = 0; i < count; i++) await scope.add(syntheticSighting(i));
  const report: ScopeReport = {
    scope: 'all.yaml',
    plane: 'declared',
    completeness: 'complete',
    saw: `${count} operations`,
    problems: [],
    covers: {},
  };
  await scope.end(report);
  await store.endScan(scan.id, 'done');
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function syntheticSighting(i: number): Sighting {
  const service = `service-${i % 400}`;
  return {
    plane: 'declared',
    protocol: 'http',
    method: methods[i % 5] as string,
    path: `/v${(i % 3) + 1}/things-${i % 97}/{id}/part-${i}`,
    pathKind: 'template',
    anchored: true,
    servers: [{ host: `api-${i % 400}.example.com`, basePath: '' }],
    service,
    facts: {
      operationId: `operation${i}`,
      tags: [service],
      auth: { required: 'yes', mechanisms: ['bearer'] },
      params: [{ name: 'id', in: 'path', type: 'string', required: true }],
      responses: ['200', '404'],
    },
    where: { in: 'document', file: `specs/${service}.yaml`, pointer: `/paths/~1v2~1things/${i}/get`, line: i },
  };
}

function syntheticView(calls: number): View {
  return {
    endpoints: Array.from({ length: count }, (_, i) => syntheticEndpoint(i, calls)),
    services: [],
    findings: [],
  };
}

function syntheticEndpoint(i: number, calls: number): ResolvedEndpoint {
  const sighting = syntheticSighting(i);
  const shadow = i % 20 === 0;
  return {
    id: i.toString(16).padStart(12, '0'),
    environment: 'production',
    service: sighting.service,
    protocol: 'http',
    method: sighting.method,
    path: sighting.path,
    pathKind: 'template',
    hosts: [`api-${i % 400}.example.com`],
    planes: { declared: shadow ? 'none' : 'active', deployed: 'unknown', coded: 'yes', observed: 'fresh' },
    verdict: {
      leaf: shadow ? 'shadow' : 'managed',
      verdict: shadow ? 'shadow' : 'fine',
      reason: shadow ? 'live' : '',
      because: 'declared in one place and called in another within thirty days',
      decidedBy: [],
    },
    params: sighting.facts.params ?? [],
    auth: 'yes',
    authMechanisms: ['bearer'],
    exposure: 'internet',
    dataClasses: i % 7 === 0 ? ['email'] : [],
    owner: `team-${i % 9}`,
    version: '2.0.0',
    tags: [sighting.service],
    lastCall: 1_750_000_000_000 + i,
    calls: i * calls,
    evidence: [{ plane: 'declared', source: 'specs', where: `specs/${sighting.service}.yaml#/paths/${i}` }],
    sources: ['specs', 'edge'],
    confidence: 1,
    sightings: [i + 1],
  };
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

async function timedAsync(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function rate(milliseconds: number): string {
  return Math.round((count / milliseconds) * 1_000).toLocaleString('en');
}

function say(name: string, figure: string): void {
  console.log(`store: ${name}: ${figure}`);
}
