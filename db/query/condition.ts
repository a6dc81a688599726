import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import { compilePattern } from '#db/pattern';
import { ConditionError } from '#db/store';
import { type Condition, type Field, fields, listFields } from '#model/condition';

/** What databases spell differently. Every expression is true or false, never null, for a text that is not null. */
export interface Dialect {
  endsWith(text: Expression<string>, value: string): Expression<SqlBool>;
  contains(text: Expression<string>, value: string): Expression<SqlBool>;
  matches(text: Expression<string>, pattern: string): Expression<SqlBool>;
}

/** Where a record keeps its fields, and the key by which its endpoint's lists are found. */
export interface RecordFields {
  column(field: Field): Column;
  listKey: RawBuilder<number>;
}

export interface Column {
  ref: RawBuilder<string | number | null>;
  number: boolean;
  nullable: boolean;
}

/** SQLite allows an expression a depth of 1,000, PostgreSQL a stack; no person writes this many. */
const maxParts = 500;
const maxValues = 10_000;

const numbers: ReadonlySet<Field> = new Set(['firstSeen', 'lastSeen', 'lastCall', 'calls', 'confidence']);
const columns: Partial<{ [F in Field]: string }> = {
  firstSeen: 'first_seen',
  lastSeen: 'last_seen',
  lastCall: 'last_call',
};

/** Endpoints in the table `endpoints`. */
export const endpointRecord: RecordFields = {
  column: (field) => ({
    ref: sql.ref<string | number | null>(`endpoints.${columns[field] ?? field}`),
    number: numbers.has(field),
    nullable: field === 'lastCall',
  }),
  listKey: sql.ref('endpoints.key'),
};

const findingColumns: ReadonlySet<Field> = new Set(['id', 'environment', 'service', 'method', 'path', 'reason']);

/** Findings, joined with their endpoint where they have one; what only the endpoint knows is null for a service's. */
export const findingRecord: RecordFields = {
  column: (field) =>
    findingColumns.has(field)
      ? { ref: sql.ref<string>(`findings.${field}`), number: false, nullable: false }
      : { ...endpointRecord.column(field), nullable: true },
  listKey: sql`coalesce(endpoints.key, -1)`,
};

/**
 * A condition as an expression. Two-valued: a comparison with what is not there (no call was ever observed) is false,
 * its negation true. Texts compare by code point. Throws {@link ConditionError}.
 */
export function conditionExpression(condition: Condition, record: RecordFields, dialect: Dialect): Expression<SqlBool> {
  let parts = 0;
  const compile = (part: Condition): Expression<SqlBool> => {
    if (++parts > maxParts) throw new ConditionError(`a condition may have ${maxParts} parts`);
    switch (part.op) {
      case 'and':
        return balanced(part.of.map(compile), true);
      case 'or':
        return balanced(part.of.map(compile), false);
      case 'not':
        return sql`not (${compile(part.of)})`;
      case '==':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return compare(column(part.field, record), part.op === '==' ? '=' : part.op, part.value);
      case '!=':
        return sql`not (${compare(column(part.field, record), '=', part.value)})`;
      case 'in':
        return isIn(column(part.field, record), part.values);
      case 'startsWith':
        return part.value === '' ? there(text(part.field, record)) : startsWith(text(part.field, record), part.value);
      case 'endsWith':
      case 'contains': {
        const at = text(part.field, record);
        return part.value === '' ? there(at) : guarded(at, dialect[part.op](at.ref as RawBuilder<string>, part.value));
      }
      case 'matches': {
        const at = text(part.field, record);
        compilePattern(part.pattern);
        return guarded(at, dialect.matches(at.ref as RawBuilder<string>, part.pattern));
      }
      case 'has':
        return inList(record, part.field, sql`value = ${part.value}`);
      case 'anyMatches':
        compilePattern(part.pattern);
        return inList(record, part.field, sql`value in (${matching(part.field, part.pattern, dialect)})`);
      default:
        throw new ConditionError(`there is no operator ${(part as { op: string }).op}`);
    }
  };
  return compile(condition);
}

