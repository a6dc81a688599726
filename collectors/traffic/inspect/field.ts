import type { Param } from '#model/sighting';
import { mergeByKey } from './counts.ts';

/**
 * A field of bodies or a parameter of queries. The path is `items[].price`: `[]` an array's items, `{}` the values of an object whose
 * keys are ids, `@id` an attribute in XML; `''` the whole.
 */
export interface Field {
  path: string;
  /** JSON Schema's names of the types that it had, sorted; `integer` beside `number` is left out. */
  types: string[];
  /** What all of its texts are (`uuid`, `date-time`, `email` …); `''` when they have no one format; left out without texts. */
  format?: string;
  /** Samples that had it. */
  samples: number;
  /** Samples in which every object that could have it did. */
  always: number;
  /** Samples in which it was an object (or an array of them, by its items) that was read to its end. */
  whole: number;
}

export const maxFields = 200;

/** Fields that three samples and every one of them had are said to be required; fewer prove nothing. */
const enough = 3;

export function mergeFields(many: readonly (readonly Field[])[]): Field[] {
  return mergeByKey(many, ({ path }) => path, joinFields, maxFields);
}

function joinFields(one: Field, other: Field): Field {
  const format = joinFormats(one.format, other.format);
  return {
    path: one.path,
    types: sortedTypes([...one.types, ...other.types]),
    ...(format !== undefined && { format }),
    samples: one.samples + other.samples,
    always: one.always + other.always,
    whole: one.whole + other.whole,
  };
}

function sortedTypes(types: readonly string[]): string[] {
  const distinct = new Set(types);
  if (distinct.has('number')) distinct.delete('integer');
  return [...distinct].sort();
}

/** A lattice: nothing seen, one format, no common one. */
export function joinFormats(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || one === other) return other;
  return other === undefined ? one : '';
}

/** Fields as a sighting's parameters: the leaves, by path, with whether they are required where enough samples tell. */
export function paramsOf(fields: readonly Field[], place: 'body' | 'query'): Param[] {
  const whole = new Map(fields.map((field) => [field.path, field.whole]));
  const params: Param[] = [];
  for (const { path, types, format, always } of fields) {
    if (path === '' || types.every((type) => type === 'object' || type === 'array')) continue;
    const param: Param = { name: path, in: place };
    const plain = types.filter((type) => type !== 'null');
    if (plain.length === 1 && plain[0] !== undefined) param.type = plain[0];
    if (format !== undefined && format !== '') param.format = format;
    const could = whole.get(parentOf(path)) ?? 0;
    if (could >= enough && !path.endsWith('{}')) param.required = always === could;
    params.push(param);
  }
  return params;
}

function parentOf(path: string): string {
  const dot = path.lastIndexOf('.');
  if (path.endsWith('[]') || path.endsWith('{}')) return path.slice(0, -2);
  return dot < 0 ? '' : path.slice(0, dot);
}
