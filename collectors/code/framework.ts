import type { Language } from './language.ts';
import type { Router } from './router.ts';
import type { Template } from './template.ts';
import type { Piece, Unknown, Value } from './value.ts';

/**
 * A web framework: one folder that says what its packages export, and what the methods of its routers do. Everything
 * else (imports, constants, helpers, classes, loops, mounts) is the same for all.
 */
export interface Framework {
  name: string;
  language: Language['name'];
  /** A file in which this matches nothing cannot hold a route, and is parsed only when one that is parsed asks for it. */
  holds: RegExp;
  /** A source of which no file matches this does not use the framework. */
  marks: RegExp;
  /** Methods and functions that register, mount or make a router. */
  registers: readonly string[];
  /** Methods named for a verb, which other things have as well (a map's `get`). */
  verbs: readonly string[];
  /** What its packages export, by the name they are imported by. */
  packages: ReadonlyMap<string, Value>;
  /** A member of one of its routers; `null` as the name is a member whose name is not known. */
  member(router: Router, name: string | null): Value | undefined;
  /** Whether something unresolved of that name or type, used as a router, is taken for one. */
  adopts(name: string, unknown: Unknown): boolean;
  /** The path template of a route, in the forms in which it answers. */
  template(pieces: readonly Piece[]): Template[];
  /** The id that it gives an operation which has none: from the handler's name, the path as written, and the method. */
  operationId?(handler: string, path: string, method: string): string;
}
