import { textJoin } from '#collectors/code/evaluate/builtin';
import { textOf } from '#collectors/code/evaluate/expression';
import { force } from '#collectors/code/evaluate/module';
import {
  type Call,
  namespace,
  native,
  nothing,
  type RecordValue,
  record,
  text,
  unknownValue,
  type Value,
} from '#collectors/code/value';

const environment: Value = {
  is: 'native',
  name: 'process.env',
  member: (name) => ({ is: 'unknown', label: `process.env.${name}`, environment: true }),
};

/** `Object.keys` and its like over what is known of an object. */
function entries(pick: (key: string, value: Value) => Value): (call: Call) => Value {
  return (call) => {
    const of = force(call.args[0]?.value() ?? nothing, call.machine);
    if (of.is === 'module') {
      const { module } = of;
      const names = [...module.exports.keys()].filter((name) => name !== 'default');
      const items = names.map((name) => {
        return pick(name, {
          is: 'import',
          from: module,
          spec: `./${module.file.split('/').at(-1)}`,
          name,
          resolved: null,
        });
      });
      return { is: 'list', items, open: module.stars.length > 0 };
    }
    if (of.is !== 'record') return { is: 'list', items: [], open: true };
    return { is: 'list', items: [...of.fields].map(([key, value]) => pick(key, value)), open: of.open };
  };
}

function assigned(call: Call): Value {
  const all = call.args.map((arg) => force(arg.value(), call.machine));
  const into: RecordValue = all[0]?.is === 'record' ? all[0] : record();
  if (all[0]?.is !== 'record') return all[0] ?? nothing;
  for (const each of all.slice(1)) {
    if (each.is === 'record') for (const [key, value] of each.fields) into.fields.set(key, value);
    if (each.is !== 'record' || each.open) into.open = true;
  }
  return into;
}

const same = (name: string) => native(name, (call) => call.args[0]?.value() ?? nothing);

export const globals: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['process', namespace('process', { env: environment })],
  [
    'Object',
    namespace('Object', {
      keys: native(
        'keys',
        entries((key) => text(key)),
      ),
      values: native(
        'values',
        entries((_, value) => value),
      ),
      entries: native(
        'entries',
        entries((key, value) => ({ is: 'list', items: [text(key), value], open: false })),
      ),
      assign: native('assign', assigned),
      freeze: same('freeze'),
      seal: same('seal'),
      create: native('create', () => ({ ...record(), open: true })),
    }),
  ],
  [
    'Array',
    namespace('Array', {
      from: same('from'),
      of: native('of', (call) => ({ is: 'list', items: call.args.map((arg) => arg.value()), open: false })),
    }),
  ],
  ['Promise', namespace('Promise', { all: same('all'), resolve: same('resolve') })],
  ['String', native('String', (call) => textOf(call.args[0]?.value() ?? nothing, call.frame, call.args[0]?.expr))],
  ['console', { is: 'unknown', label: 'console', external: 'console' }],
  ['globalThis', unknownValue('globalThis')],
]);

/** `path.join('/api', 'users')`, and packages that do the same for addresses. */
const joinPath = native('join', (call) =>
  textJoin(
    '/',
    call.args.map((arg) => textOf(arg.value(), call.frame, arg.expr)),
  ),
);
const path = namespace('path', { join: joinPath, posix: namespace('posix', { join: joinPath }) });
const nodeProcess = namespace('process', { env: environment });

export const packages: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['path', path],
  ['node:path', path],
  ['url-join', joinPath],
  ['process', nodeProcess],
  ['node:process', nodeProcess],
]);
