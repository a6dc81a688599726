import { argumentNamed } from '#collectors/code/evaluate/call';
import { force } from '#collectors/code/evaluate/module';
import type { Framework } from '#collectors/code/framework';
import { namedGuard } from '#collectors/code/guard';
import { handlerOf, placeOf } from '#collectors/code/handler';
import { label } from '#collectors/code/ir';
import {
  type Guard,
  makeRouter,
  type Registration,
  type RouteEntry,
  type Router,
  register,
} from '#collectors/code/router';
import {
  type Argument,
  type Call,
  hole,
  literal,
  namespace,
  native,
  nothing,
  type Text,
  text,
  unknownValue,
  type Value,
} from '#collectors/code/value';
import type { Facts } from '#model/sighting';
import { guardOf, schemeNames } from './dependency.ts';
import { fastapiTemplates, operationId } from './path.ts';
import { dependencyOf, signatureOf } from './signature.ts';
import { providedTypes } from './types.ts';

const verbs = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head', 'trace'];

const marker = (name: string): Value => native(name, (call) => ({ is: 'marker', name, call }));
const markers = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, marker(name)]));
const types = (names: readonly string[]): Record<string, Value> =>
  Object.fromEntries(names.map((name) => [name, { is: 'native', name, generic: true }]));

const makers = {
  FastAPI: native('FastAPI', (call) => made('app', call)),
  APIRouter: native('APIRouter', (call) => made('router', call)),
};
const schemes = markers(schemeNames);
const given = types([...providedTypes, 'UploadFile']);
const declared = markers(['Depends', 'Security', 'Path', 'Query', 'Header', 'Cookie', 'Body', 'Form', 'File']);

