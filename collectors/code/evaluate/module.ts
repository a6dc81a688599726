import {
  type ImportValue,
  isNothing,
  join,
  type Module,
  nothing,
  type Scope,
  type Value,
} from '#collectors/code/value';
import type { Machine } from './machine.ts';

/** A value that is no import any more: what it names, read and run if need be. */
export function force(value: Value, machine: Machine): Value {
  for (let hops = 0; value.is === 'import'; hops++) {
    if (hops > 32) return { is: 'unknown', label: value.name };
    value.resolved ??= resolveImport(value, machine);
    if (value.resolved === value) return { is: 'unknown', label: value.name };
    value = value.resolved;
  }
  return value;
}

/** The file that an import leads to, without reading it. */
export function fileOf(value: ImportValue, machine: Machine): string | null {
  const { spec, from, name } = value;
  return machine.resolve(spec, from) ?? (name === '*' ? null : machine.resolve(submodule(spec, name), from));
}

function submodule(spec: string, name: string): string {
  return spec.endsWith('.') ? spec + name : `${spec}.${name}`;
}

function resolveImport(value: ImportValue, machine: Machine): Value {
  const { from, spec, name } = value;
  const python = from.language.name === 'python';
  const file = machine.resolve(spec, from);
  if (file === null) {
    const known = machine.packages[from.language.name]?.get(spec);
    if (known) return name === '*' ? known : memberOfPackage(known, name, spec);
    if (python && name !== '*' && machine.resolve(submodule(spec, name), from) !== null) {
      return { is: 'import', from, spec: submodule(spec, name), name: '*', resolved: null };
    }
    const inner = python ? machine.packages[from.language.name]?.get(submodule(spec, name)) : undefined;
    if (inner) return inner;
    const label = name === '*' || name === 'default' ? (spec.split('/').at(-1) ?? '') : name;
    return /^[.#~]|^@\//.test(spec) ? { is: 'unknown', label } : { is: 'unknown', label, external: spec };
  }
  const module = machine.load(file);
  if (module === null) return { is: 'unknown', label: name };
  if (name === '*') return wholeModule(module);
  const inner: Value | null =
    python && machine.resolve(submodule(spec, name), from) !== null
      ? { is: 'import', from, spec: submodule(spec, name), name: '*', resolved: null }
      : null;
  // `from . import users` in a package itself can only mean the module beside it.
  const member = inner !== null && module === from ? undefined : moduleMember(module, name, machine);
  return member ?? inner ?? { is: 'unknown', label: name };
}

function memberOfPackage(known: Value, name: string, spec: string): Value {
  const member = known.is === 'native' ? known.member?.(name) : undefined;
  if (member) return member;
  return name === 'default' ? known : { is: 'unknown', label: name, external: spec };
}

/** What `require` gives: the exports of an ES module or a Python module by name, CommonJS's one value. */
function wholeModule(module: Module): Value {
  const esm = module.language.name === 'python' || module.exports.size > 0 || module.stars.length > 0;
  return esm ? { is: 'module', module } : (module.common.fields.get('exports') ?? nothing);
}

/** A name that a module exports; `undefined` when it does not. */
export function moduleMember(
  module: Module,
  name: string,
  machine: Machine,
  seen = new Set<Module>(),
): Value | undefined {
  if (seen.has(module)) return undefined;
  seen.add(module);
  if (module.language.name === 'python') return lookup(module.scope, name, machine, seen);
  const exported = module.exports.get(name);
  if (exported) {
    if ('local' in exported) return module.scope.vars.get(exported.local);
    return { is: 'import', from: module, spec: exported.spec, name: exported.from, resolved: null };
  }
  for (const spec of module.stars) {
    const file = machine.resolve(spec, module);
    const other = file === null ? null : machine.load(file);
    const member = other && name !== 'default' ? moduleMember(other, name, machine, seen) : undefined;
    if (member !== undefined) return member;
  }
  if (module.exports.size > 0 || module.stars.length > 0) return undefined;
  return commonMember(module, name);
}

function commonMember(module: Module, name: string): Value | undefined {
  const exports = module.common.fields.get('exports') ?? nothing;
  const own = exports.is === 'record' ? exports.fields.get(name) : undefined;
  if (own !== undefined || name !== 'default') return own;
  return isNothing(exports) ? undefined : exports;
}

/** A name as seen from a scope: its own, those of the scopes around it, and of modules that were imported whole. */
export function lookup(scope: Scope, name: string, machine: Machine, seen = new Set<Module>()): Value | undefined {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const own = at.vars.get(name);
    if (own !== undefined) return own;
    for (let i = at.stars.length - 1; i >= 0; i--) {
      const star = force(at.stars[i]!, machine);
      const found = star.is === 'module' ? moduleMember(star.module, name, machine, seen) : undefined;
      if (found !== undefined) return found;
      const packaged = star.is === 'native' ? star.member?.(name) : undefined;
      if (packaged !== undefined) return packaged;
    }
  }
  return undefined;
}

/** Binds a name where a declaration puts it. In a branch that need not be taken, what it was before may still hold. */
export function bind(scope: Scope, name: string, value: Value, maybe: boolean): void {
  const before = scope.vars.get(name);
  scope.vars.set(name, maybe && before !== undefined ? join(before, value) : value);
}
