import { type Facts, locationText, type Server, type Sighting } from '#model/sighting';
import { readAuth } from './auth.ts';
import { isDeprecated, readSunset } from './lifecycle.ts';
import { readConsumes, readParams } from './params.ts';
import { plain } from './plain.ts';
import type { Dialect } from './recognise.ts';
import { childOf, type Place, placeText, type Reader } from './refs.ts';
import { readHost, readServers } from './servers.ts';
import { pathTemplate } from './template.ts';
import { asList, asMapping, asText, fieldsOf, get, keysOf, type Value } from './value.ts';

/** More than any interface has; a reference can be repeated without end. */
const maxOperations = 100_000;

/** Path Item Object (`trace` since 3.0, `query` since 3.2); API Gateway's exports have one that stands for all of them. */
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];
const anyMethod = 'x-amazon-apigateway-any-method';

/** What was met on the way through one document. */
export interface Tally {
  title: string;
  version: string;
  operations: number;
  paths: number;
  webhooks: number;
  callbacks: number;
  hosts: Set<string>;
  /** Operations may be missing: a path could not be read. */
  lost: boolean;
}

export function newTally(root: Place, fallbackTitle: string): Tally {
  const info = get(root.value, 'info');
  return {
    title: plain(asText(get(info, 'title')) ?? '', 200) || plain(fallbackTitle, 200),
    version: (asText(get(info, 'version')) ?? '').replace(/\s+/g, ' ').slice(0, 64),
    operations: 0,
    paths: 0,
    webhooks: fieldsOf(get(root.value, 'webhooks')).length,
    callbacks: 0,
    hosts: new Set(),
    lost: false,
  };
}

function cover({ hosts }: Tally, servers: Server[]): void {
  for (const { host } of servers) if (host !== null && hosts.size < 256) hosts.add(host);
}

/** Every operation under `paths`, as a sighting. Webhooks and callbacks are calls that the interface makes itself: counted only. */
export function* operationsOf(root: Place, dialect: Dialect, reader: Reader, tally: Tally): Generator<Sighting> {
  const api = readApi(root, dialect, reader);
  cover(tally, api.servers);
  // A split document may keep all of its paths, or each operation, in a file of its own: not in the letter of the specification,
  // and common.
  const paths = reader.follow(childOf(root, 'paths'));
  if (paths === null) tally.lost = true;
  for (const key of fieldsOf(paths?.value)) {
    const place = childOf(paths!, key);
    const levels = itemLevels(place, reader, tally);
    if (levels.length === 0) continue;
    if (!key.startsWith('/')) {
      reader.note(
        'a path does not begin with a slash: one was put before it',
        placeText(place),
        'write it with a slash',
      );
    }
    tally.paths++;
    for (const [method, item, entry] of operationsIn(levels, reader)) {
      if (tally.operations === maxOperations) {
        tally.lost = true;
        reader.note(
          `more than ${maxOperations} operations: the rest was not read`,
          placeText(place),
          'split the document',
        );
        return;
      }
      const operation = reader.follow(entry) ?? entry;
      tally.operations++;
      tally.callbacks += keysOf(get(operation.value, 'callbacks')).length;
      const sighting = fitted(readOperation(api, method, pathTemplate(key), item, operation, reader, tally), reader);
      cover(tally, sighting.servers);
      yield sighting;
    }
  }
}

/** What holds for every operation that does not say otherwise. */
interface Api {
  root: Place;
  dialect: Dialect;
  servers: Server[];
  schemes: Place;
  auth: Facts['auth'];
}

function readApi(root: Place, dialect: Dialect, reader: Reader): Api {
  const second = dialect.openapi === 2;
  const schemes = second
    ? childOf(root, 'securityDefinitions')
    : childOf(childOf(root, 'components'), 'securitySchemes');
  return {
    root,
    dialect,
    servers: second ? readHost(root, reader) : (readServers(root, reader) ?? []),
    schemes,
    auth: readAuth(root, schemes, reader),
  };
}

/** A path item, and the one it refers to: what stands beside a `$ref` (OpenAPI 3.1, section 4.8.9) comes first. */
function itemLevels(place: Place, reader: Reader, tally: Tally): Place[] {
  const target = reader.follow(place);
  if (target === null) tally.lost = true;
  const levels = target === null || target === place ? [place] : [place, target];
  const items = levels.filter((level) => asMapping(level.value));
  if (items.length < levels.length && target?.value !== null) {
    tally.lost = true;
    reader.note('a path holds no mapping of methods', placeText(place), 'write the methods as its keys');
  }
  return items;
}

