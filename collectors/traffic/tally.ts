import { deprecationDate, httpDate, isMonitor, isStatic, isSuccess, redirectKind } from './answer.ts';
import { mechanismsOf } from './credentials.ts';
import type { Exchange } from './exchange.ts';
import { mediaType } from './media-type.ts';
import { isParameterName, joinTypes, queryPairs, valueType } from './query.ts';
import { retained } from './retained.ts';

/** A header's value as of the exchange that had it last. */
interface Dated {
  at: number;
  ref: number;
  value: number;
}

/**
 * What exchanges of one operation have in common. Everything in it merges commutatively and associatively, and is
 * bounded: of names and types beyond a bound those that sort first are kept, so that order does not matter. Collections
 * are `null` while empty: most operations of a flood never need one.
 */
export interface Tally {
  count: number;
  /** The earliest exchange, by time and then by reference. */
  first: number;
  ref: number;
  last: number;
  statuses: Map<number, number>;
  successes: number;
  credentialed: number;
  anonymousSuccess: number;
  /** Sent away for want of credentials: 401, or a redirect to a login. */
  anonymousRefused: number;
  /** Login and canonical redirects. */
  redirects: number;
  statics: number;
  monitored: number;
  mechanisms: Set<string> | null;
  query: Map<string, string> | null;
  consumes: Set<string> | null;
  produces: Set<string> | null;
  /** Successful answers to GET by type and length; `varied` when there are too many to be one page. */
  pages: Map<string, number> | 'varied' | null;
  deprecation: Dated | null;
  sunset: Dated | null;
}

const maxQueryNames = 64;
const maxNames = 16;
const maxPages = 8;

export function emptyTally(): Tally {
  return {
    count: 0,
    first: Number.POSITIVE_INFINITY,
    ref: 0,
    last: Number.NEGATIVE_INFINITY,
    statuses: new Map(),
    successes: 0,
    credentialed: 0,
    anonymousSuccess: 0,
    anonymousRefused: 0,
    redirects: 0,
    statics: 0,
    monitored: 0,
    mechanisms: null,
    query: null,
    consumes: null,
    produces: null,
    pages: null,
    deprecation: null,
    sunset: null,
  };
}

/** Counts one exchange. `status` is the one that is recorded. Hot: once an exchange. */
export function count(tally: Tally, exchange: Exchange, at: number, status: number): void {
  const { ref, target, requestHeaders, responseHeaders } = exchange;
  tally.count++;
  noteFirst(tally, at, ref);
  tally.last = Math.max(tally.last, at);
  increase(tally.statuses, status, 1);
  const pairs = queryPairs(target);
  const mechanisms = mechanismsOf(exchange, pairs);
  const redirect = redirectKind(exchange);
  if (redirect !== null) tally.redirects++;
  if (mechanisms.length > 0) tally.credentialed++;
  else if (isSuccess(status)) tally.anonymousSuccess++;
  else if (status === 401 || redirect === 'login') tally.anonymousRefused++;
  for (const mechanism of mechanisms) tally.mechanisms = keepSmallest(tally.mechanisms, mechanism);
  for (const pair of pairs) if (isParameterName(pair)) noteParameter(tally, pair.name, valueType(pair.value));
  if (isMonitor(requestHeaders.get('user-agent'))) tally.monitored++;
  tally.consumes = keepSmallest(tally.consumes, mediaType(requestHeaders.get('content-type')));
  const type = mediaType(responseHeaders.get('content-type'));
  if (isSuccess(status)) {
    tally.successes++;
    if (isStatic(target, type)) tally.statics++;
    if (exchange.method === 'GET') notePage(tally, type, exchange.responseLength);
  }
  tally.produces = keepSmallest(tally.produces, type);
  tally.deprecation = later(tally.deprecation, dated(at, ref, deprecationDate(responseHeaders.get('deprecation'))));
  tally.sunset = later(tally.sunset, dated(at, ref, httpDate(responseHeaders.get('sunset'))));
}

/** Adds what `from` holds to `into`. */
export function absorb(into: Tally, from: Tally): void {
  into.count += from.count;
  noteFirst(into, from.first, from.ref);
  into.last = Math.max(into.last, from.last);
  for (const [status, times] of from.statuses) increase(into.statuses, status, times);
  into.successes += from.successes;
  into.credentialed += from.credentialed;
  into.anonymousSuccess += from.anonymousSuccess;
  into.anonymousRefused += from.anonymousRefused;
  into.redirects += from.redirects;
  into.statics += from.statics;
  into.monitored += from.monitored;
  for (const mechanism of from.mechanisms ?? []) into.mechanisms = keepSmallest(into.mechanisms, mechanism);
  for (const [name, type] of from.query ?? []) noteParameter(into, name, type);
  for (const type of from.consumes ?? []) into.consumes = keepSmallest(into.consumes, type);
  for (const type of from.produces ?? []) into.produces = keepSmallest(into.produces, type);
  if (from.pages === 'varied') into.pages = 'varied';
  else for (const [page, times] of from.pages ?? []) countPage(into, page, times);
  into.deprecation = later(into.deprecation, from.deprecation);
  into.sunset = later(into.sunset, from.sunset);
}

export function increase<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function noteFirst(tally: Tally, at: number, ref: number): void {
  if (at > tally.first || (at === tally.first && ref >= tally.ref)) return;
  tally.first = at;
  tally.ref = ref;
}

function noteParameter(tally: Tally, name: string, type: string): void {
  tally.query ??= new Map();
  const known = tally.query.get(name);
  if (known === undefined) tally.query.set(retained(name), type);
  else if (known !== type) tally.query.set(name, joinTypes(known, type));
  if (tally.query.size > maxQueryNames) tally.query.delete(largest(tally.query.keys()));
}

function keepSmallest(names: Set<string> | null, name: string | null): Set<string> | null {
  if (name === null || names?.has(name)) return names;
  const kept = names ?? new Set();
  kept.add(retained(name));
  if (kept.size > maxNames) kept.delete(largest(kept));
  return kept;
}

function largest(names: Iterable<string>): string {
  let found = '';
  for (const name of names) if (name > found) found = name;
  return found;
}

function notePage(tally: Tally, type: string | null, length: number | null): void {
  if (type !== null && length !== null && length > 0) countPage(tally, `${type} ${length}`, 1);
}

function countPage(tally: Tally, page: string, times: number): void {
  if (tally.pages === 'varied') return;
  tally.pages ??= new Map();
  increase(tally.pages, page, times);
  if (tally.pages.size > maxPages) tally.pages = 'varied';
}

function dated(at: number, ref: number, value: number | null): Dated | null {
  return value === null ? null : { at, ref, value };
}

function later(one: Dated | null, other: Dated | null): Dated | null {
  if (one === null || other === null) return one ?? other;
  return other.at > one.at || (other.at === one.at && other.ref > one.ref) ? other : one;
}
