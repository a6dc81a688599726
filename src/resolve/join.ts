import type { JoinedEndpoint, StoredSighting } from '#model/view';
import { qualifies, succeeds } from '#path/qualify';
import { shape } from '#path/template';
import { TemplateIndex } from '#path/template-index';
import type { Bound } from './bind.ts';
import { outerPaths } from './group.ts';

/** A sighting with the binding that brought it to this service. */
export interface Member {
  sighting: StoredSighting;
  bound: Bound;
}

interface Draft {
  endpoint: JoinedEndpoint;
  /** Made by a catch-all or a method that stands for any: joins what it covers. */
  wild: boolean;
}

/**
 * Joins one service's sightings of one environment into endpoints.
 *
 * Order decides what the endpoint is called and what may create one: declared operations, then coded and deployed ones, then
 * traffic that no template takes. Catch-all routes of a gateway cover what is below them, and are endpoints themselves only
 * when nothing is.
 */
export function joinService(environment: string, service: string, members: readonly Member[]): JoinedEndpoint[] {
  const table = new Endpoints(environment, service);
  const of = (...planes: StoredSighting['plane'][]) =>
    planes.flatMap((plane) => members.filter((member) => member.sighting.plane === plane));
  const fixed = of('declared', 'deployed', 'coded');
  const covering: Member[] = [];

  for (const member of fixed) {
    if (!member.sighting.anchored) continue;
    if (isWild(member.sighting)) covering.push(member);
    else table.known(member);
  }
  for (const member of covering) if (member.sighting.plane !== 'deployed') table.knownWild(member);
  for (const member of fixed) if (!member.sighting.anchored) table.tail(member);

  const observed = of('observed');
  for (const member of observed) if (succeeds(member.sighting)) table.observed(member);
  for (const member of observed) if (!succeeds(member.sighting)) table.corroborate(member);

  table.cover(covering.filter((member) => member.sighting.plane === 'deployed'));
  return table.all();
}

function isWild(sighting: StoredSighting): boolean {
  return (
    sighting.method === '*' ||
    sighting.pathKind === 'prefix' ||
    sighting.pathKind === 'regex' ||
    sighting.path.endsWith('*}')
  );
}

class Endpoints {
  readonly #environment: string;
  readonly #service: string;
  readonly #drafts = new Map<string, Draft>();
  readonly #shapes = new Map<string, Draft[]>();
  readonly #index = new TemplateIndex<Draft>();
  #tails: Map<string, Draft[]> | null = null;

  constructor(environment: string, service: string) {
    this.#environment = environment;
    this.#service = service;
  }

