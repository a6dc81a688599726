import { counted, figure } from '#model/figure';
import { compareText } from '#model/order';
import type { Coverage, Problem } from '#model/scope';
import type { Protocol, Sighting } from '#model/sighting';
import { segmentType } from '#path/segment';
import { isMiss, redirectKind } from './answer.ts';
import { capturedPath, grpcMethodPath } from './captured-path.ts';
import { Clients, isProbing } from './client.ts';
import type { Exchange } from './exchange.ts';
import { fallbackPages, fallbacks } from './fallback-page.ts';
import { absoluteForm, normaliseHost } from './host.ts';
import { sightingOf } from './observed.ts';
import {
  answeredTally,
  emptyOperation,
  exchangesOf,
  failedTally,
  keyOf,
  noteMiss,
  type Operation,
  settle,
  unite,
} from './operation.ts';
import { protocolOf } from './protocol.ts';
import { retained } from './retained.ts';
import { count, increase } from './tally.ts';
import { widen } from './widen.ts';

/** How much a fold keeps at most, whatever the traffic. */
export interface FoldLimits {
  /** Operations. Past it noise goes first, then the widest groups of siblings become `{string}`. */
  sightings: number;
  /** Past it the hosts with the fewest exchanges are no longer told apart. */
  hosts: number;
  /** Callers that are told apart, so that probing can be known. */
  clients: number;
}

/** What was folded, in figures. */
export interface FoldSummary {
  exchanges: number;
  covers: Coverage;
  /** Exchanges that are in no sighting: answered 404, 405 or 501 and never otherwise, failures of probing clients. */
  noise: number;
  preflights: number;
  /** Exchanges whose answer was seen. */
  answered: number;
  /** Clients that probe. */
  probing: number;
  /** Exchanges with a method, host or time that cannot be one. */
  refused: number;
  /** `1,204 exchanges, 37 operations on 3 hosts; 211 answers 404`. */
  saw: string;
  problems: Problem[];
}

const defaults: FoldLimits = { sightings: 20_000, hosts: 2_000, clients: 10_000 };
const token = /^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,31}$/;

/**
 * Folds exchanges into observed sightings: one for each operation (host, protocol, method, path with typed placeholders).
 *
 * The order of exchanges does not matter, as long as no limit is reached. Header values and raw targets never leave it.
 */
export class Fold {
  readonly #file: string;
  readonly #limits: FoldLimits;
  readonly #clients: Clients;
  #operations = new Map<string, Operation>();
  #hosts = new Map<string, number>();
  #exchanges = 0;
  #answered = 0;
  #notFound = 0;
  #preflights = 0;
  #elsewhere = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  #refused = new Map<'method' | 'host' | 'time', number>();
  /** Exchanges that were forgotten for want of room, by what they were. */
  #forgotten = { noise: 0, rare: 0 };
  #reached = { sightings: false, hosts: false };

  readonly #wanted: (host: string) => boolean;

  /** `file` is shown as `where.file`, relative to the run's root; of other hosts than `wanted` only the number is kept. */
  constructor(file: string, limits: Partial<FoldLimits> = {}, wanted: (host: string) => boolean = () => true) {
    this.#file = file;
    this.#wanted = wanted;
    this.#limits = { ...defaults, ...limits };
    this.#clients = new Clients(this.#limits.clients);
  }

