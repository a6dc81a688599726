import type { Plane, Server } from '#model/sighting';
import type { StoredSighting } from '#model/view';
import { isBelow, joinPaths } from '#path/normalise';

/** The sightings of one source that it names alike: a specification's title, a package, a host. Services are made of groups. */
export interface Group {
  /** `source/name`. */
  key: string;
  source: string;
  name: string;
  plane: Plane;
  environment: string;
  hosts: Set<string>;
  sightings: StoredSighting[];
}

/** How a group's own paths become those that the outside calls. */
export interface Shift {
  prefix: string;
  strip: string;
}

export const unshifted: Shift = { prefix: '', strip: '' };

/** In the order of their keys, so that every later choice is the same whatever the order of the sightings. */
export function groupSightings(sightings: readonly StoredSighting[]): Group[] {
  const groups = new Map<string, Group>();
  for (const sighting of sightings) {
    const { source, service, plane, environment } = sighting;
    const id = `${plane} ${environment} ${source}/${service}`;
    let group = groups.get(id);
    if (!group) {
      group = {
        key: `${source}/${service}`,
        source,
        name: service,
        plane,
        environment,
        hosts: new Set(),
        sightings: [],
      };
      groups.set(id, group);
    }
    group.sightings.push(sighting);
    for (const { host } of sighting.servers) if (host !== null) group.hosts.add(host);
  }
  return [...groups.values()].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** The paths by which the outside calls a sighting, each once; the first is the one to show. */
export function outerPaths(sighting: StoredSighting, shift: Shift): string[] {
  if (sighting.servers.length === 0) return [shiftPath(sighting.path, shift)];
  return [...new Set(sighting.servers.map((server) => outerPath(sighting, server, shift)))];
}

export function outerPath(sighting: StoredSighting, server: Server, shift: Shift): string {
  return shiftPath(joinPaths(server.basePath, sighting.path), shift);
}

function shiftPath(path: string, { prefix, strip }: Shift): string {
  const stripped = strip !== '' && isBelow(path, strip) ? path.slice(strip.length) || '/' : path;
  return joinPaths(prefix, stripped);
}
