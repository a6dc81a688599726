import type { Client } from './client.ts';
import { type Distinct, mergeDistinct, noteDistinct } from './distinct.ts';
import type { Exchange } from './exchange.ts';
import { type Histogram, mergeHistograms, record } from './histogram.ts';
import type { Kind } from './kind.ts';
import { retained } from './retained.ts';
import { mergeSamples, type Sample } from './sample.ts';

/** A header's value as of the exchange that had it last. */
interface Dated {
  at: number;
  ref: number;
  value: number;
}

/** Counts by name. */
export type Counts = Map<string, number>;

/**
 * What exchanges of one operation have in common. Everything in it merges commutatively and associatively, and is
 * bounded: of names and types beyond a bound those that sort first are kept, so that order does not matter. Collections
 * are `null` while empty: most operations of a flood never need one. Plain data, so that it goes from thread to thread.
 */
export interface Tally {
  count: number;
  /** The earliest exchange, by time, then by reference, then by file. */
  first: number;
  ref: number;
  file: string;
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
  mechanisms: string[] | null;
  /** Names of the query's parameters; their types are the samples' to tell. */
  query: string[] | null;
  consumes: string[] | null;
  produces: string[] | null;
  /** Successful answers to GET by type and length; `varied` when there are too many to be one page. */
  pages: Counts | 'varied' | null;
  deprecation: Dated | null;
  sunset: Dated | null;
  versions: Counts | null;
  userAgents: Counts | null;
  marks: Counts | null;
  calls: Counts | null;
  /** Of exchanges that carry messages: how many each side sent. */
  messages: { sent: number; received: number } | null;
  /** From a request's end to its answer's first byte, microseconds. */
  latency: Histogram | null;
  /** Lengths of bodies, bytes. */
  requestSizes: Histogram | null;
  responseSizes: Histogram | null;
  clients: Distinct | null;
  networks: Distinct | null;
  /** Of requests that were answered well, and of answers by their status. */
  requests: Sample | null;
  responses: Map<number, Sample> | null;
}

const maxQueryNames = 64;
const maxNames = 16;
const maxCalls = 64;
const maxPages = 8;
/** Clients and networks that are told apart exactly. */
export const maxDistinct = 128;

export function emptyTally(): Tally {
  return {
    count: 0,
    first: Number.POSITIVE_INFINITY,
    ref: 0,
    file: '',
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
    versions: null,
    userAgents: null,
    marks: null,
    calls: null,
    messages: null,
    latency: null,
    requestSizes: null,
    responseSizes: null,
    clients: null,
    networks: null,
    requests: null,
    responses: null,
  };
}

/** Counts what exchanges of a kind have in common, `times` of them. */
export function countKind(tally: Tally, kind: Kind, times: number): void {
  const { status, success, mechanisms, redirect } = kind;
  increase(tally.statuses, status, times);
  if (success) tally.successes += times;
  if (redirect !== null) tally.redirects += times;
  if (mechanisms.length > 0) tally.credentialed += times;
  else if (success) tally.anonymousSuccess += kind.showsCredentials ? times : 0;
  else if (status === 401 || redirect === 'login') tally.anonymousRefused += times;
  if (kind.isStatic) tally.statics += times;
  if (kind.isMonitored) tally.monitored += times;
  for (const mechanism of mechanisms) tally.mechanisms = keepSmallest(tally.mechanisms, mechanism, maxNames);
  for (const name of kind.query) tally.query = keepSmallest(tally.query, name, maxQueryNames);
  if (kind.consumes !== null) tally.consumes = keepSmallest(tally.consumes, kind.consumes, maxNames);
  if (kind.produces !== null) tally.produces = keepSmallest(tally.produces, kind.produces, maxNames);
  if (kind.version !== null) tally.versions = countSmallest(tally.versions, kind.version, times, maxNames);
  if (kind.userAgent !== null) tally.userAgents = countSmallest(tally.userAgents, kind.userAgent, times, maxCalls);
  for (const mark of kind.marks) tally.marks = countSmallest(tally.marks, mark, times, maxNames);
  for (const call of kind.calls) tally.calls = countSmallest(tally.calls, call, times, maxCalls);
}

/** Counts what is an exchange's own. Hot: once an exchange; allocates nothing once the tally has seen its like. */
export function countOwn(
  tally: Tally,
  kind: Kind,
  exchange: Exchange,
  at: number,
  client: Client | null,
  file: string,
): void {
  const { ref, latency, requestLength, responseLength, messages } = exchange;
  tally.count++;
  if (at < tally.first || at === tally.first) noteFirst(tally, at, ref, file);
  if (at > tally.last) tally.last = at;
  if (latency !== undefined) tally.latency = record(tally.latency, latency * 1_000);
  if (requestLength !== undefined) tally.requestSizes = record(tally.requestSizes, requestLength);
  if (responseLength !== null) {
    tally.responseSizes = record(tally.responseSizes, responseLength);
    if (kind.isPage && responseLength > 0 && tally.pages !== 'varied')
      countPage(tally, `${kind.produces} ${responseLength}`, 1);
  }
  if (client !== null) noteClient(tally, client);
  if (messages !== undefined) noteMessages(tally, messages);
  if (kind.deprecation !== null) tally.deprecation = later(tally.deprecation, { at, ref, value: kind.deprecation });
  if (kind.sunset !== null) tally.sunset = later(tally.sunset, { at, ref, value: kind.sunset });
}

