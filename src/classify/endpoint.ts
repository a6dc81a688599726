import type { Evidence } from '#model/endpoint';
import type { Auth, Facts, Param, Plane } from '#model/sighting';
import { locationText, planes } from '#model/sighting';
import type { JoinedEndpoint, ResolvedEndpoint, StoredSighting } from '#model/view';
import { digest } from '#path/digest';
import { isHealthPath } from '#path/health';
import { splitPath } from '#path/normalise';
import { staysClosed } from '#path/qualify';
import { isVersion } from '#path/segment';
import { paramNames, shape } from '#path/template';

/** Proofs of one plane and source that are shown; the inventory keeps them all. */
const maxEvidence = 3;

const reading = new Set(['GET', 'HEAD', 'OPTIONS', '*']);
const maxParams = 128;

/** Everything of an endpoint but its states and verdict, merged from its sightings. */
export type Attributes = Omit<ResolvedEndpoint, 'planes' | 'verdict' | 'lastCall'>;

export function attributes(endpoint: JoinedEndpoint, owner: string): Attributes {
  const { environment, service, protocol, method, path, pathKind, confidence } = endpoint;
  const live = endpoint.sightings.filter(({ goneAt }) => goneAt === null);
  const spoken = live.length > 0 ? live : endpoint.sightings;
  const facts = byPlane(spoken).map((sighting) => sighting.facts);
  const closed = endpoint.sightings.every(staysClosed);
  return {
    id: digest([environment, service, protocol, method, shape(path), ...(closed ? ['closed'] : [])].join('\n')),
    environment,
    service,
    protocol,
    method,
    path,
    pathKind,
    hosts: unique(spoken.flatMap(({ servers }) => servers.map(({ host }) => host ?? ''))),
    params: params(path, spoken),
    auth: authentication(spoken),
    authMechanisms: unique(facts.flatMap(({ auth }) => auth?.mechanisms ?? [])),
    exposure: facts.find((fact) => fact.exposure && fact.exposure !== 'unknown')?.exposure ?? 'unknown',
    dataClasses: unique(facts.flatMap((fact) => fact.dataClasses ?? [])),
    owner: owner || (facts.find((fact) => fact.owner)?.owner ?? ''),
    version: facts.find((fact) => fact.version)?.version ?? splitPath(path).find(isVersion) ?? '',
    tags: unique([
      ...facts.flatMap((fact) => fact.tags ?? []),
      ...(isHealth(method, path, facts) ? ['health'] : []),
      ...(isPage(method, spoken) ? ['page'] : []),
    ]),
    calls: closed
      ? 0
      : spoken.reduce((sum, { plane, seen }) => sum + (plane === 'observed' ? (seen?.count ?? 0) : 0), 0),
    evidence: evidence(spoken),
    sources: unique(spoken.map(({ source }) => source)),
    confidence,
    sightings: endpoint.sightings.map(({ id }) => id),
  };
}

/** A path alone tells only of a method that reads: `POST /keys/health` does something. */
export function isHealth(method: string, path: string, facts: readonly Facts[]): boolean {
  return (reading.has(method) && isHealthPath(path)) || facts.some((fact) => fact.health);
}

/** It only ever answered with HTML: a page for people, of which specifications seldom tell. */
function isPage(method: string, sightings: readonly StoredSighting[]): boolean {
  const types = sightings.filter(({ plane }) => plane === 'observed').map(({ facts }) => facts.produces ?? []);
  const html = (type: string) => type === 'text/html' || type === 'application/xhtml+xml';
  return method === 'GET' && types.length > 0 && types.every((each) => each.length > 0 && each.every(html));
}

/** What answers without credentials tells more than what is written; of what is written, the gateway decides before the code. */
function authentication(sightings: readonly StoredSighting[]): Auth['required'] {
  let anonymous = 0;
  let credentialed = 0;
  for (const { facts } of sightings) {
    anonymous += facts.anonymousSuccess ?? 0;
    credentialed += facts.credentialed ?? 0;
  }
  if (anonymous > 0) return credentialed > 0 ? 'optional' : 'no';
  for (const plane of ['deployed', 'coded', 'declared', 'observed'] as const) {
    const said = sightings.find(
      (sighting) => sighting.plane === plane && sighting.facts.auth && sighting.facts.auth.required !== 'unknown',
    );
    if (said?.facts.auth) return said.facts.auth.required;
  }
  return 'unknown';
}

function params(path: string, sightings: readonly StoredSighting[]): Param[] {
  const merged = new Map<string, Param>();
  const names = paramNames(path);
  for (const name of names) merged.set(`path ${name}`, { name, in: 'path', required: true });
  for (const sighting of byPlane(sightings)) {
    const own = paramNames(sighting.path);
    for (const param of sighting.facts.params ?? []) {
      // The same place under another name: what `{id}` is told of is told of `{orderId}`.
      const at = param.in === 'path' ? own.indexOf(param.name) - own.length + names.length : -1;
      const name = param.in === 'path' ? (names[at] ?? param.name) : param.name;
      if (param.in === 'path' && !names.includes(name)) continue;
      const key = `${param.in} ${name}`;
      if (!merged.has(key) && merged.size >= maxParams) continue;
      merged.set(key, { ...param, ...merged.get(key), name });
    }
  }
  return [...merged.values()];
}

function evidence(sightings: readonly StoredSighting[]): Evidence[] {
  const counts = new Map<string, number>();
  const found: Evidence[] = [];
  for (const { plane, source, where } of byPlane(sightings)) {
    const key = `${plane} ${source}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count <= maxEvidence) found.push({ plane, source, where: locationText(where) });
  }
  return found;
}

/** In the order of the planes, so that the specification's word comes first; stable within one. */
function byPlane(sightings: readonly StoredSighting[]): readonly StoredSighting[] {
  if (sightings.length < 2) return sightings;
  const order = (plane: Plane) => planes.indexOf(plane);
  return [...sightings].sort((a, b) => order(a.plane) - order(b.plane));
}

function unique(values: string[]): string[] {
  if (values.length === 0 || (values.length === 1 && values[0] !== '')) return values;
  return [...new Set(values.filter((value) => value !== ''))].sort();
}
