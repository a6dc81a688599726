import { type Expr, label } from '#collectors/code/ir';
import { makeRouter } from '#collectors/code/router';
import {
  join,
  native,
  nothing,
  type RecordValue,
  type Unknown,
  unknownValue,
  type Value,
} from '#collectors/code/value';
import { builtinMember } from './builtin.ts';
import { callValue } from './call.ts';
import { ancestry, classMember } from './class.ts';
import type { Frame } from './machine.ts';
import { force, moduleMember } from './module.ts';

/** `value.name`. */
export function memberOf(value: Value, name: string, frame: Frame, written?: Expr): Value {
  const { machine } = frame;
  if (value.is === 'import' && value.name === '*' && value.from.language.name === 'python') {
    const inner = submodule(value, name, frame);
    if (inner !== undefined) return inner;
  }
  const of = force(value, machine);
  const found = known(of, name, frame, written);
  if (found !== undefined) return found;
  const shown = written ? label(written) : of.is === 'unknown' ? of.label : '';
  const external = of.is === 'unknown' ? of.external : undefined;
  return {
    is: 'unknown',
    label: shown === '' ? name : `${shown}.${name}`.slice(-80),
    ...(external !== undefined && { external }),
  };
}

/** `a.b` of `import a`, where `a` is a folder that is no module itself, or does not name `b`. */
function submodule(value: Value & { is: 'import' }, name: string, frame: Frame): Value | undefined {
  const { machine } = frame;
  if (machine.resolve(value.spec, value.from) !== null) return undefined;
  const spec = value.spec.endsWith('.') ? value.spec + name : `${value.spec}.${name}`;
  if (machine.packages['python']?.has(value.spec) && !machine.packages['python'].has(spec)) return undefined;
  return { is: 'import', from: value.from, spec, name: '*', resolved: null };
}

function known(of: Value, name: string, frame: Frame, written: Expr | undefined): Value | undefined {
  const { machine } = frame;
  switch (of.is) {
    case 'record':
      return recordMember(of, name, frame);
    case 'module': {
      const member = moduleMember(of.module, name, machine);
      if (member !== undefined || of.module.language.name !== 'python') return member;
      if (machine.resolve(`.${name}`, of.module) === null) return undefined;
      return { is: 'import', from: of.module, spec: `.${name}`, name: '*', resolved: null };
    }
    case 'router':
      return of.router.fields.get(name) ?? of.router.framework.member(of.router, name);
    case 'native':
      return of.member?.(name);
    case 'class':
      return classMember(of, name, of, machine);
    case 'generic':
      return memberOf(of.of, name, frame, written);
    case 'either':
      return of.of.map((each) => memberOf(each, name, frame, written)).reduce(join);
    case 'function':
      return machine.attributes.get(of.node)?.get(name) ?? functionMember(of, name);
    case 'unknown':
      return unknownMember(of, name, frame, written);
    default:
      return builtinMember(of, name, machine);
  }
}

function recordMember(of: RecordValue, name: string, frame: Frame): Value | undefined {
  const { machine } = frame;
  const own = of.fields.get(name);
  if (own !== undefined) return own;
  if (of.cls !== null) {
    const member = classMember(of.cls, name, of, machine);
    if (member?.is === 'text' && readsEnvironment(of, frame))
      return { ...member, assumes: [`${of.cls.node.name}.${name}`] };
    if (member !== undefined) return member;
  }
  if (of.base !== null) return memberOf(of.base, name, frame);
  const builtin = of.cls === null ? builtinMember(of, name, machine) : undefined;
  return builtin ?? (of.open ? undefined : nothing);
}

/** A settings class of pydantic takes its values from the environment; what the class has are defaults. */
function readsEnvironment(of: RecordValue, frame: Frame): boolean {
  if (of.cls === null) return false;
  return [...ancestry(of.cls, frame.machine)].some((each) => each.is === 'native' && each.name === 'BaseSettings');
}

function functionMember(of: Value, name: string): Value | undefined {
  if (name === 'bind') return native('bind', () => of);
  if (name !== 'call' && name !== 'apply') return undefined;
  return native(name, (call) => {
    const rest = name === 'call' ? call.args.slice(1) : [];
    return callValue(of, { ...call, args: rest });
  });
}

/** Something unresolved: what it wraps, or the router it is used as. */
function unknownMember(of: Unknown, name: string, frame: Frame, written: Expr | undefined): Value | undefined {
  if (of.wraps) {
    const member = known(of.wraps, name, frame, written);
    if (member !== undefined) return member;
    // `const { app } = wrap(express())`
    if (/^(?:app|router)$/.test(name)) return of.wraps;
  }
  if (of.adopted) return of.adopted.fields.get(name) ?? of.adopted.framework.member(of.adopted, name);
  const called = (written ? label(written) : of.label).split('.').at(-1) ?? '';
  const framework = frame.machine.frameworks.find(
    (each) =>
      each.language === frame.module.language.name &&
      (each.registers.includes(name) || each.verbs.includes(name)) &&
      each.adopts(called, of),
  );
  if (!framework) return undefined;
  of.adopted = makeRouter(framework, 'adopted', frame, 1);
  return framework.member(of.adopted, name) ?? unknownValue(name);
}
