import { force } from '#collectors/code/evaluate/module';
import type { Framework } from '#collectors/code/framework';
import { authenticates, namedGuard } from '#collectors/code/guard';
import { handlerOf, placeOf } from '#collectors/code/handler';
import { type Expr, label } from '#collectors/code/ir';
import { type Guard, makeRouter, type RouteEntry, type Router, register } from '#collectors/code/router';
import {
  type Argument,
  type Call,
  hole,
  isNothing,
  type Native,
  native,
  type Text,
  text,
  type Unknown,
  unknownValue,
  type Value,
} from '#collectors/code/value';
import { expressTemplates, trivialPath } from './path.ts';

const verbs = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head'];
const others = [
  'copy',
  'lock',
  'mkcol',
  'move',
  'purge',
  'propfind',
  'proppatch',
  'report',
  'search',
  'trace',
  'unlock',
];
const methods = new Map<string, string>([
  ...[...verbs, ...others].map((verb) => [verb, verb.toUpperCase()] as const),
  ['all', '*'],
  ['del', 'DELETE'],
]);

const makeOne = native('Router', (call) => made('router', call));
const express: Native = {
  is: 'native',
  name: 'express',
  call: (call) => made('app', call),
  member: (name) => (name === 'Router' ? makeOne : name === 'default' ? express : undefined),
};
const routerPackage: Native = { ...makeOne, member: (name) => (name === 'Router' ? makeOne : undefined) };

