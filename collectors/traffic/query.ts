import { segmentType } from '#path/segment';

export interface QueryPair {
  name: string;
  value: string;
  /** `?debug` has a name and no sign of equality. */
  bare: boolean;
}

const maxPairs = 128;
const maxLength = 16_384;
const maxName = 64;

/** The pairs of a target's query, in order; names percent-decoded, values as sent. Bounded. */
export function queryPairs(target: string): QueryPair[] {
  const from = target.indexOf('?');
  if (from < 0) return [];
  const fragment = target.indexOf('#', from);
  const query = target.slice(from + 1, Math.min(fragment < 0 ? target.length : fragment, from + maxLength));
  const pairs: QueryPair[] = [];
  for (const part of query.split('&', maxPairs)) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decodedName(equals < 0 ? part : part.slice(0, equals));
    if (name !== null) pairs.push({ name, value: equals < 0 ? '' : part.slice(equals + 1), bare: equals < 0 });
  }
  return pairs;
}

/** Whether a query name is one that a program chose, and no value that stands in its place. */
export function isParameterName({ name, bare }: QueryPair): boolean {
  if (bare) return /^[A-Za-z][A-Za-z_-]{0,15}$/.test(name);
  return name.length <= maxName && /^[\w$@.:~-][\w$@.:~[\]-]*$/.test(name) && segmentType(name) === null;
}

/** JSON Schema's name of a value's type, or the type of what cannot be a word: `uuid`, `date` …. */
export function valueType(value: string): string {
  if (value === 'true' || value === 'false') return 'boolean';
  return segmentType(value) ?? 'string';
}

/** The type that holds both; commutative and associative. */
export function joinTypes(one: string, other: string): string {
  if (one === other) return one;
  const numeric = (one === 'integer' || one === 'number') && (other === 'integer' || other === 'number');
  return numeric ? 'number' : 'string';
}

/** Percent-decoded; `null` for what cannot be a name. */
export function decodedName(name: string): string | null {
  if (name.length > 3 * maxName) return null;
  if (!name.includes('%') && !name.includes('+')) return name;
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    // A percent sign that encodes nothing: no name that a program chose.
    return null;
  }
}
