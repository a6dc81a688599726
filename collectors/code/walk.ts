import type { Auth, Facts, Protocol } from '#model/sighting';
import { isBelow } from '#path/normalise';
import { below, type Entry, type Guard, type Router } from './router.ts';
import type { Template } from './template.ts';
import { literal, type Piece, type Text } from './value.ts';

/** A route with everything that stands before it. */
export interface Route {
  method: string;
  template: Template;
  protocol: Protocol;
  facts: Facts;
  /** Variables of the environment whose defaults its path takes. */
  assumes: string[];
  /** Where the application is served, when it says so. */
  basePath: string | null;
  framework: string;
  /** Of the registration, relative to the scope's folder. */
  file: string;
  line: number;
  /** Of the application that answers it; the router's own when that is not known. */
  owner: string;
}

/** What was met on the way to a router. */
interface Way {
  prefix: Piece[];
  assumes: string[];
  /** Guards with the path below which each stands; `null` when that is not known. */
  covers: { path: string | null; guards: Guard[]; exact?: boolean }[];
  facts: Facts;
  root: Router;
  /** An application below another names its operations by itself. */
  nested: boolean;
}

const maxRoutes = 100_000;
const maxDepth = 64;

/**
 * Every route of the routers, once for each way on which it is reached from an application. A router that no application
 * reaches has routes all the same; their paths are tails.
 *
 * @param service names the service of a file.
 * @param overflow is called once when there are more than 100,000, which only a loop of mounts gives.
 */
export function* walk(
  routers: readonly Router[],
  service: (file: string) => string,
  overflow: () => void,
): Generator<Route> {
  const reached = new Set<Router>();
  const budget = { left: maxRoutes };
  const mounted = new Set(
    routers.flatMap(({ entries }) => entries.flatMap((each) => (each.is === 'mount' ? [each.router] : []))),
  );
  const serves = roots(routers, mounted, service);
  for (const router of routers) {
    if (serves.has(router)) yield* routes(router, start(router, []), [], reached, budget);
  }
  const rest = routers.filter((router) => router.entries.length > 0);
  for (const unreached of [rest.filter((router) => !mounted.has(router)), rest]) {
    for (const router of unreached) {
      if (reached.has(router)) continue;
      yield* routes(router, start(router, [{ hole: '' }]), [], reached, budget);
    }
  }
  if (budget.left <= 0) overflow();
}

/**
 * Applications that answer requests themselves: those that nothing mounts. One that its maker hands to nobody knows whom does
 * if it is the only one of its service; of several, one may be mounted on another.
 */
function roots(
  routers: readonly Router[],
  mounted: ReadonlySet<Router>,
  service: (file: string) => string,
): Set<Router> {
  const apps = routers.filter((router) => router.kind === 'app' && !mounted.has(router) && router.entries.length > 0);
  const counts = new Map<string, number>();
  for (const { file } of apps) counts.set(service(file), (counts.get(service(file)) ?? 0) + 1);
  return new Set(apps.filter((router) => !router.escaped || counts.get(service(router.file)) === 1));
}

function start(root: Router, prefix: Piece[]): Way {
  return { prefix, assumes: [], covers: [], facts: {}, root, nested: false };
}

function* routes(
  router: Router,
  way: Way,
  above: readonly Router[],
  reached: Set<Router>,
  budget: { left: number },
): Generator<Route> {
  if (above.includes(router) || above.length >= maxDepth || budget.left <= 0) return;
  reached.add(router);
  const inner = enter(router, way);
  const path = [...above, router];
  for (const entry of router.entries) {
    if (entry.is === 'guard') {
      if (!entry.always) inner.covers.push(cover(inner, entry));
    } else if (entry.is === 'mount') {
      const at: Way = {
        prefix: below(inner.prefix, entry.path.pieces),
        assumes: merged(inner.assumes, entry.path.assumes),
        covers: [...inner.covers, { path: '', guards: entry.guards }],
        facts: mergeFacts(inner.facts, entry.facts),
        root: inner.root,
        nested: inner.nested || entry.router.kind === 'app',
      };
      yield* routes(entry.router, at, path, reached, budget);
    } else yield* emit(entry, inner, router, budget);
  }
}

