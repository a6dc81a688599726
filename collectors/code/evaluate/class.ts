import { type Expr, label } from '#collectors/code/ir';
import {
  type Argument,
  type Call,
  type ClassValue,
  type FunctionValue,
  native,
  nothing,
  type RecordValue,
  record,
  scopeBelow,
  unknownValue,
  type Value,
} from '#collectors/code/value';
import { blindArguments, callFunction } from './call.ts';
import { evaluate } from './expression.ts';
import { type Frame, frameOf, type Machine } from './machine.ts';
import { force } from './module.ts';
import { runStatements } from './statement.ts';

export function classValue(expr: Expr & { k: 'class' }, frame: Frame): ClassValue {
  const { cls } = expr;
  const scope = scopeBelow(frame.scope, true);
  const value: ClassValue = {
    is: 'class',
    node: cls,
    scope: frame.scope,
    module: frame.module,
    bases: cls.bases.map((base) => evaluate(base, frame)),
    statics: scope.vars,
    instance: null,
  };
  const waits = frame.machine.mayHold(frame.module.file) && cls.methods.some((method) => method.fn.hot);
  if (waits) frame.machine.classes.push(value);
  runStatements(cls.body, { ...frameOf(frame.machine, frame.module, scope), self: value, home: value });
  return value;
}

/** A class and its bases in the order in which a member is looked up; a native base ends the chain. */
export function* ancestry(cls: ClassValue, machine: Machine): Generator<ClassValue | (Value & { is: 'native' })> {
  const queue: Value[] = [cls];
  for (let taken = 0; queue.length > 0 && taken < 64; taken++) {
    let base = force(queue.shift()!, machine);
    if (base.is === 'generic') base = force(base.of, machine);
    if (base.is === 'native') yield base;
    if (base.is !== 'class') continue;
    yield base;
    queue.unshift(...base.bases);
  }
}

function findMethod(
  cls: ClassValue,
  name: string,
  machine: Machine,
  self: Value,
  after?: ClassValue,
): FunctionValue | undefined {
  return findIn(cls, name, machine, self, after)?.value;
}

function findIn(cls: ClassValue, name: string, machine: Machine, self: Value, after?: ClassValue) {
  let skipping = after !== undefined;
  for (const each of ancestry(cls, machine)) {
    if (each.is !== 'class') continue;
    if (skipping) {
      if (each === after) skipping = false;
      continue;
    }
    const method = each.node.methods.find((known) => known.name === name);
    if (!method) continue;
    const { scope, module } = each;
    const value: FunctionValue = { is: 'function', node: method.fn, scope, module, self, home: each };
    return { value, getter: method.getter };
  }
  return undefined;
}

/** `new cls(…)`: fields from the farthest base on, then the nearest constructor. */
export function construct(cls: ClassValue, call: Call): Value {
  const { machine } = call;
  const chain = [...ancestry(cls, machine)];
  const instance = record();
  instance.cls = cls;
  instance.open = true;
  for (const each of chain.toReversed()) {
    if (each.is === 'class') setFields(each, instance, machine);
  }
  runConstructor(cls, instance, call);
  if (cls.module.language.name === 'python' && instance.base === null) setDeclared(cls, instance, call);
  return instance;
}

/** A dataclass, a named tuple or a model takes its fields as arguments. */
function setDeclared(cls: ClassValue, instance: RecordValue, call: Call): void {
  if (findIn(cls, 'constructor', call.machine, instance)) return;
  const positional = call.args.filter((arg) => arg.name === undefined);
  for (const [i, { name }] of cls.node.fields.entries()) {
    const arg = call.args.find((each) => each.name === name) ?? positional[i];
    if (arg) instance.fields.set(name, arg.value());
  }
}

function setFields(cls: ClassValue, instance: RecordValue, machine: Machine): void {
  cls.instance ??= instance;
  const { module, scope } = cls;
  const frame = { ...frameOf(machine, module, scope), self: instance, home: cls };
  for (const { name, value, type } of cls.node.fields) {
    if (value) instance.fields.set(name, evaluate(value, frame));
    else if (type && module.language.blockScoped)
      instance.fields.set(name, { ...unknownValue(name), type: label(type) });
  }
}

function runConstructor(cls: ClassValue, instance: RecordValue, call: Call, after?: ClassValue): void {
  const initializer = findMethod(cls, 'constructor', call.machine, instance, after);
  if (initializer) callFunction(initializer, call);
  if (instance.base !== null) return;
  const base = [...ancestry(cls, call.machine)].find((each) => each.is === 'native');
  if (base?.call && (!initializer || after !== undefined)) instance.base = base.call(call);
}

/** `super(…)`: what the constructor of the base does, with the arguments given. */
export function superCall(args: Argument[], line: number, frame: Frame): Value {
  const { self, home, machine } = frame;
  if (self?.is !== 'record' || self.cls === null || home === null) return nothing;
  runConstructor(self.cls, self, { args, line, frame, machine }, home);
  return nothing;
}

export function superMember(name: string, frame: Frame): Value {
  const { self, home, machine } = frame;
  if (name === '__init__') {
    return native('super', (call) => superCall(call.args, call.line, frame));
  }
  if (self?.is !== 'record' || self.cls === null || home === null) return unknownValue(name);
  return findMethod(self.cls, name, machine, self, home) ?? self.base ?? unknownValue(name);
}

/** A member of a class: a method, or what its body or a base's body binds. */
export function classMember(cls: ClassValue, name: string, self: Value, machine: Machine): Value | undefined {
  const method = findIn(cls, name, machine, self);
  if (method) {
    if (!method.getter || self.is === 'class') return method.value;
    const { module, scope } = method.value;
    const frame = frameOf(machine, module, scope);
    return callFunction(method.value, { args: [], line: method.value.node.line, frame, machine });
  }
  for (const each of ancestry(cls, machine)) {
    const own = each.is === 'class' ? each.statics.get(name) : undefined;
    if (own !== undefined) return own;
  }
  return undefined;
}

/** An instance made with nothing known of its arguments, of a class that nobody in the source makes one of. */
export function constructBlind(cls: ClassValue, machine: Machine): Value {
  const frame = frameOf(machine, cls.module, cls.scope);
  const initializer = findMethod(cls, 'constructor', machine, nothing);
  const args = initializer ? blindArguments(initializer.node, frame) : [];
  return construct(cls, { args, line: cls.node.line, frame, machine });
}
