import { evaluate } from './evaluate/expression.ts';
import { fileOf, force } from './evaluate/module.ts';
import { type Expr, label } from './ir.ts';
import type { Argument, Call, Value } from './value.ts';

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
      if (expr.fn.k === 'member' && expr.fn.name === 'bind') return handlerOf(inner(arg, expr.fn.of));
      const wrapped = expr.args.findLast((each) => isHandler(each.expr));
      return wrapped ? handlerOf(inner(arg, wrapped.expr)) || label(expr) : label(expr);
    }
    case 'name':
    case 'member':
      return named(arg, expr);
    default:
      return label(expr);
  }
}

/** A part of an argument, as if it had been given by itself. */
function inner(arg: Argument, expr: Expr): Argument {
  return { expr, frame: arg.frame, value: () => evaluate(expr, arg.frame) };
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

const maxFrames = 16;

/**
 * Where a route was registered: of a helper that forwards what it is given, the call that gives it a path.
 *
 * @param path as it is written at the registration.
 */
export function placeOf(call: Call, path: Expr | undefined): { file: string; line: number } {
  let at = call;
  let written = path !== undefined && holdsText(path, 0);
  for (let i = 0; !written && i < maxFrames && at.frame.call !== null; i++) {
    at = at.frame.call;
    written = at.args.some((arg) => holdsText(arg.expr, 0));
  }
  const place = written ? at : call;
  return { file: place.frame.module.file, line: place.line };
}

/** Whether a literal that may be a path stands in an expression. */
function holdsText(expr: Expr, depth: number): boolean {
  if (depth > 6) return false;
  switch (expr.k) {
    case 'const':
      return typeof expr.value === 'string' && (expr.value === '' || expr.value.includes('/'));
    case 'regex':
      return true;
    case 'text':
      return expr.parts.some((part) => holdsText(part, depth + 1));
    case 'plus':
      return holdsText(expr.left, depth + 1) || holdsText(expr.right, depth + 1);
    case 'list':
      return expr.items.some((item) => holdsText(item.expr, depth + 1));
    case 'record':
      return expr.fields.some((field) => holdsText(field.value, depth + 1));
    default:
      return false;
  }
}

/** What a wrapper may be given as the handler. */
function isHandler(expr: Expr): boolean {
  if (expr.k === 'call') return expr.fn.k === 'member' && expr.fn.name === 'bind';
  return expr.k === 'name' || expr.k === 'member' || expr.k === 'function';
}
