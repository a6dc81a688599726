import type { Binding } from '#model/endpoint';
import type { ServiceRule } from '#model/rule';
import { matchesName } from '#path/name-glob';
import { type Group, outerPaths, type Shift, unshifted } from './group.ts';
import { HostTable } from './host.ts';
import { hostKey, nameKey } from './name.ts';
import { type Operation, TailIndex, type Vote } from './tails.ts';

/** Where a group belongs, and how its paths are to be read. */
export type Bound = Pick<Binding, 'service' | 'how' | 'score' | 'because'> & Shift;

export interface Bindings {
  hosts: HostTable;
  /** A group that is missing holds traffic or routes of several services on one host: each sighting is attributed by itself. */
  bound: Map<Group, Bound>;
}

/** What is needed before two groups count as one on the word of their paths alone. */
const enough = { matches: 3, coverage: 0.6, next: 0.6 };

/**
 * Binds groups to services: by configuration, then by what is certain (hosts), then by what is likely (names, paths that
 * coincide under one prefix); else a group is a service of its own. Declared groups come first, for they name services.
 */
export function bindGroups(groups: readonly Group[], rules: readonly ServiceRule[]): Bindings {
  const bound = new Map<Group, Bound>();
  const hosts = new HostTable();
  const known: Known = { hosts, names: new Map(), operations: new Map(), all: new TailIndex(), each: new Map() };
  const declared = new Set<string>();
  const ruled = ruleFor(rules);

  for (const rule of rules) {
    for (const host of rule.hosts) hosts.add({ host, basePath: rule.basePath, service: rule.name, how: 'configured' });
    if (nameKey(rule.name) !== '') known.names.set(nameKey(rule.name), rule.name);
  }

  const settle = (group: Group, binding: Bound): void => {
    bound.set(group, binding);
    const { service } = binding;
    const key = group.plane === 'observed' ? hostKey(group.name) : nameKey(group.name);
    if (key !== '' && !known.names.has(key)) known.names.set(key, service);
    if (group.plane === 'declared') declared.add(service);
    if (group.plane !== 'observed' && (group.plane === 'declared' || !declared.has(service))) {
      const operations = operationsOf(group, binding);
      const all = known.operations.get(service) ?? [];
      for (const operation of operations) all.push(operation);
      known.operations.set(service, all);
      known.each.delete(service);
      for (const operation of operations) known.all.add(service, operation);
    }
    if (group.plane !== 'coded') claimHosts(hosts, group, service);
  };

  for (const group of inOrder(groups)) {
    const rule = ruled(group.key);
    if (rule) {
      const prefix = group.plane === 'coded' ? rule.codePrefix : '';
      const vote = prefix === null ? bestReading(rule.name, operationsOf(group, unshifted), known) : undefined;
      settle(group, {
        service: rule.name,
        how: 'configured',
        score: 1,
        because: 'noontide.yaml says so',
        prefix: prefix ?? vote?.prefix ?? '',
        strip: prefix === null ? (vote?.strip ?? '') : '',
      });
      continue;
    }
    const binding = infer(group, known);
    if (binding) settle(group, binding);
  }
  return { hosts, bound };
}

/** What the groups before have shown. */
interface Known {
  hosts: HostTable;
  /** Services by the key of their name. */
  names: Map<string, string>;
  operations: Map<string, Operation[]>;
  /** Of all services; forgets tails that many share. */
  all: TailIndex;
  /** Of one service, made when it is asked for. */
  each: Map<string, TailIndex>;
}

/** `null` when the group's hosts are shared by several services. */
function infer(group: Group, known: Known): Bound | null {
  if (group.plane === 'declared') return byClaim(group, known) ?? bySameTitle(group, known);
  const operations = operationsOf(group, unshifted);
  if (group.plane !== 'coded') {
    const byHosts = claimants(group, known);
    if (byHosts.size > 1) return byName(group, operations, known);
    const [service] = byHosts;
    if (service !== undefined) {
      return {
        ...unshifted,
        service,
        how: 'host',
        score: 1,
        because: `${[...group.hosts].join(', ')} is a host of ${service}`,
      };
    }
  }
  const named = byName(group, operations, known);
  if (named) return named;
  const votes = known.all.votes(operations);
  return byPaths(operations, votes) ?? alone(group, votes[0]);
}

/** A person gave the hosts that a specification names to a service. */
function byClaim(group: Group, known: Known): Bound | null {
  const claims = [...group.hosts].flatMap((host) => known.hosts.on(host).filter((claim) => claim.how === 'configured'));
  const services = new Set(claims.map((claim) => claim.service));
  const [service] = services;
  if (service === undefined || services.size > 1 || claims.some((claim) => claim.basePath !== '')) return null;
  return {
    ...unshifted,
    service,
    how: 'configured',
    score: 1,
    because: `noontide.yaml gives ${[...group.hosts].join(', ')} to it`,
  };
}

