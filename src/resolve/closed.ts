import type { ServiceRule } from '#model/rule';
import type { JoinedEndpoint, StoredSighting } from '#model/view';
import { type Bound, ruleFor } from './bind.ts';
import { type Group, groupSightings, unshifted } from './group.ts';
import type { HostTable } from './host.ts';
import type { Member } from './join.ts';

/** A sighting of TLS that stayed closed, with its group. */
export interface ClosedMember extends Member {
  group: Group;
}

/**
 * Binds hosts of which nothing but TLS is known, once all else is bound: they name nothing, claim nothing, and change nothing of what is
 * known otherwise.
 */
export function bindClosed(
  sightings: readonly StoredSighting[],
  rules: readonly ServiceRule[],
  hosts: HostTable,
): ClosedMember[] {
  const ruled = ruleFor(rules);
  return groupSightings(sightings).flatMap((group) => {
    const bound = bindHost(group, ruled(group.key)?.name, hosts);
    return group.sightings.map((sighting) => ({ sighting, bound, group }));
  });
}

function bindHost(group: Group, ruled: string | undefined, hosts: HostTable): Bound {
  if (ruled !== undefined) {
    return { ...unshifted, service: ruled, how: 'configured', score: 1, because: 'noontide.yaml says so' };
  }
  const names = [...group.hosts].join(', ');
  const claims = [...group.hosts].flatMap((host) => hosts.on(host));
  const services = [...new Set(claims.map(({ service }) => service))].sort();
  const [service] = services;
  if (service !== undefined && services.length === 1) {
    return { ...unshifted, service, how: 'host', score: 1, because: `${names} is a host of ${service}` };
  }
  const because =
    service === undefined
      ? 'nothing else is like it'
      : `${services.join(' and ')} share ${names}, and TLS hides what is asked there`;
  return {
    ...unshifted,
    service: group.name || group.source,
    how: 'alone',
    score: services.length === 0 ? 1 : 0.5,
    because,
  };
}

/** One endpoint for what stayed closed of a service in one environment: everything below `/`, of which nothing is known. */
export function joinClosed(environment: string, service: string, members: readonly Member[]): JoinedEndpoint {
  return {
    environment,
    service,
    protocol: 'http',
    method: '*',
    path: '/',
    pathKind: 'prefix',
    sightings: members.map(({ sighting }) => sighting),
    confidence: Math.min(1, ...members.map(({ bound }) => bound.score)),
  };
}
