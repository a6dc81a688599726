import { type Expr, label } from '#collectors/code/ir';
import {
  concat,
  hole,
  join,
  literal,
  nothing,
  record,
  type Text,
  text,
  unknownValue,
  type Value,
} from '#collectors/code/value';
import { applyDecorator, argumentsOf, callValue } from './call.ts';
import { classValue, superCall, superMember } from './class.ts';
import { type Frame, step } from './machine.ts';
import { memberOf } from './member.ts';
import { force, lookup } from './module.ts';
import { assign } from './statement.ts';

export function evaluate(expr: Expr, frame: Frame): Value {
  return step(frame.machine, () => run(expr, frame)) ?? unknownValue(label(expr));
}

function run(expr: Expr, frame: Frame): Value {
  const { machine } = frame;
  switch (expr.k) {
    case 'const':
      return typeof expr.value === 'string' ? text(expr.value) : { is: 'constant', value: expr.value };
    case 'text':
      return expr.parts.map((part) => textOf(evaluate(part, frame), frame, part)).reduce(concat, text(''));
    case 'regex':
      return { is: 'regex', source: expr.source };
    case 'name':
      return nameValue(expr.name, frame);
    case 'this':
      return frame.self ?? unknownValue('this');
    case 'super':
      return unknownValue('super');
    case 'member':
      if (expr.of.k === 'super') return superMember(expr.name, frame);
      return memberOf(evaluate(expr.of, frame), expr.name, frame, expr.of);
    case 'index':
      return indexed(expr.of, expr.at, frame);
    case 'call':
      if (expr.fn.k === 'super') return superCall(argumentsOf(expr.args, frame), expr.line, frame);
      return callValue(
        evaluate(expr.fn, frame),
        {
          args: argumentsOf(expr.args, frame),
          line: expr.line,
          frame,
          machine,
        },
        expr.fn,
      );
    case 'function':
      return functionValue(expr, frame);
    case 'class':
      return classValue(expr, frame);
    case 'list': {
      const args = argumentsOf(expr.items, frame);
      return { is: 'list', items: args.map((arg) => arg.value()), open: expr.items.some((item) => item.spread) };
    }
    case 'record':
      return recordValue(expr, frame);
    case 'plus':
      return plus(expr.left, expr.right, frame);
    case 'default':
      return defaulted(evaluate(expr.left, frame), expr.right, frame);
    case 'either': {
      const left = evaluate(expr.left, frame);
      return join(left, evaluate(expr.right, frame));
    }
    case 'assign': {
      const value = evaluate(expr.value, frame);
      assign(expr.target, value, frame);
      return value;
    }
    case 'import':
      return importValue(evaluate(expr.spec, frame), frame);
    case 'decorate':
      return applyDecorator(evaluate(expr.by, frame), evaluate(expr.value, frame), expr.line, frame);
    case 'unknown':
      return unknownValue(expr.label);
  }
}

/** A value as part of a text: a hole where it is not known. */
export function textOf(value: Value, frame: Frame, expr?: Expr): Text {
  const known = force(value, frame.machine);
  if (known.is === 'text') return known;
  const whole = literal(known);
  if (whole !== null) return text(whole);
  return hole((known.is === 'unknown' && known.label) || (expr ? label(expr) : ''));
}

function nameValue(name: string, frame: Frame): Value {
  const found = lookup(frame.scope, name, frame.machine) ?? frame.module.language.globals.get(name);
  if (found !== undefined) return found;
  // Unresolved names keep one value, so that a router they are taken for is the same at each use.
  const value = unknownValue(name);
  frame.module.scope.vars.set(name, value);
  return value;
}

function indexed(of: Expr, at: Expr, frame: Frame): Value {
  const base = force(evaluate(of, frame), frame.machine);
  const index = force(evaluate(at, frame), frame.machine);
  if (base.is === 'class' || (base.is === 'native' && base.generic)) {
    return { is: 'generic', of: base, args: index.is === 'list' ? index.items : [index] };
  }
  if (base.is === 'list') {
    const position = index.is === 'constant' && typeof index.value === 'number' ? index.value : null;
    if (position === null) return base.items.length > 0 ? base.items.reduce(join) : unknownValue(label(of));
    return base.items.at(position) ?? (base.open ? unknownValue(label(of)) : nothing);
  }
  const key = literal(index);
  if (key !== null) return memberOf(base, key, frame, of);
  if (base.is === 'router') return base.router.framework.member(base.router, null) ?? unknownValue(label(of));
  if (base.is === 'record' && base.fields.size > 0) return [...base.fields.values()].reduce(join);
  return unknownValue(label(of));
}

function functionValue(expr: Expr & { k: 'function' }, frame: Frame): Value {
  const { machine, module, scope, self, home } = frame;
  const { fn } = expr;
  const value: Value = {
    is: 'function',
    node: fn,
    scope,
    module,
    self: fn.arrow ? self : null,
    home: fn.arrow ? home : null,
  };
  const waits = fn.hot && machine.mayHold(module.file) && !machine.ran.has(fn) && !machine.waiting.has(fn);
  if (waits) machine.waiting.set(fn, value);
  return value;
}

function recordValue(expr: Expr & { k: 'record' }, frame: Frame): Value {
  const made = record();
  for (const { key, value } of expr.fields) {
    if (key === null) {
      const spread = force(evaluate(value, frame), frame.machine);
      if (spread.is === 'record') for (const [name, field] of spread.fields) made.fields.set(name, field);
      if (spread.is !== 'record' || spread.open) made.open = true;
      continue;
    }
    const name = typeof key === 'string' ? key : literal(force(evaluate(key, frame), frame.machine));
    const field = evaluate(value, frame);
    if (name === null) made.open = true;
    else made.fields.set(name, field);
  }
  return made;
}

function plus(left: Expr, right: Expr, frame: Frame): Value {
  const a = force(evaluate(left, frame), frame.machine);
  const b = force(evaluate(right, frame), frame.machine);
  if (a.is === 'list' || b.is === 'list') {
    const lists = [a, b].map((side) => (side.is === 'list' ? side : { items: [], open: true }));
    return { is: 'list', items: lists.flatMap((list) => list.items), open: lists.some((list) => list.open) };
  }
  return concat(textOf(a, frame, left), textOf(b, frame, right));
}

/** `left || right`. Of the environment the literal default is taken, and said so; of anything else unknown, neither. */
function defaulted(left: Value, right: Expr, frame: Frame): Value {
  const known = force(left, frame.machine);
  if (known.is === 'unknown') {
    const other = force(evaluate(right, frame), frame.machine);
    if (!known.environment) return join(known, other);
    const value = literal(other);
    return value === null ? other : { ...text(value), assumes: [known.label] };
  }
  if (known.is === 'constant') return known.value ? known : evaluate(right, frame);
  return literal(known) === '' ? evaluate(right, frame) : left;
}

function importValue(spec: Value, frame: Frame): Value {
  const name = literal(force(spec, frame.machine));
  if (name === null) return unknownValue('require');
  return { is: 'import', from: frame.module, spec: name, name: '*', resolved: null };
}
