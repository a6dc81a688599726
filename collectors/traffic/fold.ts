import { compareText } from '#model/order';
import type { Protocol, Sighting } from '#model/sighting';
import { type Cell, cellOf, type HostCount, nowhere } from './cell.ts';
import { type Client, Clients, isProbing } from './client.ts';
import type { Counter, Exchange, Like } from './exchange.ts';
import { fallbackPages, fallbacks } from './fallback-page.ts';
import { hashText } from './hash.ts';
import { sightingOf } from './observed.ts';
import {
  answeredTally,
  emptyOperation,
  exchangesOf,
  failedTally,
  keyOf,
  missesOf,
  noteMiss,
  type Operation,
  settle,
  settled,
  talliesOf,
  unite,
} from './operation.ts';
import { retained } from './retained.ts';
import { lotOf, Sampling } from './sampling.ts';
import { addFigures, type Figures, type FoldLimits, type FoldSummary, noFigures, summaryOf } from './summary.ts';
import { countKind, countOwn, type Tally } from './tally.ts';
import { widen } from './widen.ts';

/** All that a fold holds, as plain data that goes from thread to thread (structured clone). It names clients: it is not for storing. */
export interface FoldState {
  figures: Figures;
  hosts: Map<string, HostCount>;
  clients: Client[];
  operations: Operation[];
  /** Exchanges that each sample holds at most. */
  sampleSize: number;
}

const defaults: FoldLimits = { sightings: 20_000, hosts: 2_000, clients: 10_000, sampled: 16_777_216 };
const mostDue = 10_000;

/**
 * Folds exchanges into observed sightings: one for each operation (host, protocol, method, path with typed placeholders).
 *
 * Neither the order of exchanges matters, nor whether they are folded at once or in parts ({@link Fold.absorb}), as long as no limit is
 * reached. Header values and raw targets never leave it.
 */
export class Fold implements Counter {
  /** Stands for this fold in cells, which may outlive it. */
  readonly #owner = {};
  readonly #file: string;
  readonly #limits: FoldLimits;
  readonly #wanted: (host: string) => boolean;
  readonly #clients: Clients;
  readonly #sampling: Sampling;
  readonly #figures = noFigures();
  #operations = new Map<string, Operation>();
  #hosts = new Map<string, HostCount>();
  /** Moves on when operations or hosts were merged, so that no cell counts in one that is gone. */
  #generation = 0;
  #due: Cell[] = [];

  /** `file` is shown as `where.file`, relative to the run's root; of other hosts than `wanted` only the number is kept. */
  constructor(file: string, limits: Partial<FoldLimits> = {}, wanted: (host: string) => boolean = () => true) {
    this.#file = file;
    this.#wanted = wanted;
    this.#limits = { ...defaults, ...limits };
    this.#clients = new Clients(this.#limits.clients);
    this.#sampling = new Sampling(this.#limits.sampled);
  }

  get firstBelow(): number {
    return this.#sampling.bound(null);
  }