  /** What only was: routes and code that are gone leave nothing; a specification's former word is history that counts. */
  all(): JoinedEndpoint[] {
    return [...this.#drafts.values()]
      .map((draft) => draft.endpoint)
      .filter((endpoint) => endpoint.sightings.some(({ plane, goneAt }) => plane === 'declared' || goneAt === null));
  }

  /** An operation of a specification, a gateway or code. */
  known(member: Member): void {
    const paths = outerPaths(member.sighting, member.bound);
    this.#learn(this.#draftAt(member, paths[0] ?? '/', false), member, paths);
  }

  /** Code or a specification that takes any method, or the rest of a path. */
  knownWild(member: Member): void {
    const { sighting } = member;
    const paths = outerPaths(sighting, member.bound);
    const path = paths[0] ?? '/';
    const same = this.#sameShape(path, sighting.method);
    if (same.length > 0) {
      for (const draft of same) this.#learn(draft, member, paths);
      return;
    }
    this.#learn(this.#draftAt(member, path, true), member, paths);
  }

  /** An operation whose mount is unknown joins every endpoint that ends as it does; by itself it proves no path. */
  tail(member: Member): void {
    this.#tails ??= this.#byTail();
    const { method, path } = member.sighting;
    const found = /[^/{}*]/.test(shape(path)) ? (this.#tails.get(`${method} ${shape(path)}`) ?? []) : [];
    if (found.length === 0) attach(this.#draftAt(member, path, true), member);
    for (const draft of found) attach(draft, member);
  }

  /** A call that was answered well: joins the template it fits best, or is an endpoint that nobody told of. */
  observed(member: Member): void {
    const { method } = member.sighting;
    const path = outerPaths(member.sighting, member.bound)[0] ?? '/';
    const matches = this.#index.match(path);
    const draft =
      matches.find((match) => takes(match.value, method))?.value ??
      matches.find((match) => match.value.endpoint.method === '*')?.value;
    if (draft) {
      attach(draft, member);
      return;
    }
    // OPTIONS is asked of everything by browsers and libraries; answered, it tells of no operation.
    if (method === 'OPTIONS') return;
    const template = matches.find((match) => !match.value.wild)?.template ?? path;
    this.#learn(this.#draftAt(member, template, false), member, [template]);
  }

  /** A call that was refused or failed says something only of an operation that is known. */
  corroborate(member: Member): void {
    const path = outerPaths(member.sighting, member.bound)[0] ?? '/';
    const draft = this.#index.match(path).find((match) => takes(match.value, member.sighting.method))?.value;
    if (draft && qualifies(member.sighting) !== 'never') attach(draft, member);
  }

  /** A gateway's catch-alls: each is evidence for all that is below it, and an endpoint when nothing is. */
  cover(members: readonly Member[]): void {
    const covering = new TemplateIndex<Member>();
    for (const member of members) {
      if (member.sighting.pathKind === 'regex') continue;
      for (const path of outerPaths(member.sighting, member.bound)) {
        for (const template of covered(path, member.sighting.pathKind)) covering.add(template, member);
      }
    }
    const used = new Set<Member>();
    for (const draft of this.#drafts.values()) {
      const { method, path } = draft.endpoint;
      const above = covering.match(path).map((match) => match.value);
      for (const member of new Set(above)) {
        if (member.sighting.method !== '*' && member.sighting.method !== method) continue;
        attach(draft, member);
        used.add(member);
      }
    }
    for (const member of members) {
      if (!used.has(member))
        attach(this.#draftAt(member, outerPaths(member.sighting, member.bound)[0] ?? '/', true), member);
    }
  }

  #learn(draft: Draft, member: Member, paths: readonly string[]): void {
    attach(draft, member);
    if (member.sighting.pathKind === 'regex') return;
    const params = member.sighting.plane === 'observed' ? [] : (member.sighting.facts.params ?? []);
    for (const path of paths) {
      for (const template of covered(path, member.sighting.pathKind)) this.#index.add(template, draft, params);
    }
  }

  #draftAt({ sighting }: Member, path: string, wild: boolean): Draft {
    const form = shape(path);
    const key = `${sighting.method} ${form}`;
    const known = this.#drafts.get(key);
    if (known) return known;
    const endpoint: JoinedEndpoint = {
      environment: this.#environment,
      service: this.#service,
      protocol: sighting.protocol,
      method: sighting.method,
      path,
      pathKind: sighting.pathKind === 'exact' ? 'template' : sighting.pathKind,
      sightings: [],
      confidence: 1,
    };
    const draft = { endpoint, wild };
    this.#drafts.set(key, draft);
    const same = this.#shapes.get(form);
    if (same) same.push(draft);
    else this.#shapes.set(form, [draft]);
    return draft;
  }

  /** A specification cannot write the rest of a path, so that its `{path}` is also the code's `{path*}`. */
  #sameShape(path: string, method: string): Draft[] {
    const shapes = new Set([shape(path), shape(path).replace(/\{\*\}$/, '{}')]);
    return [...shapes]
      .flatMap((text) => this.#shapes.get(text) ?? [])
      .filter(({ endpoint }) => method === '*' || endpoint.method === method);
  }

  #byTail(): Map<string, Draft[]> {
    const tails = new Map<string, Draft[]>();
    for (const draft of this.#drafts.values()) {
      const text = shape(draft.endpoint.path);
      for (let at = 0; at >= 0; at = text.indexOf('/', at + 1)) {
        const key = `${draft.endpoint.method} ${text.slice(at)}`;
        const known = tails.get(key);
        if (known) known.push(draft);
        else tails.set(key, [draft]);
      }
    }
    return tails;
  }
}

function attach(draft: Draft, { sighting, bound }: Member): void {
  const { endpoint } = draft;
  endpoint.sightings.push(sighting);
  endpoint.confidence = Math.min(endpoint.confidence, bound.score);
  if (endpoint.protocol === 'http') endpoint.protocol = sighting.protocol;
}

function takes(draft: Draft, method: string): boolean {
  return draft.endpoint.method === method;
}

function covered(path: string, kind: StoredSighting['pathKind']): string[] {
  return kind === 'prefix' ? [path, `${path === '/' ? '' : path}/{rest*}`] : [path];
}