/** Throws {@link ConditionError} for a field that is none: conditions and orders come from outside. */
export function column(field: Field, record: RecordFields): Column {
  if (!fields.includes(field)) throw new ConditionError(`there is no field ${field}`);
  return record.column(field);
}

function text(field: Field, record: RecordFields): Column {
  const found = column(field, record);
  if (found.number) throw new ConditionError(`${field} is a number, and is compared with ==, !=, <, <=, > and >=`);
  return found;
}

function compare(at: Column, operator: string, value: string | number): Expression<SqlBool> {
  return guarded(at, sql`${at.ref} ${sql.raw(operator)} ${typed(at, value)}`);
}

function isIn(at: Column, values: readonly (string | number)[]): Expression<SqlBool> {
  if (values.length > maxValues) throw new ConditionError(`a list of values may have ${maxValues}`);
  if (values.length === 0) return sql`1 = 0`;
  return guarded(at, sql`${at.ref} in (${sql.join(values.map((value) => typed(at, value)))})`);
}

/** A range, so that an index on the column answers it. */
function startsWith(at: Column, prefix: string): Expression<SqlBool> {
  const end = successor(prefix);
  const from = sql<SqlBool>`${at.ref} >= ${prefix}`;
  return guarded(at, end === null ? from : sql<SqlBool>`(${from} and ${at.ref} < ${end})`);
}

/** The least text above all that begin with the prefix, by code point; `null` when there is none. */
export function successor(prefix: string): string | null {
  const points = [...prefix].map((char) => char.codePointAt(0) as number);
  for (let point = points.pop(); point !== undefined; point = points.pop()) {
    if (point >= 0x10_ff_ff) continue;
    const next = point === 0xd7_ff ? 0xe0_00 : point + 1;
    return String.fromCodePoint(...points, next);
  }
  return null;
}

function typed(at: Column, value: string | number): string | number {
  if (!at.number) return String(value);
  const number = typeof value === 'number' ? value : Number(value);
  if (!Number.isFinite(number) || value === '') {
    throw new ConditionError(`${JSON.stringify(value)} is no number, and is compared with one`);
  }
  return number;
}

function inList(record: RecordFields, field: string, element: Expression<SqlBool>): Expression<SqlBool> {
  if (!(listFields as readonly string[]).includes(field)) throw new ConditionError(`there is no list ${field}`);
  return sql`${record.listKey} in (select endpoint from endpoint_list where field = ${field} and ${element})`;
}

/**
 * Values of a list that match. Each distinct value is looked up after the one before and matched once: a hundred thousand
 * endpoints are on a thousand hosts, and a pattern is slow.
 */
function matching(field: string, pattern: string, dialect: Dialect): Expression<string> {
  const least = sql`select min(value) from endpoint_list where field = ${field}`;
  return sql`with recursive each(item) as (
      ${least} union all select (${least} and value > each.item) from each where each.item is not null
    ) select item from each where item is not null and ${dialect.matches(sql.ref<string>('each.item'), pattern)}`;
}

function there(at: Column): Expression<SqlBool> {
  return at.nullable ? sql`${at.ref} is not null` : sql`1 = 1`;
}

function guarded(at: Column, comparison: Expression<SqlBool>): Expression<SqlBool> {
  return at.nullable ? sql`(${at.ref} is not null and ${comparison})` : sql`(${comparison})`;
}

/** Halves, so that a long list is no deep expression. */
function balanced(parts: Expression<SqlBool>[], all: boolean): Expression<SqlBool> {
  const [first] = parts;
  if (!first) return all ? sql`1 = 1` : sql`1 = 0`;
  if (parts.length === 1) return first;
  const middle = parts.length >> 1;
  const [left, right] = [balanced(parts.slice(0, middle), all), balanced(parts.slice(middle), all)];
  return all ? sql`(${left} and ${right})` : sql`(${left} or ${right})`;
}
