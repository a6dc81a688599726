import type { Router } from '#collectors/code/router';
import type { Value } from '#collectors/code/value';
import type { Machine } from './machine.ts';
import { force, moduleMember } from './module.ts';

/** The routers that a value is, wraps, inherits from, or exports by default. */
export function routersOf(value: Value, machine: Machine, depth = 0): Router[] {
  const known = force(value, machine);
  if (depth > 8) return [];
  const inside = (inner: Value | null | undefined) => (inner ? routersOf(inner, machine, depth + 1) : []);
  switch (known.is) {
    case 'router':
      return [known.router];
    case 'unknown':
      return known.adopted ? [known.adopted] : inside(known.wraps);
    case 'record':
      return inside(known.base);
    case 'either':
      return known.of.flatMap(inside);
    case 'module':
      return inside(moduleMember(known.module, 'default', machine));
    default:
      return [];
  }
}
