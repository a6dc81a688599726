import type { ScopeState } from '#model/scope';
import type { Location, Plane } from '#model/sighting';
import type { StoredSighting } from '#model/view';
import { normalisePath } from '#path/normalise';

/** When things happen in tests: scans one day after the traffic. */
export const t0 = Date.UTC(2026, 0, 1);
export const day = 24 * 60 * 60 * 1_000;
export const scanAt = t0 + day;

const places: Record<Plane, Location> = {
  declared: { in: 'document', file: 'api.yaml', pointer: '/paths' },
  deployed: { in: 'resource', id: 'route' },
  coded: { in: 'code', file: 'app.ts', line: 1 },
  observed: { in: 'traffic', file: 'edge.pcap', ref: 1 },
};

const sourceOf: Record<Plane, string> = { declared: 'specs', deployed: 'gateway', coded: 'code', observed: 'edge' };

let nextId = 1;

/**
 * A sighting in a line: `declared('GET /orders/{id}', { service: 'Orders API' })`. Traffic was answered with 200 unless it says
 * otherwise; a host in front of the path is its server.
 */
export function sighting(
  plane: Plane,
  operation: string,
  more: Partial<StoredSighting> & { host?: string; basePath?: string } = {},
): StoredSighting {
  const [method = '', path = ''] = operation.split(' ');
  const { host, basePath, ...rest } = more;
  return {
    id: nextId++,
    plane,
    protocol: 'http',
    method,
    path: normalisePath(path),
    pathKind: plane === 'observed' ? 'exact' : 'template',
    anchored: true,
    servers: host === undefined && basePath === undefined ? [] : [{ host: host ?? null, basePath: basePath ?? '' }],
    service: host ?? 'orders',
    source: sourceOf[plane],
    scope: `${sourceOf[plane]}-scope`,
    environment: '',
    firstScanAt: scanAt,
    lastScanAt: scanAt,
    goneAt: null,
    where: places[plane],
    ...(plane === 'observed' ? { seen: { first: t0, last: t0, count: 3 } } : {}),
    ...rest,
    facts: plane === 'observed' ? { statuses: { 200: 3 }, ...rest.facts } : (rest.facts ?? {}),
  };
}

/** A scope that was read completely, of the source that {@link sighting} uses for its plane. */
export function scope(plane: Plane, more: Partial<ScopeState> = {}): ScopeState {
  return {
    plane,
    scope: `${sourceOf[plane]}-scope`,
    source: sourceOf[plane],
    kind: 'test',
    environment: '',
    completeness: 'complete',
    saw: 'something',
    problems: [],
    covers: plane === 'observed' ? { hosts: ['orders.test'], from: t0 - day, to: t0 } : { services: ['orders'] },
    scan: 'scan',
    at: scanAt,
    completeAt: more.completeness === undefined || more.completeness === 'complete' ? scanAt : null,
    sightings: 1,
    ...more,
  };
}
