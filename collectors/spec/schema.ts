import type { Param } from '#model/sighting';
import { isSecret } from './plain.ts';
import { childOf, type Place, type Reader } from './refs.ts';
import { asCount, asList, asText, asTrue, get, keysOf, type Value } from './value.ts';

/** Schemas looked at for one parameter or body, through references and `allOf`. */
const maxSchemas = 64;
const maxFields = 64;
const maxEnum = 64;
/** Longer patterns are decided by nobody (src/path/fit.ts). */
const maxPattern = 256;

type Shape = Omit<Param, 'name' | 'in'>;

/** What a parameter's schema says of its values; of several (`allOf`), the first word on each counts. */
export function readShape(schema: Place, reader: Reader): Shape {
  const shape: { [K in keyof Shape]: Shape[K] | undefined } = {};
  for (const { value } of parts(schema, reader)) {
    shape.type ??= typeOf(get(value, 'type'));
    shape.format ??= short(get(value, 'format'));
    shape.enum ??= enumOf(get(value, 'enum') ?? asSingle(get(value, 'const')));
    shape.pattern ??= patternOf(get(value, 'pattern'));
    shape.minLength ??= asCount(get(value, 'minLength'));
    shape.maxLength ??= asCount(get(value, 'maxLength'));
  }
  return said(shape);
}

/** The top-level properties of a body, in the order of the document; those that only answers carry (`readOnly`) are none. */
export function readFields(schema: Place, reader: Reader): Param[] {
  const fields = new Map<string, Place>();
  const required = new Set<string>();
  for (const part of parts(schema, reader)) {
    for (const name of asList(get(part.value, 'required')).slice(0, maxFields)) {
      if (typeof name === 'string') required.add(name);
    }
    const properties = childOf(part, 'properties');
    for (const name of keysOf(properties.value)) {
      if (fields.size === maxFields) break;
      if (!fields.has(name)) fields.set(name, childOf(properties, name));
    }
  }
  const params: Param[] = [];
  for (const [name, field] of fields) {
    if (asTrue(get(field.value, 'readOnly'))) continue;
    const param: Param = { name: name.slice(0, 128), in: 'body', ...readShape(field, reader) };
    if (required.has(name)) param.required = true;
    params.push(param);
  }
  return params;
}

/** A schema and those it is made of. Breadth first and each once, so that circles end. */
function parts(schema: Place, reader: Reader): Place[] {
  const found: Place[] = [];
  const seen = new Set<unknown>();
  const queue = [schema];
  for (let at = queue.shift(); at && found.length < maxSchemas; at = queue.shift()) {
    if (at.value === undefined || seen.has(at.value)) continue;
    seen.add(at.value);
    found.push(at);
    const target = reader.follow(at);
    if (target && target !== at) queue.push(target);
    const all = childOf(at, 'allOf');
    const count = Math.min(asList(all.value).length, maxSchemas);
    for (let i = 0; i < count; i++) queue.push(childOf(all, String(i)));
  }
  return found;
}

function said(shape: { [K in keyof Shape]: Shape[K] | undefined }): Shape {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as Shape;
}

/** OpenAPI 3.1 allows a list: the first that is not `null`. */
function typeOf(value: Value | undefined): string | undefined {
  return short(Array.isArray(value) ? value.find((type) => type !== 'null') : value);
}

function short(value: Value | undefined): string | undefined {
  const text = asText(value);
  return text !== undefined && text.length <= 64 ? text : undefined;
}

function asSingle(value: Value | undefined): Value | undefined {
  return value === undefined ? undefined : [value];
}

/** All of the values or none: a value outside of the list is another operation's. */
function enumOf(value: Value | undefined): string[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > maxEnum) return undefined;
  const values: string[] = [];
  for (const item of value) {
    if (item === null) continue;
    if (typeof item === 'object') return undefined;
    const text = String(item);
    if (text.length > 128 || isSecret(text)) return undefined;
    values.push(text);
  }
  return values.length > 0 ? values : undefined;
}

function patternOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value.length <= maxPattern ? value : undefined;
}
