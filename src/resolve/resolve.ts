import type { Binding } from '#model/endpoint';
import { compareText } from '#model/order';
import type { ServiceRule } from '#model/rule';
import type { JoinedEndpoint, Resolution, StoredSighting } from '#model/view';
import { Attribution } from './attribute.ts';
import { type Bound, bindGroups } from './bind.ts';
import { groupSightings } from './group.ts';
import { joinService, type Member } from './join.ts';

/**
 * Sightings of every plane become services and endpoints. Pure and deterministic: the order of its input does not matter.
 *
 * A service exists in every environment that traffic or a gateway shows it in; specifications and code, which speak for all of
 * them, join each. Where nothing shows one, its environment is `''`.
 */
export function resolve(sightings: readonly StoredSighting[], rules: readonly ServiceRule[]): Resolution {
  const groups = groupSightings(sightings.filter(({ plane, goneAt }) => plane !== 'observed' || goneAt === null));
  const bindings = bindGroups(groups, rules);
  const attribution = new Attribution(bindings);
  const services = new Map<string, Member[]>();
  const refused: StoredSighting[] = [];
  const found = new Map<string, Binding>();

  for (const group of groups) {
    const whole = bindings.bound.get(group);
    for (const sighting of group.sightings) {
      if (sighting.plane === 'observed' && (sighting.method === 'TRACE' || sighting.method === 'CONNECT')) {
        if (answered(sighting)) refused.push(sighting);
        continue;
      }
      const bound = whole ?? attribution.of(sighting);
      const members = services.get(bound.service) ?? [];
      members.push({ sighting, bound });
      services.set(bound.service, members);
      const key = `${group.key}\n${bound.service}`;
      if (!found.has(key)) found.set(key, bindingOf(group.key, bound));
    }
  }

  const endpoints: JoinedEndpoint[] = [];
  for (const [service, members] of [...services].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const environment of environmentsOf(members)) {
      const here = members.filter(
        ({ sighting }) => sighting.environment === '' || sighting.environment === environment,
      );
      for (const endpoint of joinService(environment, service, here.sort(bySighting))) endpoints.push(endpoint);
    }
  }
  return { endpoints, bindings: [...found.values()], refused };
}

function bindingOf(group: string, { service, how, score, prefix, strip, because }: Bound): Binding {
  return { group, service, how, score, prefix, strip, because };
}

function environmentsOf(members: readonly Member[]): string[] {
  const named = new Set(members.map(({ sighting }) => sighting.environment).filter((name) => name !== ''));
  return named.size > 0 ? [...named].sort() : [''];
}

function answered({ facts }: StoredSighting): boolean {
  return Object.keys(facts.statuses ?? {}).some((status) => status.startsWith('2'));
}

/** Live before gone, then by what they say, so that the same knowledge always gives the same endpoints. */
function bySighting({ sighting: a }: Member, { sighting: b }: Member): number {
  return (
    Number(a.goneAt !== null) - Number(b.goneAt !== null) ||
    compareText(a.path, b.path) ||
    compareText(a.method, b.method) ||
    compareText(a.source, b.source) ||
    compareText(a.scope, b.scope) ||
    a.id - b.id
  );
}