/** Express 4 and 5 (expressjs.com/en/api.html), and routers that are used in its place. */
export const expressFramework: Framework = {
  name: 'express',
  language: 'javascript',
  holds:
    /express|[rR]outer|\b(?:app|server)\.(?:get|post|put|patch|delete|all|use|route)\(|\.(?:get|post|put|patch|delete|all)\(\s*['"`]\//,
  marks: /['"`](?:@types\/)?express['"`]|['"`](?:router|express-promise-router)['"`]/,
  registers: ['use', 'route', 'Router', 'express', 'ws'],
  verbs: [...methods.keys()],
  packages: new Map<string, Value>([
    ['express', express],
    ['express-promise-router', routerPackage],
    ['router', routerPackage],
  ]),
  member,
  adopts(name, unknown) {
    if (unknown.external !== undefined && !/^(?:Express|Router|Application|IRouter|IRoutes)$/.test(unknown.type ?? ''))
      return false;
    const type = unknown.type?.split('.').at(-1) ?? '';
    if (type !== '') return /^(?:Express|Router|Application|IRouter|ExpressApp|ExpressRouter)$/.test(type);
    return /^(?:app|router|server|expressApp|application)$|Router$/.test(name);
  },
  template: expressTemplates,
};

function made(kind: 'app' | 'router', call: Call): Value {
  return { is: 'router', router: makeRouter(expressFramework, kind, call.frame, call.line) };
}

function member(router: Router, name: string | null): Value | undefined {
  const self: Value = { is: 'router', router };
  if (name === null) return native('route', (call) => addVerb(router, '*', call) ?? self);
  const method = methods.get(name);
  if (method !== undefined) return native(name, (call) => addVerb(router, method, call) ?? self);
  switch (name) {
    case 'use':
      return native('use', (call) => use(router, call) ?? self);
    case 'route':
      return native('route', (call) => chain(router, pathsOf(call.args[0], call), call.args[0]?.expr));
    case 'ws':
      return native('ws', (call) => addVerb(router, 'GET', call, 'websocket') ?? self);
    case 'listen':
      return native('listen', () => {
        router.escaped = false;
        return unknownValue('server');
      });
    case 'param':
    case 'set':
    case 'enable':
    case 'disable':
    case 'engine':
      return native(name, () => self);
    default:
      return undefined;
  }
}

/** `app.get(path, …middleware, handler)`; with one argument it reads a setting. */
function addVerb(router: Router, method: string, call: Call, protocol: RouteEntry['protocol'] = 'http'): void {
  if (call.args.length < 2) return;
  addRoutes(
    router,
    method,
    pathsOf(call.args[0], call),
    flattened(call.args.slice(1)),
    call,
    protocol,
    call.args[0]?.expr,
  );
}

/** `app.route(path)`, on which verbs chain. */
function chain(router: Router, paths: RouteEntry['path'][], written: Expr | undefined): Value {
  const self: Native = {
    is: 'native',
    name: 'route',
    member: (name) => {
      const method = methods.get(name);
      if (method === undefined) return undefined;
      return native(name, (call) => {
        if (call.args.length > 0) addRoutes(router, method, paths, flattened(call.args), call, 'http', written);
        return self;
      });
    },
  };
  return self;
}

function addRoutes(
  router: Router,
  method: string,
  paths: RouteEntry['path'][],
  handlers: Argument[],
  call: Call,
  protocol: RouteEntry['protocol'],
  written: Expr | undefined,
): void {
  const last = handlers.at(-1);
  if (last === undefined) return;
  const guards = handlers.slice(0, -1).map(guardOf);
  if (passes(method, last)) {
    for (const path of paths) {
      if ('regex' in path) continue;
      const exact = !path.pieces.some((piece) => typeof piece === 'string' && piece.includes('*'));
      register(router, { is: 'guard', path, guards: handlers.map(guardOf), always: false, exact }, call.machine);
    }
    return;
  }
  const handler = handlerOf(last);
  const { file, line } = placeOf(call, written);
  for (const path of paths) {
    // What is only taken for a router must at least be given something like a path.
    if (router.kind === 'adopted' && !likePath(path)) continue;
    const facts = handler === '' ? {} : { handler };
    register(router, { is: 'route', methods: [method], path, protocol, guards, facts, file, line }, call.machine);
  }
}

/** `app.all('/api/*', requireAuth)`, `app.options('*', cors())`: a middleware, which ends in no handler. */
function passes(method: string, last: Argument): boolean {
  return (method === '*' || method === 'OPTIONS') && authenticates(label(last.expr)) !== 'unknown';
}

function likePath(path: RouteEntry['path']): boolean {
  return 'regex' in path || path.pieces.some((piece) => typeof piece === 'string' && piece.startsWith('/'));
}

/** `app.use(path?, …middleware, router?)`. */
function use(router: Router, call: Call): void {
  const [first, ...rest] = flattened(call.args);
  if (first === undefined) return;
  const leading = call.args[0] && pathValue(call.args[0], call);
  const paths = leading
    ? pathsOf(call.args[0], call).flatMap((path) => ('regex' in path ? [hole('')] : [path]))
    : [text('')];
  const handlers = leading ? flattened(call.args.slice(1)) : [first, ...rest];
  const guards: Guard[] = [];
  let mounts = 0;
  for (const arg of handlers) {
    const mounted = routersOf(force(arg.value(), call.machine), call);
    for (const child of mounted) {
      if (child === router) continue;
      mounts++;
      for (const path of paths)
        register(router, { is: 'mount', path, router: child, guards: [...guards], facts: {} }, call.machine);
    }
    if (mounted.length === 0) guards.push(guardOf(arg));
  }
  if (mounts > 0) return;
  for (const path of paths) register(router, { is: 'guard', path, guards, always: false }, call.machine);
}

function pathValue(arg: Argument, call: Call): boolean {
  const value = force(arg.value(), call.machine);
  if (value.is === 'list')
    return value.items.length > 0 && value.items.every((item) => item.is === 'text' || item.is === 'regex');
  if (value.is === 'unknown') return call.args.length > 1 && mayBePath(arg, value);
  return value.is === 'text' || value.is === 'regex';
}

/** Something unresolved before other arguments: a prefix, unless it is known or named as a middleware. */
function mayBePath(arg: Argument, value: Unknown): boolean {
  const name = label(arg.expr);
  if (/(?:path|prefix|url|route|base|root|dir|endpoint|mount|version)$/i.test(name)) return true;
  if (value.external !== undefined) return false;
  return authenticates(name) === 'unknown' && !/middleware|limit|parser|log|handler|guard|valid|check|mw$/i.test(name);
}

/** The routers that a value is or holds. */
function routersOf(value: Value, call: Call): Router[] {
  switch (value.is) {
    case 'router':
      return [value.router];
    case 'unknown':
      return value.adopted ? [value.adopted] : value.wraps ? routersOf(value.wraps, call) : [];
    case 'record':
      return value.base ? routersOf(value.base, call) : [];
    case 'either':
      return value.of.flatMap((each) => routersOf(each, call));
    case 'module': {
      const exported = value.module.exports.get('default');
      const found = exported && 'local' in exported ? value.module.scope.vars.get(exported.local) : undefined;
      return found ? routersOf(force(found, call.machine), call) : [];
    }
    default:
      return [];
  }
}

/** Arrays of middleware are as good as their items. */
function flattened(args: readonly Argument[]): Argument[] {
  return args.flatMap((arg) => {
    if (arg.expr.k !== 'list' && arg.expr.k !== 'name') return [arg];
    const value = arg.value();
    if (value.is !== 'list') return [arg];
    return value.items.map((item, i): Argument => {
      const inner = arg.expr.k === 'list' ? arg.expr.items[i] : undefined;
      const named = item.is === 'function' ? item.node.name : item.is === 'unknown' ? item.label : '';
      return {
        expr: inner && !inner.spread ? inner.expr : { k: 'unknown', label: named },
        frame: arg.frame,
        value: () => item,
      };
    });
  });
}

function pathsOf(arg: Argument | undefined, call: Call): RouteEntry['path'][] {
  const value = arg ? force(arg.value(), call.machine) : unknownValue('');
  const each = value.is === 'list' ? value.items.slice(0, 64).map((item) => force(item, call.machine)) : [value];
  return each.map((item): RouteEntry['path'] => {
    if (item.is === 'text') return item;
    if (item.is === 'regex') {
      const literal = trivialPath(item.source);
      return literal === null ? { regex: item.source.slice(0, 512) } : (text(literal) satisfies Text);
    }
    if (isNothing(item)) return hole(arg ? label(arg.expr) : '');
    return hole((item.is === 'unknown' && item.label) || (arg ? label(arg.expr) : ''));
  });
}

/** `passport.authenticate('jwt')` is known by its strategy as well; of other calls, arguments may be secrets. */
function guardOf(arg: Argument): Guard {
  const name = label(arg.expr);
  const guard = namedGuard(name);
  if (arg.expr.k !== 'call' || !/(?:^|\.)authenticate$/.test(name)) return guard;
  const strategy = arg.expr.args[0]?.expr;
  if (strategy?.k !== 'const' || typeof strategy.value !== 'string' || !/^[a-z][a-z0-9-]{0,15}$/.test(strategy.value))
    return guard;
  const shown = `${name}(${strategy.value})`;
  return { ...guard, name: shown, mechanisms: [shown] };
}