  /** Hot: once an exchange. */
  add(exchange: Exchange): void {
    this.#exchanges++;
    const status = exchange.status >= 100 && exchange.status <= 999 ? Math.floor(exchange.status) : 0;
    if (status !== 0) this.#answered++;
    if (status === 404) this.#notFound++;
    const sent = exchange.method.toUpperCase();
    const method = sent === 'HEAD' ? 'GET' : sent;
    const absolute = absoluteForm(exchange.target);
    const authority = absolute?.authority ?? (exchange.host || (method === 'CONNECT' ? exchange.target : ''));
    const host = normaliseHost(authority, absolute?.scheme ?? exchange.scheme);
    if (host === null || !isMethod(exchange.method) || !Number.isFinite(exchange.at)) {
      increase(this.#refused, host === null ? 'host' : Number.isFinite(exchange.at) ? 'method' : 'time', 1);
      return;
    }
    if (!this.#wanted(host)) {
      this.#elsewhere++;
      return;
    }
    const at = Math.floor(exchange.at);
    this.#from = Math.min(this.#from, at);
    this.#to = Math.max(this.#to, at);
    if (host !== '') this.#noteHost(host);
    if (method === 'OPTIONS' && exchange.requestHeaders.has('access-control-request-method')) {
      this.#preflights++;
      return;
    }
    const known = { ...exchange, method: sent, status };
    const protocol = protocolOf(known);
    const path =
      method === 'CONNECT'
        ? '/'
        : ((protocol === 'grpc' ? grpcMethodPath(exchange.target) : null) ?? capturedPath(exchange.target));
    const miss = isMiss(status);
    const operation = this.#operation(host, protocol, method, path);
    const client = this.#clients.note(exchange.client, miss ? operation.path : null);
    if (miss) noteMiss(operation, status);
    else if (status === 0 || status >= 400 || redirectKind(known) !== null)
      count(failedTally(operation, client), known, at, status);
    else count(answeredTally(operation), known, at, status);
  }

  /** What was folded, in the order of hosts, paths, methods. */
  sightings(): Sighting[] {
    const pages = fallbackPages(this.#operations.values());
    const found: Sighting[] = [];
    for (const operation of this.#operations.values()) {
      const tally = settle(operation);
      if (tally) found.push(sightingOf(operation, tally, pages.get(operation.host), this.#file));
    }
    return found.sort((a, b) => compareText(orderOf(a), orderOf(b)));
  }

  /** Figures, hosts and span for a scope's report. */
  summary(): FoldSummary {
    let noise = this.#forgotten.noise;
    let operations = 0;
    for (const operation of this.#operations.values()) {
      const kept = settle(operation);
      if (kept) operations++;
      noise += exchangesOf(operation) - (kept ? kept.count + missesOf(operation) : 0);
    }
    const hosts = [...this.#hosts.keys()].sort();
    const covers: Coverage = { hosts };
    if (this.#from <= this.#to) Object.assign(covers, { from: this.#from, to: this.#to });
    const probing = this.#clients.probing();
    let saw = `${counted(this.#exchanges, 'exchange')}, ${counted(operations, 'operation')} on ${counted(hosts.length, 'host')}`;
    const asides = [
      this.#notFound > 0 && `${counted(this.#notFound, 'answer')} 404`,
      this.#exchanges > this.#answered && `${counted(this.#exchanges - this.#answered, 'request')} without an answer`,
      this.#preflights > 0 && counted(this.#preflights, 'preflight'),
      this.#elsewhere > 0 && `${counted(this.#elsewhere, 'exchange')} with hosts that were not asked for`,
      probing > 0 && `${counted(probing, 'client')} probing`,
    ].filter((aside) => aside !== false);
    if (asides.length > 0) saw += `; ${asides.join(', ')}`;
    return {
      exchanges: this.#exchanges,
      covers,
      noise,
      preflights: this.#preflights,
      answered: this.#answered,
      probing,
      refused: [...this.#refused.values()].reduce((sum, times) => sum + times, 0),
      saw,
      problems: this.#problems(),
    };
  }

  #operation(host: string, protocol: Protocol, method: string, path: string): Operation {
    const key = keyOf({ host, protocol, method, path });
    const known = this.#operations.get(key);
    if (known) return known;
    if (this.#operations.size >= this.#limits.sightings) this.#makeRoom();
    const fresh = emptyOperation(retained(host), protocol, retained(method), retained(path));
    this.#operations.set(key, fresh);
    return fresh;
  }

  /** A quarter of the room becomes free, so that this is rare however much comes. */
  #makeRoom(): void {
    const target = Math.floor(this.#limits.sightings * 0.75);
    const pages = fallbackPages(this.#operations.values());
    const kept: Operation[] = [];
    for (const operation of this.#operations.values()) {
      if (isNoise(operation, pages.get(operation.host))) this.#forgotten.noise += exchangesOf(operation);
      else kept.push(operation);
    }
    if (kept.length > target) this.#reached.sightings = true;
    const widened = widen(kept, target);
    this.#forgotten.rare += widened.dropped;
    this.#replace(widened.kept);
  }

  #noteHost(host: string): void {
    if (!this.#hosts.has(host) && this.#hosts.size >= this.#limits.hosts) this.#mergeHosts();
    const times = this.#hosts.get(host);
    if (times === undefined) this.#hosts.set(retained(host), 1);
    else this.#hosts.set(host, times + 1);
  }

  /** Hosts on which nothing answers go first, then those with the fewest exchanges: their operations lose the host. */
  #mergeHosts(): void {
    const pages = fallbackPages(this.#operations.values());
    const alive = new Set<string>();
    for (const operation of this.#operations.values())
      if (operation.answered && !isNoise(operation, pages.get(operation.host))) alive.add(operation.host);
    const order = [...this.#hosts].sort(
      ([a, times], [b, others]) => Number(alive.has(b)) - Number(alive.has(a)) || others - times || compareText(a, b),
    );
    this.#hosts = new Map(order.slice(0, Math.floor(this.#limits.hosts * 0.75)));
    this.#reached.hosts = true;
    for (const operation of this.#operations.values()) if (!this.#hosts.has(operation.host)) operation.host = '';
    this.#replace([...this.#operations.values()]);
  }

  #replace(operations: Operation[]): void {
    this.#operations = new Map();
    for (const operation of operations) {
      const key = keyOf(operation);
      const known = this.#operations.get(key);
      if (known) unite(known, operation);
      else this.#operations.set(key, operation);
    }
  }

  #problems(): Problem[] {
    const where = this.#file;
    const problems: Problem[] = [];
    for (const [what, times] of [...this.#refused].sort(([a], [b]) => compareText(a, b)))
      problems.push({ message: `${counted(times, 'exchange')} left out: the ${what} cannot be one`, where });
    if (this.#reached.sightings) {
      const rare = this.#forgotten.rare;
      const lost = rare > 0 ? `; ${counted(rare, 'exchange')} of the rarest left out` : '';
      problems.push({
        message: `more than ${figure(this.#limits.sightings)} operations: the rarest of many siblings are told apart no more (\`{string}\`)${lost}`,
        where,
        mend: 'split the evidence by host or time',
      });
    }
    if (this.#reached.hosts)
      problems.push({
        message: `more than ${figure(this.#limits.hosts)} hosts: those with the fewest exchanges are told apart no more`,
        where,
        mend: 'split the evidence by host',
      });
    return problems;
  }
}

/** Nothing in it can be an endpoint. */
function isNoise({ answered, failed }: Operation, pages: Set<string> | undefined): boolean {
  if (failed && [...failed.keys()].some((client) => !client || !isProbing(client))) return false;
  return !answered || fallbacks(answered, pages) === answered.count;
}

function missesOf({ missed }: Operation): number {
  let sum = 0;
  for (const times of missed?.values() ?? []) sum += times;
  return sum;
}

function orderOf({ service, path, method, protocol }: Sighting): string {
  return `${service} ${path} ${method} ${protocol}`;
}

/** A token (RFC 9110, section 9.1) that is a word, and no value in its place. */
function isMethod(method: string): boolean {
  return token.test(method) && segmentType(method) === null;
}
