import { type Arg, type Expr, type FunctionNode, label, type ParamNode } from '#collectors/code/ir';
import {
  type Argument,
  type Call,
  type FunctionValue,
  join,
  nothing,
  record,
  scopeBelow,
  unknownValue,
  type Value,
} from '#collectors/code/value';
import { construct } from './class.ts';
import { evaluate } from './expression.ts';
import { type Frame, frameOf, type Machine } from './machine.ts';
import { force } from './module.ts';
import { assign, runStatements } from './statement.ts';

/** Arguments that are evaluated when they are asked for, once. A spread list becomes its items. */
export function argumentsOf(args: readonly Arg[], frame: Frame): Argument[] {
  return args.flatMap(({ expr, name, spread }): Argument[] => {
    if (!spread) return [argument(expr, frame, name)];
    const whole = force(evaluate(expr, frame), frame.machine);
    if (name !== undefined) {
      if (whole.is !== 'record') return [];
      return [...whole.fields].map(([key, value]) => given(value, frame, expr, key));
    }
    if (whole.is !== 'list') return [given(unknownValue(label(expr)), frame, expr)];
    return whole.items.slice(0, 256).map((value) => given(value, frame, expr));
  });
}

function argument(expr: Expr, frame: Frame, name?: string): Argument {
  let value: Value | undefined;
  return { expr, ...(name !== undefined && { name }), frame, value: () => (value ??= evaluate(expr, frame)) };
}

/** An argument whose value is there already. */
export function given(value: Value, frame: Frame, expr?: Expr, name?: string): Argument {
  const shown = value.is === 'function' ? value.node.name : value.is === 'unknown' ? value.label : '';
  const written: Expr = shown || !expr ? { k: 'unknown', label: shown } : expr;
  return { expr: written, ...(name !== undefined && { name }), frame, value: () => value };
}

export function argumentNamed(call: Call, name: string, position = -1): Argument | undefined {
  const named = call.args.find((arg) => arg.name === name);
  return named ?? (position < 0 ? undefined : call.args.filter((arg) => arg.name === undefined)[position]);
}

export function callValue(callee: Value, call: Call, written?: Expr): Value {
  const fn = force(callee, call.machine);
  switch (fn.is) {
    case 'native':
      if (fn.call) return fn.call(call);
      break;
    case 'function':
      return callFunction(fn, call);
    case 'class':
      return construct(fn, call);
    case 'either':
      return fn.of.map((each) => callValue(each, call, written)).reduce(join);
    case 'generic':
      return callValue(fn.of, call, written);
  }
  return callUnknown(fn, call, written);
}

const maxCalls = 100;
/** How often a function may be at work inside of itself: a helper that mounts what mounts by the same helper is at work in itself. */
const maxNested = 4;

/**
 * Steps that a function may take in all without registering anything. What programs compute of their data doubles with each
 * branch that is followed; what they register does not.
 */
const maxIdle = 20_000;

/** Runs a function of the source: binds its parameters, runs its body, joins what it returns. */
export function callFunction(fn: FunctionValue, call: Call): Value {
  const { machine } = call;
  const running = machine.running.get(fn.node) ?? 0;
  if (machine.running.size >= maxCalls) machine.exhausted ??= 'depth';
  const skips = (machine.idle.get(fn.node) ?? 0) > maxIdle || running >= maxNested;
  if (skips || machine.running.size >= maxCalls) return unknownValue(fn.node.name);
  machine.running.set(fn.node, running + 1);
  machine.ran.add(fn.node);
  if (fn.node !== machine.supposed) machine.called.add(fn.node);
  machine.waiting.delete(fn.node);
  const { effects, steps } = machine;
  const frame = { ...frameOf(machine, fn.module, scopeBelow(fn.scope)), self: fn.self, home: fn.home, call };
  try {
    bindParams(fn, call.args, frame);
    if (fn.node.later !== null) machine.complete(fn.node, fn.module);
    runStatements(fn.node.body, frame);
  } finally {
    if (running === 0) machine.running.delete(fn.node);
    else machine.running.set(fn.node, running);
    const idle = machine.idle.get(fn.node) ?? 0;
    machine.idle.set(fn.node, machine.effects === effects ? idle + steps - machine.steps : Number.NEGATIVE_INFINITY);
  }
  return frame.returns.length === 0 ? nothing : frame.returns.reduce(join);
}

