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
  /** What each service is known to have, learnt when it is first asked for: most share no host. */
  readonly #known = new Map<string, Templates>();

  constructor(bindings: Bindings) {
    this.#bindings = bindings;
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
          this.#only(services, (service) => this.#templates(service).first.has(splitPath(path)[0] ?? '')));
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

  #fits(service: string, path: string, method: string | null): boolean {
    const found = this.#templates(service).index.match(path);
    return found.some(
      (match) => match.literals > 0 && (method === null || match.value === method || match.value === '*'),
    );
  }

  #templates(service: string): Templates {
    const known = this.#known.get(service);
    if (known) return known;
    const templates: Templates = { index: new TemplateIndex(), first: new Set() };
    for (const [group, bound] of this.#bindings.bound) {
      if (bound.service === service && group.plane !== 'observed') learn(templates, group, bound);
    }
    this.#known.set(service, templates);
    return templates;
  }

  /** The one service that holds; none when several do. */
  #only(services: string[], holds: (service: string) => boolean): string | undefined {
    const [first, second] = services.filter(holds);
    return second === undefined ? first : undefined;
  }
}

interface Templates {
  /** To their methods. */
  index: TemplateIndex<string>;
  first: Set<string>;
}

function learn({ index, first }: Templates, group: Group, bound: Bound): void {
  for (const sighting of group.sightings) {
    if (sighting.pathKind === 'regex' || !sighting.anchored) continue;
    for (const path of outerPaths(sighting, bound)) {
      index.add(path, sighting.method, sighting.facts.params);
      const segment = splitPath(path)[0] ?? '';
      if (!segment.startsWith('{')) first.add(segment);
    }
  }
}
