import type { Param } from '#model/sighting';
import { paramNames } from '#path/template';
import { childOf, type Place, type Reader } from './refs.ts';
import { readFields, readShape } from './schema.ts';
import { paramName } from './template.ts';
import { asList, asText, asTrue, get, keysOf, type Value } from './value.ts';

const maxParams = 256;
/** Characters of JSON that the parameters of one operation may take: a sighting stays below 64 KiB. */
const maxLength = 40_000;

/**
 * Parameters of an operation: its own over those of its path, then parameters that only the template names, then the fields of
 * its body.
 */
export function readParams(path: string, item: Place, operation: Place, reader: Reader): Param[] {
  const found = new Map<string, Param>();
  const fields: Param[] = [];
  for (const level of [item, operation]) {
    const list = childOf(level, 'parameters');
    const count = Math.min(asList(list.value).length, maxParams);
    for (let i = 0; i < count; i++) {
      const place = reader.follow(childOf(list, String(i)));
      const at = asText(get(place?.value, 'in'));
      if (!place || at === undefined) continue;
      if (at === 'body') fields.push(...readFields(childOf(place, 'schema'), reader));
      const param = readParam(place, at, reader);
      if (param) found.set(`${param.in} ${param.name}`, param);
    }
  }
  const inTemplate = new Set(paramNames(path));
  const params = [...found.values()].filter((param) => param.in !== 'path' || inTemplate.has(param.name));
  for (const name of inTemplate) {
    if (!found.has(`path ${name}`)) params.push({ name, in: 'path', required: true });
  }
  const content = bodyContent(operation, reader);
  if (content) fields.push(...readFields(content, reader));
  return bounded([...params, ...fields]);
}

/** Media types that a request may carry. OpenAPI 2.0 lists them for the whole document too, where requests without a body ignore them. */
export function readConsumes(root: Place, operation: Place, reader: Reader): Value[] {
  const body = bodyOf(operation, reader);
  if (body) return [...keysOf(get(body.value, 'content'))];
  const own = get(operation.value, 'consumes');
  if (Array.isArray(own)) return own;
  const parameters = childOf(operation, 'parameters');
  const carries = asList(parameters.value)
    .slice(0, maxParams)
    .some((_, i) => {
      const at = get(reader.follow(childOf(parameters, String(i)))?.value, 'in');
      return at === 'body' || at === 'formData';
    });
  return carries ? [...asList(get(root.value, 'consumes'))] : [];
}

/** One parameter of a place outside of a JSON body; `null` for what is none. */
function readParam(place: Place, at: string, reader: Reader): Param | null {
  const name = asText(get(place.value, 'name'))?.slice(0, 128);
  if (name === undefined) return null;
  const kind = at === 'formData' ? 'body' : at;
  if (kind !== 'path' && kind !== 'query' && kind !== 'header' && kind !== 'cookie' && at !== 'formData') return null;
  // OpenAPI 2.0 writes the schema's words on the parameter itself; 3.x has `schema`, or one media type in `content`.
  const schema = [childOf(place, 'schema'), contentSchema(childOf(place, 'content'))].find(
    (part) => part?.value !== undefined,
  );
  const param: Param = {
    name: kind === 'path' ? paramName(name) : name,
    in: kind as Param['in'],
    ...readShape(schema ?? place, reader),
  };
  if (kind === 'path' || asTrue(get(place.value, 'required'))) param.required = true;
  return param;
}

function bodyOf(operation: Place, reader: Reader): Place | null {
  const body = childOf(operation, 'requestBody');
  return body.value === undefined ? null : reader.follow(body);
}

/** The schema of a request's JSON or form. */
function bodyContent(operation: Place, reader: Reader): Place | undefined {
  const body = bodyOf(operation, reader);
  return body ? contentSchema(childOf(body, 'content')) : undefined;
}

const preferred = [
  /^application\/json\b/i,
  /[/+]json\b/i,
  /^application\/x-www-form-urlencoded\b/i,
  /^multipart\//i,
  /^/,
];

function contentSchema(content: Place): Place | undefined {
  const types = keysOf(content.value).slice(0, 64);
  for (const kind of preferred) {
    const type = types.find((name) => kind.test(name));
    if (type !== undefined) return childOf(childOf(content, type), 'schema');
  }
  return undefined;
}

function bounded(params: Param[]): Param[] {
  let room = maxLength;
  const fitting: Param[] = [];
  for (const param of params.slice(0, maxParams)) {
    room -= JSON.stringify(param).length + 1;
    if (room < 0) break;
    fitting.push(param);
  }
  return fitting;
}