/** The way inside of a router: its own prefix, and the guards that stand before all of it. */
function enter(router: Router, way: Way): Way {
  const always = router.entries.flatMap((entry) => (entry.is === 'guard' && entry.always ? entry.guards : []));
  return {
    prefix: below(way.prefix, router.prefix.pieces),
    assumes: merged(way.assumes, router.prefix.assumes),
    covers: [...way.covers, { path: '', guards: always }],
    facts: mergeFacts(way.facts, router.facts),
    root: way.root,
    nested: way.nested,
  };
}

function cover(way: Way, entry: Entry & { is: 'guard' }): Way['covers'][number] {
  if (entry.path.pieces.length === 0) return { path: '', guards: entry.guards };
  const whole: Text = { is: 'text', pieces: below(way.prefix, entry.path.pieces), assumes: [] };
  const path = literal(whole);
  const { guards, exact } = entry;
  return { path: path === null ? null : path.replace(/\/?\*\w*$|\/$/, ''), guards, ...(exact && { exact }) };
}

function* emit(entry: Entry & { is: 'route' }, way: Way, router: Router, budget: { left: number }): Generator<Route> {
  const { path, file, line, protocol } = entry;
  const pieces = 'regex' in path ? way.prefix : below(way.prefix, path.pieces);
  const whole = literal({ is: 'text', pieces, assumes: [] });
  const guards = [...before(way, whole), ...entry.guards];
  const assumes = 'regex' in path ? way.assumes : merged(way.assumes, path.assumes);
  const facts = mergeFacts(way.facts, entry.facts);
  const owner = way.root.kind === 'app' ? way.root.file : file;
  const basePath = way.root.basePath && literal(way.root.basePath);
  for (const template of 'regex' in path ? [regexTemplate(pieces, path.regex)] : router.framework.template(pieces)) {
    for (const method of entry.methods) {
      if (budget.left-- <= 0) return;
      const known =
        entry.operation !== undefined &&
        entry.methods.length === 1 &&
        !way.nested &&
        whole !== null &&
        template.anchored;
      const id = known ? router.framework.operationId?.(entry.operation!, whole, method) : undefined;
      yield {
        method,
        template,
        protocol,
        facts: {
          ...(id !== undefined && { operationId: id }),
          ...facts,
          ...guarded(guards, template.anchored),
        },
        assumes,
        basePath,
        framework: router.framework.name,
        file,
        line,
        owner,
      };
    }
  }
}

/** Guards that stand before a path. One whose own path is not known may; that is all that is known of it. */
function before(way: Way, path: string | null): Guard[] {
  return way.covers.flatMap(({ path: at, guards, exact }) => {
    if (at === '') return guards;
    if (at === null || path === null) return guards.map((guard) => ({ ...guard, authenticates: 'unknown' as const }));
    return (exact ? path === at : isBelow(path, at)) ? guards : [];
  });
}

function guarded(guards: readonly Guard[], whole: boolean): Pick<Facts, 'guards' | 'auth'> {
  const deciding = guards.filter((guard) => guard.authenticates === 'yes' || guard.authenticates === 'optional');
  const scopes = [...new Set(deciding.flatMap((guard) => guard.scopes))].slice(0, 32);
  if (deciding.length > 0) {
    const mechanisms = [...new Set(deciding.flatMap((guard) => guard.mechanisms))].slice(0, 16);
    const required: Auth['required'] = deciding.some((guard) => guard.authenticates === 'yes') ? 'yes' : 'optional';
    const names = [...new Set(deciding.map((guard) => guard.name).filter((name) => name !== ''))].slice(0, 16);
    return { guards: names, auth: { required, mechanisms, ...(scopes.length > 0 && { scopes }) } };
  }
  const open = whole && guards.every((guard) => guard.authenticates === 'no');
  return { auth: { required: open ? 'no' : 'unknown', mechanisms: [] } };
}

/** A regular expression below a prefix is one as well. */
function regexTemplate(pieces: readonly Piece[], regex: string): Template {
  const prefix = literal({ is: 'text', pieces: [...pieces], assumes: [] });
  const holes = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.hole]));
  const path = prefix ? prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + regex.replace(/^\^/, '') : regex;
  return { path, kind: 'regex', anchored: prefix !== null, holes, types: {} };
}

function mergeFacts(outer: Facts, inner: Facts): Facts {
  const tags = merged(outer.tags ?? [], inner.tags ?? []);
  return { ...outer, ...inner, ...(tags.length > 0 && { tags: tags.slice(0, 32) }) };
}

function merged(left: string[], right: string[]): string[] {
  return right.length === 0 ? left : left.length === 0 ? right : [...new Set([...left, ...right])];
}
