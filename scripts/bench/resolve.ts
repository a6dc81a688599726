/** Sightings to view: beside a plain hash join of the same rows, which is the least that any resolving must do. */
import { performance } from 'node:perf_hooks';
import { defaultWindows } from '#model/rule';
import type { ScopeState } from '#model/scope';
import type { Plane } from '#model/sighting';
import type { StoredSighting } from '#model/view';
import { buildView } from '#scan/view';

const nouns = ['orders', 'users', 'carts', 'items', 'shops', 'invoices', 'payments', 'labels', 'routes', 'reviews'];
const at = Date.UTC(2026, 0, 1);

export async function bench(): Promise<void> {
  for (const services of [100, 1_000]) {
    const { sightings, scopes } = world(services, 100);
    const plain = time(() => {
      const joined = new Map<string, StoredSighting[]>();
      for (const sighting of sightings) {
        const key = `${sighting.service} ${sighting.method} ${sighting.path}`;
        const same = joined.get(key);
        if (same) same.push(sighting);
        else joined.set(key, [sighting]);
      }
    });
    let endpoints = 0;
    const ours = time(() => {
      endpoints = buildView(sightings, scopes, [], defaultWindows).endpoints.length;
    });
    const rate = Math.round(sightings.length / (ours / 1_000));
    console.log(
      `  ${sightings.length.toLocaleString('en')} sightings of ${services} services → ${endpoints.toLocaleString('en')} endpoints: ` +
        `${Math.round(ours)} ms, ${rate.toLocaleString('en')} sightings/s, ${(ours / plain).toFixed(1)} × a plain hash join`,
    );
  }
}

function time(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** Each service is declared and coded below different prefixes, and called on its host. */
function world(services: number, operations: number): { sightings: StoredSighting[]; scopes: ScopeState[] } {
  const sightings: StoredSighting[] = [];
  const scopes: ScopeState[] = [];
  let id = 0;
  const scope = (plane: Plane, name: string, covers: ScopeState['covers']) =>
    scopes.push({
      plane,
      scope: name,
      source: plane,
      kind: 'bench',
      environment: '',
      completeness: 'complete',
      saw: '',
      problems: [],
      covers,
      scan: 's',
      at,
      completeAt: at,
      sightings: operations,
    });
  for (let service = 0; service < services; service++) {
    const name = `team${service}`;
    const host = `${name}.test`;
    const add = (plane: Plane, method: string, path: string) =>
      sightings.push({
        id: id++,
        plane,
        protocol: 'http',
        method,
        path,
        pathKind: plane === 'observed' ? 'exact' : 'template',
        anchored: true,
        servers: plane === 'coded' ? [] : [{ host, basePath: plane === 'declared' ? '/v1' : '' }],
        service: plane === 'declared' ? `${name} API` : plane === 'coded' ? `${name}-service` : host,
        facts: plane === 'observed' ? { statuses: { 200: 9 } } : {},
        where: { in: 'resource', id: name },
        source: plane,
        scope: name,
        environment: '',
        firstScanAt: at,
        lastScanAt: at,
        goneAt: null,
        ...(plane === 'observed' ? { seen: { first: at, last: at, count: 9 } } : {}),
      });
    for (let operation = 0; operation < operations; operation++) {
      const method = ['GET', 'POST', 'DELETE'][operation % 3] ?? 'GET';
      const path = `/${nouns[operation % 10]}/{id}/${nouns[(operation * 7) % 10]}${Math.floor(operation / 10)}`;
      if (operation % 10 !== 0) add('declared', method, path);
      if (operation % 12 !== 0) add('coded', method, path);
      if (operation % 15 !== 0) add('observed', method, `/v1${path.replace('{id}', '{integer}')}`);
    }
    scope('declared', name, { services: [`${name} API`] });
    scope('coded', name, { services: [`${name}-service`] });
    scope('observed', name, { hosts: [host], from: at - 1, to: at });
  }
  return { sightings, scopes };
}
