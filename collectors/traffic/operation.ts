import type { Protocol } from '#model/sighting';
import { type Client, isProbing } from './client.ts';
import { absorb, emptyTally, increase, type Tally } from './tally.ts';

/** One operation as traffic showed it, with what must be judged at the end kept apart. */
export interface Operation {
  host: string;
  protocol: Protocol;
  method: string;
  path: string;
  /** Exchanges that were answered by something other than an error or a way elsewhere. */
  answered: Tally | null;
  /** Errors, unanswered requests and redirects elsewhere, by client, as a probing client's do not count; `null`: anybody's. */
  failed: Map<Client | null, Tally> | null;
  /** Several clients failed: no single one is told apart any more. */
  crowded: boolean;
  /** 404, 405 and 501 by status. */
  missed: Map<number, number> | null;
}

const maxClients = 4;

export function emptyOperation(host: string, protocol: Protocol, method: string, path: string): Operation {
  return { host, protocol, method, path, answered: null, failed: null, crowded: false, missed: null };
}

export function keyOf({
  host,
  protocol,
  method,
  path,
}: Pick<Operation, 'host' | 'protocol' | 'method' | 'path'>): string {
  return `${path} ${method} ${host} ${protocol}`;
}

export function answeredTally(operation: Operation): Tally {
  operation.answered ??= emptyTally();
  return operation.answered;
}

/** The tally for a client's failures. */
export function failedTally(operation: Operation, client: Client | null): Tally {
  operation.failed ??= new Map();
  const { failed } = operation;
  const key = operation.crowded ? null : client;
  let tally = failed.get(key);
  if (!tally) {
    tally = emptyTally();
    failed.set(key, tally);
    if (clientsOf(failed) > maxClients) tally = crowd(operation);
  }
  return tally;
}

/** Counts an answer that there is no such thing. */
export function noteMiss(operation: Operation, status: number): void {
  operation.missed ??= new Map();
  increase(operation.missed, status, 1);
}

/** Adds all that `from` holds to `into`; `named` gives the client that another fold's is here. */
export function unite(into: Operation, from: Operation, named: (client: Client) => Client = (client) => client): void {
  if (from.answered) absorb(answeredTally(into), from.answered);
  if (from.crowded && !into.crowded) crowd(into);
  for (const [client, tally] of from.failed ?? []) absorb(failedTally(into, client && named(client)), tally);
  for (const [status, times] of from.missed ?? []) {
    into.missed ??= new Map();
    increase(into.missed, status, times);
  }
}

/** Everything that counts: without misses, and without the failures of clients that probe. `null` when nothing does. */
export function settle(operation: Operation): Tally | null {
  const tallies = settled(operation);
  if (tallies.length < 2) return tallies[0] ?? null;
  const whole = emptyTally();
  for (const tally of tallies) absorb(whole, tally);
  return whole;
}

/** The tallies that count. */
export function settled({ answered, failed }: Operation): Tally[] {
  const tallies = answered ? [answered] : [];
  for (const [client, tally] of failed ?? []) if (!client || !isProbing(client)) tallies.push(tally);
  return tallies;
}

/** All of them, probing clients' too. */
export function talliesOf({ answered, failed }: Operation): Tally[] {
  return [...(answered ? [answered] : []), ...(failed?.values() ?? [])];
}

/** Answers that there is no such thing. */
export function missesOf({ missed }: Operation): number {
  let sum = 0;
  for (const times of missed?.values() ?? []) sum += times;
  return sum;
}

/** Exchanges it was made of, misses included. */
export function exchangesOf(operation: Operation): number {
  let sum = operation.answered?.count ?? 0;
  if (operation.failed) for (const tally of operation.failed.values()) sum += tally.count;
  return sum + missesOf(operation);
}

function clientsOf(failed: Map<Client | null, Tally>): number {
  return failed.size - (failed.has(null) ? 1 : 0);
}

function crowd(operation: Operation): Tally {
  const all = emptyTally();
  for (const tally of operation.failed?.values() ?? []) absorb(all, tally);
  operation.failed = new Map([[null, all]]);
  operation.crowded = true;
  return all;
}
