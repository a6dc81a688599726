import type { Auth, Facts, Param, Sighting } from '#model/sighting';
import { paramNames } from '#path/template';
import { isHealthPath } from './answer.ts';
import { fallbacks } from './fallback-page.ts';
import type { Operation } from './operation.ts';
import type { Tally } from './tally.ts';

/** The sighting of an operation. `pages` are its host's fallback pages. */
export function sightingOf(operation: Operation, tally: Tally, pages: Set<string> | undefined, file: string): Sighting {
  const { host, protocol, method, path } = operation;
  return {
    plane: 'observed',
    protocol,
    method,
    path,
    pathKind: 'exact',
    anchored: true,
    servers: host === '' ? [] : [{ host, basePath: '' }],
    service: host,
    facts: factsOf(operation, tally, pages),
    where: { in: 'traffic', file, ref: tally.ref },
    seen: { first: tally.first, last: tally.last, count: tally.count },
  };
}

function factsOf({ method, path, missed }: Operation, tally: Tally, pages: Set<string> | undefined): Facts {
  const facts: Facts = { statuses: statusesOf(tally, missed) };
  const auth = authOf(tally);
  if (auth) facts.auth = auth;
  facts.credentialed = tally.credentialed;
  facts.anonymousSuccess = tally.anonymousSuccess;
  const params = paramsOf(path, tally);
  if (params.length > 0) facts.params = params;
  if (tally.consumes) facts.consumes = [...tally.consumes].sort();
  if (tally.produces) facts.produces = [...tally.produces].sort();
  const fallback = tally.redirects + fallbacks(tally, pages);
  if (fallback > 0) facts.fallback = fallback;
  if (tally.statics > 0 && tally.statics === tally.successes) facts.static = true;
  if (tally.monitored === tally.count || isHealthPath(path, method)) facts.health = true;
  if (tally.deprecation) facts.answeredDeprecation = tally.deprecation.value;
  if (tally.sunset) facts.answeredSunset = tally.sunset.value;
  return facts;
}

function statusesOf(tally: Tally, missed: Operation['missed']): Record<string, number> {
  return Object.fromEntries([...tally.statuses, ...(missed ?? [])].sort(([a], [b]) => a - b));
}

/** Judged on successes and on refusals for want of credentials; a success with credentials alone proves nothing. */
function authOf(tally: Tally): Auth | null {
  const mechanisms = [...(tally.mechanisms ?? [])].sort();
  let required: Auth['required'] = 'unknown';
  if (tally.anonymousSuccess > 0) required = tally.credentialed > 0 ? 'optional' : 'no';
  else if (tally.anonymousRefused > 0) required = 'yes';
  return required === 'unknown' && mechanisms.length === 0 ? null : { required, mechanisms };
}

function paramsOf(path: string, tally: Tally): Param[] {
  const placeholders = [...new Set(paramNames(path))];
  const query = [...(tally.query ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ...placeholders.map((name): Param => ({ name, in: 'path', type: name, required: true })),
    ...query.map(([name, type]): Param => ({ name, in: 'query', type })),
  ];
}
