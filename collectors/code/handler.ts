import { fileOf, force } from './evaluate/module.ts';
import { type Expr, label } from './ir.ts';
import type { Argument, Value } from './value.ts';

/**
 * What handles a route, for people: its name, and its place when that is another file. A handler that was imported is not
 * read for it.
 */
export function handlerOf(arg: Argument): string {
  const { expr } = arg;
  switch (expr.k) {
    case 'function':
      return expr.fn.name;
    case 'call': {
      // A wrapper says less than what it wraps: asyncHandler(users.list), users.list.bind(users).
      if (expr.fn.k === 'member' && expr.fn.name === 'bind') return handlerOf({ ...arg, expr: expr.fn.of });
      const wrapped = expr.args.findLast(
        ({ expr: inner }) => inner.k === 'name' || inner.k === 'member' || inner.k === 'function',
      );
      return wrapped ? handlerOf({ ...arg, expr: wrapped.expr }) || label(expr) : label(expr);
    }
    case 'name':
    case 'member':
      return named(arg, expr);
    default:
      return label(expr);
  }
}

function named(arg: Argument, expr: Expr): string {
  const { machine, module } = arg.frame;
  const base = baseOf(expr);
  const value = base === null ? undefined : scoped(arg, base);
  const shown = label(expr);
  if (value?.is === 'import') {
    const file = fileOf(value, machine);
    return file === null ? shown : `${shown} (${file})`;
  }
  if (value?.is === 'function') return elsewhere(value.node.name || shown, value, module.file);
  // A row of a table, an instance's method: its own name tells more than the variable's.
  const known = force(arg.frame.machine.depth > 300 ? { is: 'unknown', label: shown } : arg.value(), machine);
  return known.is === 'function' ? elsewhere(known.node.name || shown, known, module.file) : shown;
}

function elsewhere(name: string, value: Value & { is: 'function' }, file: string): string {
  return value.module.file === file ? name : `${name} (${value.module.file}:${value.node.line})`;
}

function baseOf(expr: Expr): string | null {
  let at = expr;
  while (at.k === 'member') at = at.of;
  return at.k === 'name' ? at.name : null;
}

function scoped(arg: Argument, name: string): Value | undefined {
  for (let scope: Argument['frame']['scope'] | null = arg.frame.scope; scope !== null; scope = scope.parent) {
    const value = scope.vars.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}