function bindParams(fn: FunctionValue, args: readonly Argument[], frame: Frame): void {
  const positional = args.filter((arg) => arg.name === undefined);
  const named = new Map(args.flatMap((arg) => (arg.name === undefined ? [] : [[arg.name, arg] as const])));
  let params = fn.node.params;
  if (fn.node.method && fn.self !== null && params[0]) {
    assign(params[0].target, fn.self, frame, true);
    params = params.slice(1);
  }
  let next = 0;
  for (const param of params) {
    const name = param.target.k === 'name' ? param.target.name : '';
    let value: Value;
    if (param.rest === 'items') {
      value = { is: 'list', items: positional.slice(next).map((arg) => arg.value()), open: false };
      next = positional.length;
    } else if (param.rest === 'fields') {
      const rest = record();
      for (const [key, arg] of named) rest.fields.set(key, arg.value());
      value = rest;
    } else {
      const arg = named.get(name) ?? (param.keyword ? undefined : positional[next++]);
      named.delete(name);
      value = arg ? arg.value() : missing(param, name, frame);
      if (param.type && value.is === 'unknown') value = { ...value, label: name, type: label(param.type) };
    }
    if (param.field && frame.self?.is === 'record') frame.self.fields.set(name, value);
    assign(param.target, value, frame, true);
  }
}

function missing(param: ParamNode, name: string, frame: Frame): Value {
  if (param.fallback) return evaluate(param.fallback, frame);
  return frame.module.language.name === 'python' ? unknownValue(name) : nothing;
}

/** Calls a function with nothing known of its arguments, as what nobody in the source calls. */
function callBlind(fn: FunctionValue, machine: Machine): Value {
  const frame = frameOf(machine, fn.module, fn.scope);
  return callFunction(fn, { args: blindArguments(fn.node, frame), line: fn.node.line, frame, machine });
}

/** Unknown values that bear the names of the parameters. */
export function blindArguments(fn: FunctionNode, frame: Frame): Argument[] {
  return (fn.method ? fn.params.slice(1) : fn.params).flatMap((param) => {
    if (param.rest || param.fallback) return [];
    const name = param.target.k === 'name' ? param.target.name : '';
    return [given(unknownValue(name), frame, undefined, param.keyword ? name : undefined)];
  });
}

/**
 * A call of something that is not part of the source. Its arguments are evaluated for what they do; functions among them
 * are taken to be called back; the one thing it was given is what it may hand back, wrapped.
 */
function callUnknown(fn: Value, call: Call, written: Expr | undefined): Value {
  let wraps: Value | undefined;
  for (const arg of call.args) {
    const value = arg.value();
    if (value.is === 'router') wraps ??= value;
    if (value.is !== 'function') continue;
    // `lazy(() => require('./routes')())` is in the end what the function gives.
    const thunk = value.node.params.length === 0;
    if (!thunk && (!value.node.hot || call.machine.ran.has(value.node))) continue;
    const given = callBlind(value, call.machine);
    if (thunk && (given.is === 'router' || given.is === 'import')) wraps ??= given;
  }
  const from = fn.is === 'unknown' ? fn : undefined;
  return {
    is: 'unknown',
    label: written ? label(written) : (from?.label ?? ''),
    ...(from?.external !== undefined && { external: from.external }),
    ...(wraps && { wraps }),
  };
}

/** `@by` above `value`. A decorator of the source that wraps a function leaves it the function it was. */
export function applyDecorator(by: Value, value: Value, line: number, frame: Frame): Value {
  const decorator = force(by, frame.machine);
  if (decorator.is !== 'native' && decorator.is !== 'function') return value;
  const call: Call = { args: [given(value, frame)], line, frame, machine: frame.machine };
  const result = callValue(decorator, call);
  return result.is === 'router' || result.is === 'record' || decorator.is === 'native' ? result : value;
}
