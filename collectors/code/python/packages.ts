import { argumentNamed } from '#collectors/code/evaluate/call';
import { textOf } from '#collectors/code/evaluate/expression';
import { memberOf } from '#collectors/code/evaluate/member';
import { force } from '#collectors/code/evaluate/module';
import {
  type Call,
  literal,
  type Native,
  namespace,
  native,
  nothing,
  record,
  text,
  unknownValue,
  type Value,
} from '#collectors/code/value';

const type = (name: string): Native => ({ is: 'native', name, generic: true });
const types = (...names: string[]): Record<string, Value> =>
  Object.fromEntries(names.map((name) => [name, type(name)]));

/** `os.getenv(name, default)`: the literal default, and said so. */
function environmentValue(call: Call): Value {
  const name = literal(force(call.args[0]?.value() ?? nothing, call.machine)) ?? '';
  const label = `os.environ ${name.replace(/\W/g, '').slice(0, 60)}`;
  const fallback = argumentNamed(call, 'default', 1)?.value();
  const whole = fallback && literal(force(fallback, call.machine));
  if (typeof whole === 'string') return { ...text(whole), assumes: [label] };
  return { is: 'unknown', label, environment: true };
}

const environ: Value = {
  is: 'native',
  name: 'os.environ',
  member: (name) =>
    name === 'get'
      ? native('get', environmentValue)
      : { is: 'unknown', label: `os.environ ${name}`, environment: true },
};

const same = (name: string): Value => ({
  is: 'native',
  name,
  generic: true,
  call: (call) => call.args[0]?.value() ?? record(),
});

function enumerated(call: Call): Value {
  const of = force(call.args[0]?.value() ?? nothing, call.machine);
  if (of.is !== 'list') return { is: 'list', items: [], open: true };
  const items = of.items.map(
    (item, i): Value => ({ is: 'list', items: [{ is: 'constant', value: i }, item], open: false }),
  );
  return { is: 'list', items, open: of.open };
}

/** `Field('/api')`, `Field(default='/api')`: in a class body, the default. */
function fieldDefault(call: Call): Value {
  return argumentNamed(call, 'default', 0)?.value() ?? unknownValue('Field');
}

function attribute(call: Call): Value {
  const [of, name] = call.args;
  const key = name && literal(force(name.value(), call.machine));
  return of && typeof key === 'string' ? memberOf(of.value(), key, call.frame, of.expr) : unknownValue('getattr');
}

function importedModule(call: Call): Value {
  const spec = literal(force(call.args[0]?.value() ?? nothing, call.machine));
  if (spec === null) return unknownValue('import_module');
  return { is: 'import', from: call.frame.module, spec, name: '*', resolved: null };
}

export const globals: ReadonlyMap<string, Value> = new Map<string, Value>(
  Object.entries({
    ...types('int', 'float', 'bool', 'bytes', 'object', 'type', 'complex'),
    str: {
      is: 'native',
      name: 'str',
      generic: true,
      call: (call) => textOf(call.args[0]?.value() ?? nothing, call.frame),
    },
    // What `int | None` is lowered to.
    '|': type('Union'),
    list: same('list'),
    tuple: same('tuple'),
    set: same('set'),
    frozenset: same('frozenset'),
    dict: { is: 'native', name: 'dict', generic: true, call: keyed },
    enumerate: native('enumerate', enumerated),
    getattr: native('getattr', attribute),
  } satisfies Record<string, Value>),
);

function keyed(call: Call): Value {
  const made = record();
  for (const { name, value } of call.args) if (name !== undefined) made.fields.set(name, value());
  made.open = call.args.some((arg) => arg.name === undefined);
  return made;
}

const typing = namespace('typing', {
  ...types(
    'Annotated',
    'Optional',
    'Union',
    'List',
    'Sequence',
    'Set',
    'Dict',
    'Tuple',
    'Any',
    'Literal',
    'Iterable',
    'Type',
    'Generic',
  ),
});
const pydantic = {
  ...types(
    'BaseModel',
    'EmailStr',
    'HttpUrl',
    'AnyUrl',
    'UUID4',
    'UUID1',
    'UUID5',
    'PositiveInt',
    'NonNegativeInt',
    'SecretStr',
    'Json',
  ),
  BaseSettings: type('BaseSettings'),
  Field: native('Field', fieldDefault),
};

export const packages: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['os', namespace('os', { getenv: native('getenv', environmentValue), environ })],
  ['typing', typing],
  ['typing_extensions', typing],
  ['pydantic', namespace('pydantic', pydantic)],
  ['pydantic.v1', namespace('pydantic', pydantic)],
  ['pydantic_settings', namespace('pydantic_settings', { BaseSettings: type('BaseSettings') })],
  ['enum', namespace('enum', types('Enum', 'StrEnum', 'IntEnum', 'Flag'))],
  ['uuid', namespace('uuid', types('UUID'))],
  ['datetime', namespace('datetime', types('date', 'datetime', 'time', 'timedelta'))],
  ['decimal', namespace('decimal', types('Decimal'))],
  ['pathlib', namespace('pathlib', types('Path'))],
  ['importlib', namespace('importlib', { import_module: native('import_module', importedModule) })],
]);
