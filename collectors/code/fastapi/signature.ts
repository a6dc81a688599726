import { argumentNamed } from '#collectors/code/evaluate/call';
import { ancestry } from '#collectors/code/evaluate/class';
import { evaluate } from '#collectors/code/evaluate/expression';
import { type Frame, frameOf, type Machine } from '#collectors/code/evaluate/machine';
import { force } from '#collectors/code/evaluate/module';
import type { Guard } from '#collectors/code/router';
import { type ClassValue, type FunctionValue, literal, type Marker, nothing, type Value } from '#collectors/code/value';
import type { Param } from '#model/sighting';
import { type Dependency, guardOf, isScheme, target } from './dependency.ts';
import { type Typed, typed } from './types.ts';

export interface Signature {
  params: Param[];
  guards: Guard[];
  /** It reads the request, a header or a cookie itself. */
  reads: boolean;
  schemes: Marker[];
}

const locations: Record<string, Param['in']> = {
  Path: 'path',
  Query: 'query',
  Header: 'header',
  Cookie: 'cookie',
  Body: 'body',
  Form: 'body',
  File: 'body',
};

const maxDepth = 6;

/** Parameters and dependencies of a handler, by its signature (fastapi.tiangolo.com/tutorial), and of what it depends on. */
export function signatureOf(
  fn: FunctionValue,
  pathParams: ReadonlySet<string>,
  machine: Machine,
  depth = 0,
): Signature {
  const signature: Signature = { params: [], guards: [], reads: false, schemes: [] };
  if (depth > maxDepth) return { ...signature, reads: true };
  const frame = frameOf(machine, fn.module, fn.scope);
  const bodies: { param: Param; model: ClassValue | null }[] = [];
  for (const node of fn.node.method ? fn.node.params.slice(1) : fn.node.params) {
    if (node.rest) continue;
    const name = node.target.k === 'name' ? node.target.name : '';
    const type = node.type ? typed(evaluate(node.type, frame), machine) : null;
    const fallback = node.fallback ? force(evaluate(node.fallback, frame), machine) : undefined;
    const marker = fallback?.is === 'marker' ? fallback : type?.markers.at(-1);
    if (marker && (marker.name === 'Depends' || marker.name === 'Security')) {
      depend(signature, marker, type, frame, pathParams, depth);
      continue;
    }
    if (type?.role === 'provided') signature.reads = true;
    else placed(name, type, marker, fallback, pathParams, machine, signature, bodies);
  }
  signature.params.push(...bodyParams(bodies, machine));
  return signature;
}

function placed(
  name: string,
  type: Typed | null,
  marker: Marker | undefined,
  fallback: Value | undefined,
  pathParams: ReadonlySet<string>,
  machine: Machine,
  signature: Signature,
  bodies: { param: Param; model: ClassValue | null }[],
): void {
  const written = marker && Object.hasOwn(locations, marker.name) ? locations[marker.name] : undefined;
  const place = pathParams.has(name) ? 'path' : (written ?? placeOf(type));
  if (place === null) return;
  const alias = marker && literal(force(argumentNamed(marker.call, 'alias')?.value() ?? nothing, machine));
  const shown = alias || (place === 'header' ? name.replaceAll('_', '-') : name);
  const required = place === 'path' || !hasDefault(marker, fallback, machine);
  const param: Param = { name: shown.slice(0, 128), in: place, ...type?.type, required };
  if (place === 'header' || place === 'cookie') signature.reads = true;
  if (place === 'body') bodies.push({ param, model: type?.model ?? null });
  else signature.params.push(param);
}

/** Scalars come from the query; models, lists and dictionaries from the body. What is not known is left out. */
function placeOf(type: Typed | null): Param['in'] | null {
  if (type === null || type.role === 'scalar') return 'query';
  return type.role === 'body' || type.role === 'list' ? 'body' : null;
}

function hasDefault(marker: Marker | undefined, fallback: Value | undefined, machine: Machine): boolean {
  if (fallback === undefined) return false;
  if (fallback.is !== 'marker') return true;
  const first = argumentNamed(fallback.call, 'default', 0);
  const factory = argumentNamed(fallback.call, 'default_factory');
  if (!first) return factory !== undefined || (marker !== undefined && marker !== fallback);
  // `...` stands for a value that must be given.
  return !(first.expr.k === 'unknown' && force(first.value(), machine).is === 'unknown');
}

/** One model is the body itself; several, or a single value, are fields of it. */
function bodyParams(bodies: { param: Param; model: ClassValue | null }[], machine: Machine): Param[] {
  const [only] = bodies;
  if (bodies.length !== 1 || !only?.model) return bodies.map(({ param }) => param);
  const fields = fieldsOf(only.model, machine);
  return fields.length > 0 ? fields : [only.param];
}

const maxFields = 64;

function fieldsOf(model: ClassValue, machine: Machine): Param[] {
  const fields = new Map<string, Param>();
  for (const cls of [...ancestry(model, machine)].toReversed()) {
    if (cls.is !== 'class') continue;
    const frame = frameOf(machine, cls.module, cls.scope);
    for (const { name, type } of cls.node.fields) {
      if (!type || fields.size >= maxFields || name.startsWith('_') || name === 'model_config') continue;
      const known = typed(evaluate(type, frame), machine);
      fields.set(name, { name, in: 'body', ...known.type, required: !cls.statics.has(name) });
    }
  }
  return [...fields.values()];
}

function depend(
  into: Signature,
  marker: Marker,
  type: Typed | null,
  frame: Frame,
  pathParams: ReadonlySet<string>,
  depth: number,
): void {
  const dependency = dependencyOf(marker, type, pathParams, frame.machine, depth);
  into.guards.push(guardOf(dependency));
  into.params.push(...dependency.signature.params);
  into.schemes.push(...dependency.schemes);
  into.reads ||= dependency.signature.reads;
}

/** What `Depends(…)` leads to: a function, an instance that is called, a class, a security scheme. */
export function dependencyOf(
  marker: Marker,
  type: Typed | null,
  pathParams: ReadonlySet<string>,
  machine: Machine,
  depth = 0,
): Dependency {
  const arg = argumentNamed(marker.call, 'dependency', 0);
  // `user: User = Depends()` depends on the class it is annotated with.
  const value = force(arg?.value() ?? type?.model ?? nothing, machine);
  const scheme = schemeOf(value);
  const empty: Signature = { params: [], guards: [], reads: false, schemes: [] };
  if (scheme) return { marker, arg, signature: empty, schemes: [scheme], resolved: true };
  const fn = target(value, machine);
  if (fn === null) return { marker, arg, signature: empty, schemes: [], resolved: value.is === 'native' };
  const signature = signatureOf(fn, pathParams, machine, depth + 1);
  return { marker, arg, signature, schemes: signature.schemes, resolved: true };
}

function schemeOf(value: Value): Marker | null {
  if (value.is === 'marker') return isScheme(value) ? value : null;
  return value.is === 'record' && value.base?.is === 'marker' && isScheme(value.base) ? value.base : null;
}
