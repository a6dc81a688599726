import type { Condition, Field, ListField } from '#model/condition';
import { leaves, verdicts } from '#model/endpoint';
import { type Plane, planes } from '#model/sighting';
import { FilterError, suggestion } from './error.ts';
import { isGlob, nameGlob, pathGlob, pathLiterals } from './glob.ts';
import { parseMoment } from './time.ts';

/** The common filters. Of one flag's values any may hold; of the flags all must. */
export interface FilterFlags {
  service?: string[];
  method?: string[];
  /** Globs, see {@link pathGlob}. */
  path?: string[];
  host?: string[];
  plane?: string[];
  notPlane?: string[];
  /** Verdicts and leaves. */
  verdict?: string[];
  tag?: string[];
  environment?: string[];
  owner?: string[];
  /** A duration before now, or a moment. */
  seenSince?: string;
}

/** States in which a plane knows an endpoint, and those in which it knows that there is none: unknown is neither. */
const present: Record<Plane, string[]> = {
  declared: ['active', 'deprecated', 'sunset'],
  deployed: ['yes', 'draft'],
  coded: ['yes'],
  observed: ['fresh', 'stale'],
};
const absent: Record<Plane, string[]> = {
  declared: ['none', 'removed'],
  deployed: ['no'],
  coded: ['no'],
  observed: ['never'],
};

/**
 * Methods, planes and verdicts may also be lists with commas; names and paths may hold commas themselves.
 * Throws {@link FilterError} for values that cannot be right.
 */
export function flagCondition(flags: FilterFlags, now: number): Condition | null {
  const parts: (Condition | null)[] = [
    names('service', flags.service),
    names('environment', flags.environment),
    names('owner', flags.owner),
    methods(split(flags.method)),
    any(flags.path ?? [], path),
    items(
      'hosts',
      flags.host?.map((host) => host.toLowerCase()),
    ),
    items('tags', flags.tag),
    any(split(flags.plane), (name) => states(name, present)),
    any(split(flags.notPlane), (name) => states(name, absent)),
    any(split(flags.verdict), verdict),
    flags.seenSince === undefined ? null : { op: '>=', field: 'lastSeen', value: parseMoment(flags.seenSince, now) },
  ];
  return allOf(parts);
}

/** Conditions that must all hold; `null` when there are none. */
export function allOf(parts: readonly (Condition | null)[]): Condition | null {
  const of = parts.filter((part) => part !== null);
  return of.length > 1 ? { op: 'and', of } : (of[0] ?? null);
}

function path(glob: string): Condition {
  const { prefix, within } = pathLiterals(glob);
  const parts: (Condition | null)[] = [
    prefix.length > 1 ? { op: 'startsWith', field: 'path', value: prefix } : null,
    within.length > 1 ? { op: 'contains', field: 'path', value: within } : null,
    { op: 'matches', field: 'path', pattern: pathGlob(glob) },
  ];
  return allOf(parts)!;
}

function any(values: string[], condition: (value: string) => Condition): Condition | null {
  const of = values.map(condition);
  return of.length > 1 ? { op: 'or', of } : (of[0] ?? null);
}

/** A method of `*` is a method: any. */
function methods(values: string[]): Condition | null {
  return values.length === 0 ? null : { op: 'in', field: 'method', values: values.map((name) => name.toUpperCase()) };
}

function names(field: Field, values: string[] = []): Condition | null {
  const globs = values.filter(isGlob);
  const plain = values.filter((value) => !isGlob(value));
  const of: Condition[] = globs.map((glob) => ({ op: 'matches', field, pattern: nameGlob(glob) }));
  if (plain.length > 0) of.unshift({ op: 'in', field, values: plain });
  return of.length > 1 ? { op: 'or', of } : (of[0] ?? null);
}

function items(field: ListField, values: string[] = []): Condition | null {
  return any(values, (value) =>
    isGlob(value) ? { op: 'anyMatches', field, pattern: nameGlob(value) } : { op: 'has', field, value },
  );
}

function states(name: string, of: Record<Plane, string[]>): Condition {
  const plane = planes.find((known) => known === name);
  if (!plane) throw unknown('plane', name, planes);
  return { op: 'in', field: plane, values: of[plane] };
}

function verdict(name: string): Condition {
  const rollUp = (verdicts as readonly string[]).includes(name);
  if (!rollUp && !(leaves as readonly string[]).includes(name)) {
    throw unknown('verdict', name, [...new Set<string>([...verdicts, ...leaves])]);
  }
  return { op: '==', field: rollUp ? 'verdict' : 'leaf', value: name };
}

function split(values: string[] | undefined): string[] {
  return (values ?? [])
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

function unknown(what: string, name: string, known: readonly string[]): FilterError {
  return new FilterError(
    `There is no ${what} "${name.slice(0, 40)}". ${suggestion(name, known)}The ${what}s are ${known.join(', ')}.`,
  );
}
