import { deprecationDate, httpDate, isMonitor, isStatic, isSuccess, redirectKind } from './answer.ts';
import { mechanismsOf } from './credentials.ts';
import type { Exchange } from './exchange.ts';
import { mediaType } from './media-type.ts';
import { isParameterName, joinTypes, queryPairs, valueType } from './query.ts';

/** A header's value as of the exchange that had it last. */
interface Dated {
  at: number;
  ref: number;
  value: number;
}

/**
 * What exchanges of one operation have in common. Everything in it merges commutatively and associatively, and is
 * bounded: of names and types beyond a bound those that sort first are kept, so that order does not matter.
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
  mechanisms: Set<string>;
  query: Map<string, string>;
  consumes: Set<string>;
  produces: Set<string>;
  /** Successful answers to GET by type and length; `null` when they vary too much to be one page. */
  pages: Map<string, number> | null;
  deprecation: Dated | null;
  sunset: Dated | null;
}

const maxQueryNames = 64;
const maxMediaTypes = 16;
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
    mechanisms: new Set(),
    query: new Map(),
    consumes: new Set(),
    produces: new Set(),
    pages: new Map(),
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
  for (const mechanism of mechanisms) tally.mechanisms.add(mechanism);
  for (const pair of pairs) if (isParameterName(pair)) noteParameter(tally.query, pair.name, valueType(pair.value));
  if (isMonitor(requestHeaders.get('user-agent'))) tally.monitored++;
  keepSmallest(tally.consumes, mediaType(requestHeaders.get('content-type')));
  const type = mediaType(responseHeaders.get('content-type'));
  if (isSuccess(status)) {
    tally.successes++;
    if (isStatic(target, type)) tally.statics++;
    if (exchange.method === 'GET') notePage(tally, type, exchange.responseLength);
  }
  keepSmallest(tally.produces, type);
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
  for (const mechanism of from.mechanisms) into.mechanisms.add(mechanism);
  for (const [name, type] of from.query) noteParameter(into.query, name, type);
  for (const type of from.consumes) keepSmallest(into.consumes, type);
  for (const type of from.produces) keepSmallest(into.produces, type);
  if (from.pages === null) into.pages = null;
  else for (const [page, times] of from.pages) countPage(into, page, times);
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

function noteParameter(query: Map<string, string>, name: string, type: string): void {
  const known = query.get(name);
  query.set(name, known === undefined ? type : joinTypes(known, type));
  if (query.size > maxQueryNames) query.delete(largest(query.keys()));
}

function keepSmallest(types: Set<string>, type: string | null): void {
  if (type === null || types.has(type)) return;
  types.add(type);
  if (types.size > maxMediaTypes) types.delete(largest(types));
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
  if (tally.pages === null) return;
  increase(tally.pages, page, times);
  if (tally.pages.size > maxPages) tally.pages = null;
}

function dated(at: number, ref: number, value: number | null): Dated | null {
  return value === null ? null : { at, ref, value };
}

function later(one: Dated | null, other: Dated | null): Dated | null {
  if (one === null || other === null) return one ?? other;
  return other.at > one.at || (other.at === one.at && other.ref > one.ref) ? other : one;
}