/** FastAPI (fastapi.tiangolo.com), and what of Starlette's routing it hands on. */
export const fastapiFramework: Framework = {
  name: 'fastapi',
  language: 'python',
  holds:
    /fastapi|APIRouter|include_router|add_api_route|@\w+(?:\.\w+)*\.(?:get|post|put|patch|delete|options|head|trace|api_route|websocket)\(/,
  marks: /fastapi/,
  verbs,
  registers: [
    'api_route',
    'websocket',
    'websocket_route',
    'add_api_route',
    'add_api_websocket_route',
    'add_route',
    'include_router',
    'mount',
    'FastAPI',
    'APIRouter',
  ],
  packages: new Map<string, Value>([
    ['fastapi', namespace('fastapi', { ...makers, ...declared, ...given })],
    ['fastapi.routing', namespace('fastapi.routing', makers)],
    ['fastapi.applications', namespace('fastapi.applications', makers)],
    ['fastapi.security', namespace('fastapi.security', { ...schemes, ...given })],
    ['fastapi.security.http', namespace('fastapi.security', schemes)],
    ['fastapi.security.oauth2', namespace('fastapi.security', schemes)],
    ['fastapi.security.api_key', namespace('fastapi.security', schemes)],
    ['fastapi.params', namespace('fastapi.params', declared)],
    ['fastapi.requests', namespace('fastapi.requests', given)],
    ['fastapi.responses', namespace('fastapi.responses', {})],
    ['fastapi.websockets', namespace('fastapi.websockets', given)],
    ['starlette.requests', namespace('starlette.requests', given)],
    ['starlette.responses', namespace('starlette.responses', given)],
    ['starlette.websockets', namespace('starlette.websockets', given)],
  ]),
  member,
  adopts(name, unknown) {
    const type = unknown.type?.split('.').at(-1) ?? '';
    if (type !== '') return type === 'FastAPI' || type === 'APIRouter';
    return unknown.external === undefined && /^(?:app|router|api)$|_router$/.test(name);
  },
  template: fastapiTemplates,
  operationId,
};

function made(kind: 'app' | 'router', call: Call): Value {
  const router = makeRouter(fastapiFramework, kind, call.frame, call.line);
  const prefix = argumentNamed(call, 'prefix');
  const rootPath = argumentNamed(call, 'root_path');
  if (prefix) router.prefix = textAt(prefix, call);
  if (rootPath) router.basePath = textAt(rootPath, call);
  router.facts = sharedFacts(call);
  const guards = dependencies(call);
  if (guards.length > 0) register(router, { is: 'guard', path: text(''), guards, always: true }, call.machine);
  return { is: 'router', router };
}

function textAt(arg: Argument, call: Call): Text {
  const value = force(arg.value(), call.machine);
  if (value.is === 'text') return value;
  const whole = literal(value);
  if (whole !== null) return text(whole);
  if (value.is === 'constant') return text('');
  return hole((value.is === 'unknown' && value.label) || label(arg.expr));
}

function member(router: Router, name: string | null): Value | undefined {
  const self: Value = { is: 'router', router };
  if (name === null || name === 'api_route' || name === 'route')
    return decorator(router, (call) => methodsOf(call, name === null ? ['*'] : ['GET']));
  if (verbs.includes(name)) return decorator(router, () => [name.toUpperCase()]);
  switch (name) {
    case 'websocket':
    case 'websocket_route':
      return decorator(router, () => ['GET'], 'websocket');
    case 'add_api_route':
    case 'add_route':
      return native(name, (call) =>
        add(router, call, argumentNamed(call, 'endpoint', 1), methodsOf(call, ['GET']), 'http'),
      );
    case 'add_api_websocket_route':
      return native(name, (call) => add(router, call, argumentNamed(call, 'endpoint', 1), ['GET'], 'websocket'));
    case 'include_router':
      return native(name, (call) =>
        include(router, call, argumentNamed(call, 'router', 0), argumentNamed(call, 'prefix')),
      );
    case 'mount':
      return native(name, (call) =>
        include(router, call, argumentNamed(call, 'app', 1), argumentNamed(call, 'path', 0)),
      );
    case 'middleware':
      return native(name, () => native('middleware', (call) => wrap(router, call.args[0], call)));
    case 'add_middleware':
      return native(name, (call) => wrap(router, argumentNamed(call, 'middleware_class', 0), call));
    case 'router':
      return self;
    case 'on_event':
    case 'exception_handler':
      return native(name, () => native(name, (call) => call.args[0]?.value() ?? nothing));
    default:
      return undefined;
  }
}

/** `@router.get(path, …)`: registers the function below it, and leaves it what it is. */
function decorator(
  router: Router,
  methods: (call: Call) => string[],
  protocol: RouteEntry['protocol'] = 'http',
): Value {
  return native('route', (call) =>
    native('decorator', (applied) => {
      const [fn] = applied.args;
      add(router, call, fn, methods(call), protocol);
      return fn?.value() ?? nothing;
    }),
  );
}

function methodsOf(call: Call, otherwise: string[]): string[] {
  const arg = argumentNamed(call, 'methods');
  const value = arg && force(arg.value(), call.machine);
  if (value?.is !== 'list') return value && value.is !== 'constant' ? ['*'] : otherwise;
  const known = value.items.map((item) => literal(force(item, call.machine))?.toUpperCase() ?? '*');
  return known.map((method) => (/^[A-Z]{1,32}$/.test(method) ? method : '*'));
}

function add(
  router: Router,
  call: Call,
  endpoint: Argument | undefined,
  methods: string[],
  protocol: RouteEntry['protocol'],
): Value {
  const path = argumentNamed(call, 'path', 0);
  if (!path || !endpoint) return nothing;
  const at = textAt(path, call);
  const { machine } = call;
  const names = new Set(
    at.pieces.flatMap((piece) =>
      typeof piece === 'string' ? [...piece.matchAll(/\{(\w{1,128})/g)].map((found) => found[1]!) : [],
    ),
  );
  const fn = force(endpoint.value(), machine);
  const signature = fn.is === 'function' ? signatureOf(fn, names, machine) : null;
  const handler = fn.is === 'function' && endpoint.expr.k === 'unknown' ? fn.node.name : handlerOf(endpoint);
  const facts: Facts = { ...sharedFacts(call), ...routeFacts(call), ...(handler && { handler }) };
  if (signature && signature.params.length > 0) facts.params = signature.params;
  const entry: Registration = {
    is: 'route',
    methods,
    path: at,
    protocol,
    guards: [
      ...dependencies(call),
      ...(signature?.guards ?? []),
      // What reads the request itself may decide by it.
      ...(signature === null || signature.reads ? [namedGuard('')] : []),
    ],
    facts,
    ...(fn.is === 'function' && { operation: fn.node.name }),
    ...placeOf(call, path.expr),
  };
  register(router, entry, machine);
  return nothing;
}

/** What may be said of a route, a router, an inclusion and an application alike. */
function sharedFacts(call: Call): Facts {
  const facts: Facts = {};
  const tags = argumentNamed(call, 'tags');
  const known = tags && force(tags.value(), call.machine);
  const names = known?.is === 'list' ? known.items.map(literal).filter((tag) => tag !== null) : [];
  if (is(call, 'include_in_schema', false)) names.push('not-in-schema');
  if (names.length > 0) facts.tags = names.slice(0, 32);
  if (is(call, 'deprecated', true)) facts.deprecated = true;
  return facts;
}

function is(call: Call, name: string, wanted: boolean): boolean {
  const value = argumentNamed(call, name)?.value();
  return value?.is === 'constant' && value.value === wanted;
}

function routeFacts(call: Call): Facts {
  const facts: Facts = {};
  const read = (name: string) => {
    const arg = argumentNamed(call, name);
    return arg ? literal(force(arg.value(), call.machine)) : null;
  };
  const [id, summary, status] = [read('operation_id'), read('summary'), read('status_code')];
  if (id) facts.operationId = id.slice(0, 256);
  if (summary) facts.summary = summary.slice(0, 256);
  const named = argumentNamed(call, 'status_code');
  const code = status ?? (named ? /HTTP_([1-5][0-9]{2})/.exec(label(named.expr))?.[1] : undefined);
  if (code && /^[1-5][0-9]{2}$/.test(code)) facts.responses = [code];
  if (argumentNamed(call, 'response_model')) facts.produces = ['application/json'];
  return facts;
}

function dependencies(call: Call): Guard[] {
  const arg = argumentNamed(call, 'dependencies');
  const list = arg && force(arg.value(), call.machine);
  if (!list || list.is === 'constant') return [];
  if (list.is !== 'list') return [namedGuard(label(arg.expr))];
  return list.items.map((item) => {
    const known = force(item, call.machine);
    if (known.is !== 'marker') return namedGuard(known.is === 'unknown' ? known.label : '');
    return guardOf(dependencyOf(known, null, new Set(), call.machine));
  });
}

function include(router: Router, call: Call, child: Argument | undefined, prefix: Argument | undefined): Value {
  const mounted = child ? routersOf(force(child.value(), call.machine)) : [];
  for (const each of mounted) {
    if (each === router) continue;
    const path = prefix ? textAt(prefix, call) : text('');
    const guards = dependencies(call);
    register(router, { is: 'mount', path, router: each, guards, facts: sharedFacts(call) }, call.machine);
  }
  return nothing;
}

function routersOf(value: Value): Router[] {
  switch (value.is) {
    case 'router':
      return [value.router];
    case 'record':
      return value.base ? routersOf(value.base) : [];
    case 'unknown':
      return value.adopted ? [value.adopted] : value.wraps ? routersOf(value.wraps) : [];
    case 'either':
      return value.of.flatMap(routersOf);
    default:
      return [];
  }
}

/** A middleware stands before every route, whenever it is added. */
function wrap(router: Router, arg: Argument | undefined, call: Call): Value {
  const name = arg ? label(arg.expr) : '';
  const harmless =
    /^(?:CORS|GZip|TrustedHost|HTTPSRedirect|Brotli|ProxyHeaders|Prometheus|CorrelationId|RawContextMiddleware|Logging|Timing)\w*Middleware$/.test(
      name,
    );
  const guard = namedGuard(name);
  const guards: Guard[] = [harmless ? { ...guard, authenticates: 'no' } : guard];
  register(router, { is: 'guard', path: text(''), guards, always: true }, call.machine);
  return arg?.value() ?? unknownValue(name);
}