function* operationsIn(levels: Place[], reader: Reader): Generator<[method: string, item: Place, operation: Place]> {
  const met = new Set<string>();
  for (const item of levels) {
    const more = childOf(item, 'additionalOperations');
    const places: [string, Place][] = [
      ...methods.map((method): [string, Place] => [method.toUpperCase(), childOf(item, method)]),
      ['*', childOf(item, anyMethod)],
      ...keysOf(more.value)
        .slice(0, 64)
        .map((name): [string, Place] => [name.toUpperCase(), childOf(more, name)]),
    ];
    for (const [method, operation] of places) {
      if (operation.value === undefined || met.has(method)) continue;
      met.add(method);
      if (operation.value !== null && !asMapping(operation.value)) {
        reader.note(
          'an operation is no mapping: nothing but its method was read',
          placeText(operation),
          'describe it as a mapping',
        );
      }
      if (/^(?:\*|[A-Z][A-Z0-9!#$%&'*+.^_`|~-]{0,31})$/.test(method)) yield [method, item, operation];
    }
  }
}

function readOperation(
  api: Api,
  method: string,
  path: string,
  item: Place,
  operation: Place,
  reader: Reader,
  tally: Tally,
): Sighting {
  const line = operation.document.line(operation.value);
  const own = api.dialect.openapi === 2 ? undefined : (readServers(operation, reader) ?? readServers(item, reader));
  return {
    plane: 'declared',
    protocol: 'http',
    method,
    path,
    pathKind: 'template',
    anchored: true,
    servers: own ?? api.servers,
    service: tally.title,
    facts: readFacts(api, path, item, operation, reader, tally),
    where: {
      in: 'document',
      file: operation.document.file,
      pointer: operation.pointer,
      ...(line !== undefined && { line }),
    },
  };
}

const maxSighting = 60_000;

/**
 * A copy of bounded size: pieces of the document's text would keep the whole of it in memory for as long as the sighting lives.
 */
function fitted(sighting: Sighting, reader: Reader): Sighting {
  let text = JSON.stringify(sighting);
  if (text.length > maxSighting) {
    const { where, servers } = sighting;
    const { operationId, auth, deprecated, sunset, version } = sighting.facts;
    const facts = { operationId, deprecated, sunset, version, auth: auth && { ...auth, scopes: undefined } };
    text = JSON.stringify({ ...sighting, servers: servers.slice(0, 8), facts });
    reader.note(
      'an operation says more than is kept: its parameters were left out',
      locationText(where),
      'shorten its lists',
    );
  }
  return JSON.parse(text) as Sighting;
}

function readFacts(api: Api, path: string, item: Place, operation: Place, reader: Reader, tally: Tally): Facts {
  const facts: { [K in keyof Facts]: Facts[K] | undefined } = {
    operationId: asText(get(operation.value, 'operationId'))?.slice(0, 200),
    summary: shortened(get(operation.value, 'summary') ?? get(item.value, 'summary')),
    tags: texts(asList(get(operation.value, 'tags')), (tag) => plain(tag, 100)),
    auth: readAuth(operation, api.schemes, reader) ?? api.auth,
    deprecated: isDeprecated(operation) || isDeprecated(item) || undefined,
    sunset: readSunset(operation, reader) ?? readSunset(item, reader),
    version: tally.version || undefined,
    params: readParams(path, item, operation, reader),
    consumes: texts(readConsumes(api.root, operation, reader), mediaType),
    produces: texts(readProduces(api, operation, reader), mediaType),
    responses: keysOf(get(operation.value, 'responses'))
      .slice(0, 64)
      .filter((status) => /^(?:[1-5](?:[0-9]{2}|XX)|default)$/i.test(status))
      .map((status) => (status.length === 3 ? status.toUpperCase() : status.toLowerCase())),
  };
  return Object.fromEntries(
    Object.entries(facts).filter(([, fact]) => fact !== undefined && !(Array.isArray(fact) && fact.length === 0)),
  );
}

/** Media types of answers: listed by OpenAPI 2.0, keys of each response's content in 3.x. */
function readProduces(api: Api, operation: Place, reader: Reader): readonly Value[] {
  if (api.dialect.openapi === 2) {
    const own = get(operation.value, 'produces');
    return Array.isArray(own) ? own : asList(get(api.root.value, 'produces'));
  }
  const responses = childOf(operation, 'responses');
  return keysOf(responses.value)
    .slice(0, 64)
    .flatMap((status) => {
      const response = reader.follow(childOf(responses, status));
      return keysOf(get(response?.value, 'content')).slice(0, 32);
    });
}

function shortened(value: Value | undefined): string | undefined {
  const text = asText(value);
  return text === undefined ? undefined : plain(text, 300);
}

/** At most 32 texts, each once. */
function texts(values: readonly Value[], shown: (text: string) => string): string[] {
  const found = new Set<string>();
  for (const value of values.slice(0, 256)) {
    const text = asText(value);
    if (text !== undefined && found.size < 32) found.add(shown(text));
  }
  return [...found];
}

function mediaType(text: string): string {
  return text.toLowerCase().slice(0, 100);
}