function bySameTitle(group: Group, known: Known): Bound {
  const service = known.names.get(nameKey(group.name));
  if (service !== undefined)
    return { ...unshifted, service, how: 'name', score: 1, because: `its title is ${group.name}` };
  return {
    ...unshifted,
    service: group.name || group.source,
    how: 'alone',
    score: 1,
    because: 'a specification names a service',
  };
}

function byName(group: Group, operations: Operation[], known: Known): Bound | null {
  const key = group.plane === 'observed' ? hostKey(group.name) : nameKey(group.name);
  const service = key === '' ? undefined : known.names.get(key);
  if (service === undefined) return null;
  const vote = bestReading(service, operations, known);
  const matches = Math.floor(vote?.matches ?? 0);
  const size = known.operations.get(service)?.length ?? 0;
  // The same word for two different things: enough on both sides, and nothing in common. Hosts are named loosely.
  if (matches === 0 && (group.plane === 'observed' || (operations.length >= 3 && size >= 3))) return null;
  return {
    service,
    how: 'name',
    score: matches === 0 ? 0.6 : (vote?.coverage ?? 0) >= 0.5 ? 0.95 : 0.8,
    prefix: vote?.prefix ?? '',
    strip: vote?.strip ?? '',
    because: `the names agree, and ${matches} of ${operations.length} operations${reading(vote)}`,
  };
}

/** How a group's paths are best read as those of one service. */
function bestReading(service: string, operations: Operation[], known: Known): Vote | undefined {
  let index = known.each.get(service);
  if (!index) {
    index = new TailIndex();
    for (const operation of known.operations.get(service) ?? []) index.add(service, operation);
    known.each.set(service, index);
  }
  return index.votes(operations)[0];
}

function byPaths(operations: Operation[], votes: Vote[]): Bound | null {
  const [best, next] = votes;
  if (!best || best.matches < enough.matches || best.coverage < enough.coverage) return null;
  if (next && next.matches > best.matches * enough.next) return null;
  const margin = 1 - (next?.matches ?? 0) / best.matches;
  return {
    service: best.service,
    how: 'paths',
    score: Math.round((0.5 + 0.2 * best.coverage + 0.2 * margin) * 100) / 100,
    prefix: best.prefix,
    strip: best.strip,
    because: `${Math.floor(best.matches)} of ${operations.length} operations coincide${reading(best)}, the next best reading has ${Math.floor(next?.matches ?? 0)}`,
  };
}

function alone(group: Group, nearest: Vote | undefined): Bound {
  const because = nearest
    ? `no specification, code or host speaks clearly for another service; nearest is ${nearest.service} with ${Math.floor(nearest.matches)} operations`
    : 'nothing else is like it';
  return { ...unshifted, service: group.name || group.source, how: 'alone', score: 1, because };
}

function reading(vote: Vote | undefined): string {
  if (vote?.prefix) return ` coincide below ${vote.prefix}`;
  if (vote?.strip) return ` coincide without ${vote.strip}`;
  return vote ? ' coincide' : '';
}

function claimants(group: Group, known: Known): Set<string> {
  return new Set([...group.hosts].flatMap((host) => known.hosts.on(host).map((claim) => claim.service)));
}

function claimHosts(hosts: HostTable, group: Group, service: string): void {
  for (const { servers } of group.sightings) {
    for (const { host, basePath } of servers) if (host !== null) hosts.add({ host, basePath, service, how: 'host' });
  }
}

function operationsOf(group: Group, shift: Shift): Operation[] {
  const seen = new Map<string, Operation>();
  for (const sighting of group.sightings) {
    if (sighting.pathKind === 'regex' || sighting.facts.static || !mayQualify(sighting.facts.statuses)) continue;
    const path = outerPaths(sighting, shift)[0] ?? sighting.path;
    seen.set(`${sighting.method} ${path}`, { method: sighting.method, path });
  }
  return [...seen.values()];
}

/** Of traffic, what was answered well says where it belongs; probes do not. */
function mayQualify(statuses: Record<string, number> | undefined): boolean {
  return (
    statuses === undefined || Object.keys(statuses).some((status) => status.startsWith('2') || status.startsWith('3'))
  );
}

const rank = { declared: 0, deployed: 1, coded: 2, observed: 3 };

/** Planes in the order in which they name services; of one plane the larger group first, so that it gives the name. */
function inOrder(groups: readonly Group[]): Group[] {
  return [...groups].sort(
    (a, b) => rank[a.plane] - rank[b.plane] || b.sightings.length - a.sightings.length || (a.key < b.key ? -1 : 1),
  );
}

/** Of the rules, the one that a person wrote for a group. */
export function ruleFor(rules: readonly ServiceRule[]): (key: string) => ServiceRule | undefined {
  return (key) => rules.find(({ groups }) => groups.some((glob) => matchesName(glob, key)));
}
