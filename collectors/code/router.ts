import type { Facts, Protocol } from '#model/sighting';
import type { Frame, Machine } from './evaluate/machine.ts';
import type { Framework } from './framework.ts';
import type { FunctionNode } from './ir.ts';
import type { Piece, Text, Value } from './value.ts';
import { text } from './value.ts';

/** What stands before a handler: middleware, a dependency. */
export interface Guard {
  name: string;
  /** It decides who may call; `unknown` for what may or may not, `no` for what is known not to. */
  authenticates: 'yes' | 'optional' | 'unknown' | 'no';
  /** The field's name for how (`bearer`), or its own. */
  mechanisms: string[];
  scopes: string[];
}

/** An application, a router, a group: what routes are registered on, and what is mounted on another. */
export interface Router {
  framework: Framework;
  /** `app` answers requests itself; `adopted` is unresolved and only used like one. */
  kind: 'app' | 'router' | 'adopted';
  /** Where it was made. */
  file: string;
  line: number;
  /** Before all of its own paths. */
  prefix: Text;
  /** Where the whole application is served, when it says so itself. */
  basePath: Text | null;
  entries: Entry[];
  /** It was handed to something unknown, which may mount it. */
  escaped: boolean;
  /** What it says of all of its routes. */
  facts: Facts;
  /** Attributes that the source sets on it. */
  fields: Map<string, Value>;
  /** The function that was run on a supposition to make it. */
  supposed: FunctionNode | null;
}

/** What is registered on a router, in order; `supposed` is the function that was run on a supposition to register it. */
export type Entry = Registration & { supposed: FunctionNode | null };

export type Registration =
  | ({ is: 'route' } & RouteEntry)
  /** Guards every route below `path` that is registered after it, or all of them; or those of that very path. */
  | { is: 'guard'; path: Text; guards: Guard[]; always: boolean; exact?: boolean }
  | { is: 'mount'; path: Text; router: Router; guards: Guard[]; facts: Facts };

export interface RouteEntry {
  /** Upper case; `*` is any. */
  methods: string[];
  path: Text | { regex: string };
  protocol: Protocol;
  guards: Guard[];
  facts: Facts;
  /** The handler's bare name, where the framework makes an id of it. */
  operation?: string;
  file: string;
  line: number;
}

export function makeRouter(framework: Framework, kind: Router['kind'], at: Frame, line: number): Router {
  const router: Router = {
    framework,
    kind,
    file: at.module.file,
    line,
    prefix: text(''),
    basePath: null,
    entries: [],
    escaped: false,
    facts: {},
    fields: new Map(),
    supposed: at.machine.supposed,
  };
  at.machine.routers.push(router);
  at.machine.effects++;
  return router;
}

export function register(router: Router, entry: Registration, machine: Machine): void {
  router.entries.push({ ...entry, supposed: machine.supposed });
  // What registers without end is no program.
  if (++machine.effects > maxEffects) machine.steps = 0;
}

const maxEffects = 100_000;

/** `/users` below `/api/` is `/api/users`, in pieces. */
export function below(prefix: readonly Piece[], path: readonly Piece[]): Piece[] {
  const last = prefix.at(-1);
  const [first, ...rest] = path;
  if (typeof last !== 'string' || typeof first !== 'string') return [...prefix, ...path];
  const head = last.endsWith('/') ? last.slice(0, -1) : last;
  return [...prefix.slice(0, -1), head + (first.startsWith('/') ? first : `/${first}`), ...rest];
}
