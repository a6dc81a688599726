import type { StoredSighting } from '#model/view';
import { splitPath } from '#path/normalise';
import { TemplateIndex } from '#path/template-index';
import type { Bindings, Bound } from './bind.ts';
import { type Group, outerPath, outerPaths, unshifted } from './group.ts';
import { nearest } from './host.ts';

/**
 * Which service a single sighting belongs to, on a host that several share: the nearest base path decides, then a template
 * that the path fits, then the first segment. What nothing speaks for stays with the host.
 */
export class Attribution {
  readonly #bindings: Bindings;
  readonly #templates = new Map<string, TemplateIndex<string>>();
  readonly #firstSegments = new Map<string, Set<string>>();

  constructor(bindings: Bindings) {
    this.#bindings = bindings;
    for (const [group, bound] of bindings.bound) if (group.plane !== 'observed') this.#learn(group, bound);
  }

  of(sighting: StoredSighting): Bound {
    const server = sighting.servers[0] ?? { host: null, basePath: '' };
    const path = outerPath(sighting, server, unshifted);
    const host = server.host ?? '';
    const claims = nearest(this.#bindings.hosts.on(host), path);
    const services = [...new Set(claims.map((claim) => claim.service))].sort();
    const found =
      services.length === 1
        ? services[0]
        : (this.#only(services, (service) => this.#fits(service, path, sighting.method)) ??
          this.#only(services, (service) => this.#fits(service, path, null)) ??
          this.#only(services, (service) => this.#firstSegments.get(service)?.has(splitPath(path)[0] ?? '') ?? false));
    if (found === undefined) {
      const because =
        services.length > 0
          ? `${services.join(' and ')} share ${host}, and neither knows the path`
          : 'nothing else is like it';
      return { ...unshifted, service: host || sighting.service || sighting.source, how: 'alone', score: 0.5, because };
    }
    const claim = claims.find((known) => known.service === found);
    const sure = claim?.how === 'configured' || services.length === 1;
    return {
      ...unshifted,
      service: found,
      how: claim?.how ?? 'host',
      score: sure ? 1 : 0.8,
      because: `of the services on ${host} it fits this one`,
    };
  }

  #learn(group: Group, bound: Bound): void {
    const templates = this.#templates.get(bound.service) ?? new TemplateIndex<string>();
    const first = this.#firstSegments.get(bound.service) ?? new Set<string>();
    this.#templates.set(bound.service, templates);
    this.#firstSegments.set(bound.service, first);
    for (const sighting of group.sightings) {
      if (sighting.pathKind === 'regex' || !sighting.anchored) continue;
      for (const path of outerPaths(sighting, bound)) {
        templates.add(path, sighting.method, sighting.facts.params);
        const segment = splitPath(path)[0] ?? '';
        if (!segment.startsWith('{')) first.add(segment);
      }
    }
  }

  #fits(service: string, path: string, method: string | null): boolean {
    const found = this.#templates.get(service)?.match(path) ?? [];
    return found.some(
      (match) => match.literals > 0 && (method === null || match.value === method || match.value === '*'),
    );
  }

  /** The one service that holds; none when several do. */
  #only(services: string[], holds: (service: string) => boolean): string | undefined {
    const [first, second] = services.filter(holds);
    return second === undefined ? first : undefined;
  }
}
