import type { Auth, Facts, Param } from '#model/sighting';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Counting = 'add' | 'max';

/**
 * Joins what two readings of one operation tell. Sets unite, truth wins over silence, counts take the greater, and
 * where two words exclude each other the choice does not depend on who came first: commutative, associative,
 * idempotent.
 */
export function joinFacts(a: Facts, b: Facts): Facts {
  return join(a as Json, b as Json, 'max', '') as Facts;
}

/** Joins two parts of one reading, whose counts add up. */
export function addFacts(a: Facts, b: Facts): Facts {
  return join(a as Json, b as Json, 'add', '') as Facts;
}

/** Facts that count evidence; other numbers are points in time. */
const counts = new Set([
  'statuses',
  'credentialed',
  'anonymousSuccess',
  'fallback',
  'literals',
  'httpVersions',
  'marks',
  'messages',
  'calls',
  'userAgents',
  'traits',
]);

/** From no word at all to the widest. */
const exposures = ['unknown', 'none', 'cluster', 'private', 'internet'];

function join(a: Json | undefined, b: Json | undefined, counting: Counting, name: string): Json | undefined {
  if (a === undefined || a === null) return b;
  if (b === undefined || b === null) return a;
  if (typeof a === 'number' && typeof b === 'number')
    return counting === 'add' && counts.has(name) ? a + b : Math.max(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return a || b;
  if (typeof a === 'string' && typeof b === 'string') {
    if (name === 'required') return joinRequired(a as Auth['required'], b as Auth['required']);
    const wider = name === 'exposure' ? exposures.indexOf(a) - exposures.indexOf(b) : 0;
    if (wider !== 0) return wider > 0 ? a : b;
    return a > b ? a : b;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return name === 'params' || name === 'answers' ? (joinParams(a, b, counting) as Json[]) : union(a, b);
  }
  if (isRecord(a) && isRecord(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    // What is below a fact that counts, counts; everything else goes by its own name.
    const below = (key: string) => (counts.has(name) ? name : key);
    // From entries, so that a key `__proto__` is a key like any other.
    return Object.fromEntries(
      [...keys].sort().map((key) => [key, join(own(a, key), own(b, key), counting, below(key)) ?? null]),
    );
  }
  return JSON.stringify(a) > JSON.stringify(b) ? a : b;
}

/** Said `yes` here and `no` there, it is optional; `unknown` says nothing. */
function joinRequired(a: Auth['required'], b: Auth['required']): Auth['required'] {
  if (a === b || b === 'unknown') return a;
  return a === 'unknown' ? b : 'optional';
}

function joinParams(a: Json[], b: Json[], counting: Counting): Json[] {
  const byPlace = new Map<string, Json>();
  for (const param of [...a, ...b]) {
    const { name, in: place } = param as unknown as Param;
    const key = `${place} ${name}`;
    byPlace.set(key, join(byPlace.get(key), param, counting, 'param') as Json);
  }
  return [...byPlace].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, param]) => param);
}

function union(a: Json[], b: Json[]): Json[] {
  const byText = new Map([...a, ...b].map((item) => [JSON.stringify(item), item]));
  return [...byText].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, item]) => item);
}

function isRecord(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(record: { [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