  /**
   * Hot: once an exchange. Of those that are alike only numbers move; measured, that is 18 times as fast as working out what their
   * heads say.
   */
  add(exchange: Exchange): void {
    const { like } = exchange;
    if (like === undefined) {
      this.#count(cellOf(exchange, this.#owner, this.#wanted, false), exchange);
      return;
    }
    // What stands in a like was put there by a fold: another's is of no use here.
    let cell = like.cell as Cell | null;
    if (cell === null || cell.owner !== this.#owner) {
      cell = cellOf(exchange, this.#owner, this.#wanted, true);
      like.cell = cell;
    }
    this.#count(cell, exchange);
    this.#tellBounds(cell, like, exchange.client === '');
  }

  /** All that was folded, for another fold to absorb. It is this fold's own data, not a copy: nothing may be added here any more. */
  state(): FoldState {
    this.#settleDue();
    this.#sampling.look();
    return {
      figures: this.#figures,
      hosts: this.#hosts,
      clients: this.#clients.all(),
      operations: [...this.#operations.values()],
      sampleSize: this.#sampling.size,
    };
  }

  /** Adds what another fold holds, as if its exchanges had been added here. The state is left as it is. */
  absorb(state: FoldState): void {
    this.#settleDue();
    this.#sampling.look();
    addFigures(this.#figures, state.figures);
    for (const [host, { exchanges }] of state.hosts) this.#hostCount(host).exchanges += exchanges;
    const own = new Map(state.clients.map((client) => [client, this.#clients.unite(client)]));
    const named = (client: Client): Client => {
      const known = own.get(client) ?? this.#clients.unite(client);
      own.set(client, known);
      return known;
    };
    for (const operation of state.operations) {
      const { host, protocol, method, path } = operation;
      // Not one of the hosts any more: they were too many together.
      const kept = this.#hosts.has(host) ? host : '';
      unite(this.#operation(kept, protocol, method, path), operation, named);
    }
    this.#fitSamples(state.sampleSize);
  }

  sightings(): Sighting[] {
    return [...this.told()];
  }

  /** What was folded, in the order of hosts, paths, methods. One at a time: all of them may take more memory than the fold. */
  *told(): Generator<Sighting> {
    this.#settleDue();
    this.#sampling.look();
    const pages = fallbackPages(this.#operations.values());
    const inOrder = [...this.#operations.values()]
      .map((operation) => ({ operation, order: orderOf(operation) }))
      .sort((a, b) => compareText(a.order, b.order));
    for (const { operation } of inOrder) {
      const tally = settle(operation);
      if (tally) yield sightingOf(operation, tally, pages.get(operation.host));
    }
  }

  /** Figures, hosts and span for a scope's report. */
  summary(): FoldSummary {
    let { noise } = this.#figures.forgotten;
    let operations = 0;
    for (const operation of this.#operations.values()) {
      const counting = settled(operation);
      noise += exchangesOf(operation);
      if (counting.length === 0) continue;
      operations++;
      noise -= missesOf(operation);
      for (const tally of counting) noise -= tally.count;
    }
    const hosts = [...this.#hosts.keys()].sort();
    const outcome = { operations, noise, hosts, probing: this.#clients.probing() };
    return summaryOf(this.#figures, outcome, this.#limits, this.#file);
  }

  /** Hot: once an exchange. */
  #count(cell: Cell, exchange: Exchange): void {
    const figures = this.#figures;
    const { fate, kind } = cell;
    figures.exchanges++;
    if (kind.status !== 0) figures.answered++;
    if (kind.status === 404) figures.notFound++;
    if (fate === 'no host' || fate === 'no method' || !Number.isFinite(exchange.at)) {
      figures.refused[fate === 'no host' ? 'host' : Number.isFinite(exchange.at) ? 'method' : 'time']++;
      return;
    }
    if (fate === 'elsewhere') {
      figures.elsewhere++;
      return;
    }
    const at = Math.floor(exchange.at);
    if (at < figures.from) figures.from = at;
    if (at > figures.to) figures.to = at;
    if (cell.generation !== this.#generation) this.#place(cell);
    cell.hostCount.exchanges++;
    if (cell.operation === null) {
      figures.preflights++;
      return;
    }
    if (fate === 'missed') {
      this.#clients.note(exchange.client, hashText(cell.operation.path));
      noteMiss(cell.operation, kind.status);
      return;
    }
    const client = this.#clients.note(exchange.client, null);
    const tally = cell.tally ?? failedTally(cell.operation, client);
    if (exchange.like === undefined || cell.tally === null) countKind(tally, kind, 1);
    else if (cell.due++ === 0) this.#noteDue(cell);
    countOwn(tally, kind, exchange, at, client, exchange.file ?? this.#file);
    this.#sample(cell, tally, exchange, at);
  }

  /** Hot: most lots are too high for either sample. */
  #sample({ fate, kind }: Cell, tally: Tally, exchange: Exchange, at: number): void {
    const { status } = kind;
    const sampling = this.#sampling;
    sampling.read();
    const lot = exchange.lot ?? lotOf(exchange);
    if (fate === 'answered' && lot < sampling.bound(tally.requests)) sampling.request(tally, exchange, at, lot);
    if (status !== 0 && lot < sampling.bound(tally.responses?.get(status)))
      sampling.response(tally, exchange, status, at, lot);
    if (sampling.isOver) this.#fitSamples();
  }

  #tellBounds({ fate, kind, operation, tally }: Cell, like: Like, isAnybody: boolean): void {
    const sampling = this.#sampling;
    const answered = tally ?? operation?.answered;
    like.requestsBelow = operation === null ? 0 : sampling.bound(answered?.requests);
    if (fate === 'answered') {
      like.responsesBelow = sampling.bound(tally?.responses?.get(kind.status));
    } else if (fate !== 'failed' || kind.status === 0) {
      like.responsesBelow = 0;
    } else if (operation?.crowded || isAnybody) {
      // While failures are told apart by client, no sample of them has the bound: the next may be of another.
      like.responsesBelow = sampling.bound(operation?.failed?.get(null)?.responses?.get(kind.status));
    }
  }

  /** Finds where a cell's exchanges are counted. The host first: it may have to be merged with others. */
  #place(cell: Cell): void {
    const { host, protocol, method, path, fate } = cell;
    cell.hostCount = host === '' ? nowhere : this.#hostCount(host);
    cell.operation = fate === 'preflight' ? null : this.#operation(host, protocol, method, path);
    cell.tally = cell.operation !== null && fate === 'answered' ? answeredTally(cell.operation) : null;
    cell.generation = this.#generation;
  }

  #noteDue(cell: Cell): void {
    this.#due.push(cell);
    if (this.#due.length > mostDue) this.#settleDue();
  }

  /** Counts in the tallies what cells have gathered: always before operations are merged. */
  #settleDue(): void {
    for (const cell of this.#due) {
      if (cell.tally !== null) countKind(cell.tally, cell.kind, cell.due);
      cell.due = 0;
    }
    this.#due = [];
  }

  #fitSamples(size?: number): void {
    this.#sampling.fit([...this.#operations.values()].flatMap(talliesOf), size);
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

  /** Half of the room becomes free, so that this is rare however much comes. */
  #makeRoom(): void {
    this.#settleDue();
    const target = Math.floor(this.#limits.sightings * 0.5);
    const pages = fallbackPages(this.#operations.values());
    const { forgotten, reached } = this.#figures;
    const kept: Operation[] = [];
    for (const operation of this.#operations.values()) {
      if (isNoise(operation, pages.get(operation.host))) forgotten.noise += exchangesOf(operation);
      else kept.push(operation);
    }
    if (kept.length > target) reached.sightings = true;
    const widened = widen(kept, target);
    forgotten.rare += widened.dropped;
    this.#replace(widened.kept);
  }

  #hostCount(host: string): HostCount {
    const known = this.#hosts.get(host);
    if (known) return known;
    if (this.#hosts.size >= this.#limits.hosts) this.#mergeHosts();
    const fresh = { exchanges: 0 };
    this.#hosts.set(retained(host), fresh);
    return fresh;
  }

  /** Hosts on which nothing answers go first, then those with the fewest exchanges: their operations lose the host. */
  #mergeHosts(): void {
    this.#settleDue();
    const pages = fallbackPages(this.#operations.values());
    const alive = new Set<string>();
    for (const operation of this.#operations.values())
      if (operation.answered && !isNoise(operation, pages.get(operation.host))) alive.add(operation.host);
    const order = [...this.#hosts].sort(
      ([a, one], [b, other]) =>
        Number(alive.has(b)) - Number(alive.has(a)) || other.exchanges - one.exchanges || compareText(a, b),
    );
    this.#hosts = new Map(order.slice(0, Math.floor(this.#limits.hosts * 0.75)));
    this.#figures.reached.hosts = true;
    for (const operation of this.#operations.values()) if (!this.#hosts.has(operation.host)) operation.host = '';
    this.#replace([...this.#operations.values()]);
  }

  #replace(operations: Operation[]): void {
    this.#generation++;
    this.#operations = new Map();
    for (const operation of operations) {
      const key = keyOf(operation);
      const known = this.#operations.get(key);
      if (known) unite(known, operation);
      else this.#operations.set(key, operation);
    }
    this.#fitSamples();
  }
}

/** Nothing in it can be an endpoint. */
function isNoise({ answered, failed }: Operation, pages: Set<string> | undefined): boolean {
  if (failed && [...failed.keys()].some((client) => !client || !isProbing(client))) return false;
  return !answered || fallbacks(answered, pages) === answered.count;
}

function orderOf({ host, path, method, protocol }: Operation): string {
  return `${host} ${path} ${method} ${protocol}`;
}
