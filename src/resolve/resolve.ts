import type { Binding } from '#model/endpoint';
import { compareText } from '#model/order';
import type { ServiceRule } from '#model/rule';
import type { JoinedEndpoint, Resolution, StoredSighting } from '#model/view';
import { staysClosed } from '#path/qualify';
import { Attribution } from './attribute.ts';
import { type Bound, bindGroups } from './bind.ts';
import { bindClosed, joinClosed } from './closed.ts';
import { groupSightings } from './group.ts';
import { joinService, type Member } from './join.ts';

/**
 * Sightings of every plane become services and endpoints. Pure and deterministic: the order of its input does not matter.
 *
 * A service exists in every environment that traffic or a gateway shows it in; specifications and code, which speak for all of
 * them, join each. Where nothing shows one, its environment is `''`.
 */
export function resolve(sightings: readonly StoredSighting[], rules: readonly ServiceRule[]): Resolution {
  const known = sightings.filter(({ plane, goneAt }) => plane !== 'observed' || goneAt === null);
  const groups = groupSightings(known.filter((sighting) => !staysClosed(sighting)));
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

  const closed = new Map<string, Member[]>();
  for (const member of bindClosed(known.filter(staysClosed), rules, bindings.hosts)) {
    const { group, bound } = member;
    const members = closed.get(bound.service) ?? [];
    members.push(member);
    closed.set(bound.service, members);
    const key = `${group.key}\n${bound.service}`;
    if (!found.has(key)) found.set(key, bindingOf(group.key, bound));
  }

  const endpoints: JoinedEndpoint[] = [];
  for (const service of [...new Set([...services.keys(), ...closed.keys()])].sort(compareText)) {
    const members = services.get(service) ?? [];
    const unread = closed.get(service) ?? [];
    if (members.length > 0) {
      for (const environment of environmentsOf(members)) {
        for (const endpoint of joinService(environment, service, membersIn(environment, members)))
          endpoints.push(endpoint);
      }
    }
    for (const environment of environmentsOfClosed(unread, members))
      endpoints.push(joinClosed(environment, service, membersIn(environment, unread)));
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

/** What is closed shows no service where nothing else does: it has an environment of its own then. */
function environmentsOfClosed(closed: readonly Member[], members: readonly Member[]): string[] {
  const named = closed.map(({ sighting }) => sighting.environment).filter((name) => name !== '');
  const everywhere = named.length < closed.length ? environmentsOf(members.length > 0 ? members : closed) : [];
  return [...new Set([...named, ...everywhere])].sort();
}

function membersIn(environment: string, members: readonly Member[]): Member[] {
  return members
    .filter(({ sighting }) => sighting.environment === '' || sighting.environment === environment)
    .sort(bySighting);
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
