import { ancestry } from '#collectors/code/evaluate/class';
import type { Machine } from '#collectors/code/evaluate/machine';
import { force } from '#collectors/code/evaluate/module';
import { literal, type Marker, type Value } from '#collectors/code/value';
import type { Param } from '#model/sighting';

/** What an annotation says: a value of a path, query or header, a body, or something that FastAPI provides itself. */
export interface Typed {
  role: 'scalar' | 'list' | 'body' | 'provided' | 'unknown';
  type: Pick<Param, 'type' | 'format' | 'enum'>;
  /** `Depends`, `Query` and their like in `Annotated`. */
  markers: Marker[];
  /** The model of a body. */
  model: (Value & { is: 'class' }) | null;
}

const scalars: Record<string, Typed['type']> = {
  int: { type: 'integer' },
  PositiveInt: { type: 'integer' },
  NonNegativeInt: { type: 'integer' },
  float: { type: 'number' },
  Decimal: { type: 'number' },
  bool: { type: 'boolean' },
  str: { type: 'string' },
  bytes: { type: 'string' },
  Path: { type: 'string' },
  SecretStr: { type: 'string' },
  EmailStr: { type: 'string', format: 'email' },
  HttpUrl: { type: 'string', format: 'uri' },
  AnyUrl: { type: 'string', format: 'uri' },
  UUID: { type: 'string', format: 'uuid' },
  UUID1: { type: 'string', format: 'uuid' },
  UUID4: { type: 'string', format: 'uuid' },
  UUID5: { type: 'string', format: 'uuid' },
  date: { type: 'string', format: 'date' },
  datetime: { type: 'string', format: 'date-time' },
  time: { type: 'string', format: 'time' },
  timedelta: { type: 'string', format: 'duration' },
};

const lists = new Set(['list', 'List', 'Sequence', 'set', 'Set', 'tuple', 'Tuple', 'frozenset', 'Iterable']);
const dictionaries = new Set(['dict', 'Dict', 'Any', 'object', 'Json']);

/** What FastAPI hands to a handler itself. */
export const providedTypes = [
  'Request',
  'Response',
  'WebSocket',
  'HTTPConnection',
  'BackgroundTasks',
  'SecurityScopes',
];
const provided = new Set(providedTypes);

const nobody = { markers: [], model: null };

export function typed(value: Value, machine: Machine, depth = 0): Typed {
  const known = force(value, machine);
  if (depth > 8) return { role: 'unknown', type: {}, ...nobody };
  switch (known.is) {
    case 'native':
      return named(known.name);
    case 'class':
      return ofClass(known, machine);
    case 'generic':
      return ofGeneric(known, machine, depth);
    // A string is an annotation that was written before its class.
    case 'text':
    case 'either':
    case 'unknown':
      return { role: 'unknown', type: {}, ...nobody };
    default:
      return { role: 'unknown', type: {}, ...nobody };
  }
}

function named(name: string): Typed {
  if (Object.hasOwn(scalars, name)) return { role: 'scalar', type: scalars[name]!, ...nobody };
  if (provided.has(name)) return { role: 'provided', type: {}, ...nobody };
  if (lists.has(name)) return { role: 'list', type: { type: 'array' }, ...nobody };
  if (name === 'UploadFile') return { role: 'body', type: { type: 'string', format: 'binary' }, ...nobody };
  if (dictionaries.has(name)) return { role: 'body', type: { type: 'object' }, ...nobody };
  return { role: 'unknown', type: {}, ...nobody };
}

function ofClass(cls: Value & { is: 'class' }, machine: Machine): Typed {
  for (const each of ancestry(cls, machine)) {
    if (each.is !== 'native') continue;
    if (/^(?:Enum|StrEnum|IntEnum)$/.test(each.name)) {
      const values = [...cls.statics.values()].map(literal).filter((item) => item !== null);
      const type = each.name === 'IntEnum' ? 'integer' : 'string';
      return { role: 'scalar', type: { type, ...(values.length <= 32 && { enum: values }) }, ...nobody };
    }
    if (provided.has(each.name)) return { role: 'provided', type: {}, ...nobody };
    if (each.name === 'BaseModel') return { role: 'body', type: { type: 'object' }, markers: [], model: cls };
    if (each.name !== 'str' && Object.hasOwn(scalars, each.name)) return named(each.name);
  }
  return { role: 'body', type: { type: 'object' }, markers: [], model: cls };
}

function ofGeneric(generic: Value & { is: 'generic' }, machine: Machine, depth: number): Typed {
  const of = force(generic.of, machine);
  const name = of.is === 'native' ? of.name : '';
  const inner = (i: number) => typed(generic.args[i] ?? { is: 'unknown', label: '' }, machine, depth + 1);
  if (name === 'Annotated') {
    const first = inner(0);
    const markers = generic.args
      .slice(1)
      .map((arg) => force(arg, machine))
      .filter((arg) => arg.is === 'marker');
    return { ...first, markers: [...first.markers, ...markers] };
  }
  if (name === 'Optional') return inner(0);
  if (name === 'Union') {
    const present = generic.args.filter((arg) => !(arg.is === 'constant'));
    return present.length === 0 ? named('') : typed(present[0]!, machine, depth + 1);
  }
  if (name === 'Literal') {
    const values = generic.args.map(literal).filter((item) => item !== null);
    return { role: 'scalar', type: { type: 'string', ...(values.length <= 32 && { enum: values }) }, ...nobody };
  }
  if (lists.has(name)) return { ...inner(0), role: 'list', type: { type: 'array' }, model: null };
  if (of.is === 'class') return ofClass(of, machine);
  return named(name);
}
