import { compareText } from '#model/order';
import type { Auth, Facts, Param, Sighting } from '#model/sighting';
import { paramNames } from '#path/template';
import { isHealthPath } from './answer.ts';
import { distinctCount } from './distinct.ts';
import { fallbacks } from './fallback-page.ts';
import { type Histogram, percentile, total } from './histogram.ts';
import { type Sampled, sampledFacts, sampledOf, sampledParams } from './inspection.ts';
import type { Operation } from './operation.ts';
import { type Counts, maxDistinct, type Tally } from './tally.ts';

/** The sighting of an operation. `pages` are its host's fallback pages. */
export function sightingOf(operation: Operation, tally: Tally, pages: Set<string> | undefined): Sighting {
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
    where: { in: 'traffic', file: tally.file, ref: tally.ref },
    seen: { first: tally.first, last: tally.last, count: tally.count },
  };
}

function factsOf({ method, path, missed }: Operation, tally: Tally, pages: Set<string> | undefined): Facts {
  const facts: Facts = { statuses: statusesOf(tally, missed) };
  const auth = authOf(tally);
  if (auth) facts.auth = auth;
  facts.credentialed = tally.credentialed;
  facts.anonymousSuccess = tally.anonymousSuccess;
  const sampled = samplesOf(tally);
  const params = [...pathParams(path), ...sampledParams(tally.query ?? [], sampled)];
  if (params.length > 0) facts.params = params;
  if (tally.consumes) facts.consumes = [...tally.consumes].sort();
  if (tally.produces) facts.produces = [...tally.produces].sort();
  const fallback = tally.redirects + fallbacks(tally, pages);
  if (fallback > 0) facts.fallback = fallback;
  if (tally.statics > 0 && tally.statics === tally.successes) facts.static = true;
  if (tally.monitored === tally.count || isHealthPath(path, method)) facts.health = true;
  if (tally.deprecation) facts.answeredDeprecation = tally.deprecation.value;
  if (tally.sunset) facts.answeredSunset = tally.sunset.value;
  // Calls that the evidence itself names are counted, not sampled.
  return Object.assign(facts, sampledFacts(sampled), usageOf(tally));
}

/** How it is called: how fast, how large, by whom. */
function usageOf(tally: Tally): Partial<Facts> {
  const { latency, requestSizes, responseSizes, messages, clients } = tally;
  const facts: Partial<Facts> = {};
  if (latency) {
    const milliseconds = (share: number) => percentile(latency, share) / 1_000;
    facts.latency = { p50: milliseconds(0.5), p95: milliseconds(0.95), p99: milliseconds(0.99), count: total(latency) };
  }
  if (requestSizes) facts.requestSize = sizesOf(requestSizes);
  if (responseSizes) facts.responseSize = sizesOf(responseSizes);
  if (tally.versions) facts.httpVersions = record(tally.versions);
  if (tally.userAgents) facts.userAgents = record(tally.userAgents);
  if (tally.marks) facts.marks = record(tally.marks);
  if (tally.calls) facts.calls = record(tally.calls);
  if (messages) facts.messages = { ...messages };
  if (clients) {
    const networks = distinctCount(tally.networks ?? [], maxDistinct);
    facts.clients = { count: distinctCount(clients, maxDistinct), ...(networks > 0 ? { networks } : {}) };
  }
  return facts;
}

function sizesOf(sizes: Histogram): NonNullable<Facts['requestSize']> {
  return { p50: percentile(sizes, 0.5), p95: percentile(sizes, 0.95), count: total(sizes) };
}

function samplesOf({ requests, responses }: Tally): Sampled {
  const answers = [...(responses?.values() ?? [])].flatMap(({ kept }) => kept);
  return sampledOf(
    requests?.kept.flatMap(({ facts }) => facts ?? []) ?? [],
    answers.flatMap(({ facts }) => facts ?? []),
  );
}

function record(counts: Counts): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => compareText(a, b)));
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

function pathParams(path: string): Param[] {
  return [...new Set(paramNames(path))].map((name) => ({ name, in: 'path', type: name, required: true }));
}