/** Adds what `from` holds to `into`; `from` stays as it is. */
export function absorb(into: Tally, from: Tally): void {
  into.count += from.count;
  noteFirst(into, from.first, from.ref, from.file);
  into.last = Math.max(into.last, from.last);
  for (const [status, times] of from.statuses) increase(into.statuses, status, times);
  into.successes += from.successes;
  into.credentialed += from.credentialed;
  into.anonymousSuccess += from.anonymousSuccess;
  into.anonymousRefused += from.anonymousRefused;
  into.redirects += from.redirects;
  into.statics += from.statics;
  into.monitored += from.monitored;
  for (const name of from.mechanisms ?? []) into.mechanisms = keepSmallest(into.mechanisms, name, maxNames);
  for (const name of from.query ?? []) into.query = keepSmallest(into.query, name, maxQueryNames);
  for (const type of from.consumes ?? []) into.consumes = keepSmallest(into.consumes, type, maxNames);
  for (const type of from.produces ?? []) into.produces = keepSmallest(into.produces, type, maxNames);
  if (from.pages === 'varied') into.pages = 'varied';
  else for (const [page, times] of from.pages ?? []) countPage(into, page, times);
  into.deprecation = later(into.deprecation, from.deprecation);
  into.sunset = later(into.sunset, from.sunset);
  for (const [name, times] of from.versions ?? []) into.versions = countSmallest(into.versions, name, times, maxNames);
  for (const [name, times] of from.userAgents ?? [])
    into.userAgents = countSmallest(into.userAgents, name, times, maxCalls);
  for (const [name, times] of from.marks ?? []) into.marks = countSmallest(into.marks, name, times, maxNames);
  for (const [name, times] of from.calls ?? []) into.calls = countSmallest(into.calls, name, times, maxCalls);
  if (from.messages) noteMessages(into, from.messages);
  into.latency = mergeHistograms(into.latency, from.latency);
  into.requestSizes = mergeHistograms(into.requestSizes, from.requestSizes);
  into.responseSizes = mergeHistograms(into.responseSizes, from.responseSizes);
  into.clients = mergeDistinct(into.clients, from.clients, maxDistinct);
  into.networks = mergeDistinct(into.networks, from.networks, maxDistinct);
  into.requests = mergeSamples(into.requests, from.requests);
  for (const [status, sample] of from.responses ?? []) {
    into.responses ??= new Map();
    into.responses.set(status, mergeSamples(into.responses.get(status) ?? null, sample)!);
  }
}

export function increase<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function noteFirst(tally: Tally, at: number, ref: number, file: string): void {
  if (at > tally.first) return;
  if (at === tally.first && (ref > tally.ref || (ref === tally.ref && file >= tally.file))) return;
  tally.first = at;
  tally.ref = ref;
  tally.file = file;
}

/** A client that stands in the sketch has had its network noted; one beyond the sketch's bound may not have. */
function noteClient(tally: Tally, { hash, network }: Client): void {
  if (tally.clients === null) {
    // Most have one: a list that holds it and no room for more.
    tally.clients = [hash];
    if (network !== null) tally.networks = [network];
    return;
  }
  const known = !noteDistinct(tally.clients, hash, maxDistinct);
  if (network === null || (known && tally.clients.length < maxDistinct)) return;
  if (tally.networks === null) tally.networks = [network];
  else noteDistinct(tally.networks, network, maxDistinct);
}

function noteMessages(tally: Tally, { sent, received }: { sent: number; received: number }): void {
  tally.messages ??= { sent: 0, received: 0 };
  tally.messages.sent += sent;
  tally.messages.received += received;
}

/** Of more names than `most`, those that sort first: which they are does not turn on the order. A list, as most have one name. */
function keepSmallest(names: string[] | null, name: string, most: number): string[] {
  if (names === null) return [retained(name)];
  if (names.includes(name)) return names;
  names.push(retained(name));
  if (names.length > most) names.splice(names.indexOf(largest(names)), 1);
  return names;
}

/** The same with counts. A name that went is never among the smallest again, so that the counts of those that stay are whole. */
function countSmallest(counts: Counts | null, name: string, times: number, most: number): Counts {
  const kept = counts ?? new Map();
  const known = kept.get(name);
  kept.set(known === undefined ? retained(name) : name, (known ?? 0) + times);
  if (kept.size > most) kept.delete(largest(kept.keys()));
  return kept;
}

function largest(names: Iterable<string>): string {
  let found = '';
  for (const name of names) if (name > found) found = name;
  return found;
}

function countPage(tally: Tally, page: string, times: number): void {
  if (tally.pages === 'varied') return;
  tally.pages ??= new Map();
  increase(tally.pages, page, times);
  if (tally.pages.size > maxPages) tally.pages = 'varied';
}

function later(one: Dated | null, other: Dated | null): Dated | null {
  if (one === null || other === null) return one ?? other;
  if (other.at !== one.at) return other.at > one.at ? other : one;
  if (other.ref !== one.ref) return other.ref > one.ref ? other : one;
  return other.value > one.value ? other : one;
}
