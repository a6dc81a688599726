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
    if (clientsOf(failed) > maxClients) tally = crowd(operation, failed);
  }
  return tally;
}

export function noteMiss(operation: Operation, status: number): void {
  operation.missed ??= new Map();
  increase(operation.missed, status, 1);
}

/** Adds all that `from` holds to `into`. */
export function unite(into: Operation, from: Operation): void {
  if (from.answered) absorb(answeredTally(into), from.answered);
  for (const [client, tally] of from.failed ?? []) absorb(failedTally(into, client), tally);
  for (const [status, times] of from.missed ?? []) {
    into.missed ??= new Map();
    increase(into.missed, status, times);
  }
}

/** Everything that counts: without misses, and without the failures of clients that probe. `null` when nothing does. */
export function settle(operation: Operation): Tally | null {
  const tallies = [...(operation.failed ?? [])]
    .filter(([client]) => !client || !isProbing(client))
    .map(([, tally]) => tally);
  if (operation.answered) tallies.push(operation.answered);
  if (tallies.length === 0) return null;
  const whole = emptyTally();
  for (const tally of tallies) absorb(whole, tally);
  return whole;
}

/** Exchanges it was made of, misses included. */
export function exchangesOf(operation: Operation): number {
  let sum = operation.answered?.count ?? 0;
  for (const tally of operation.failed?.values() ?? []) sum += tally.count;
  for (const times of operation.missed?.values() ?? []) sum += times;
  return sum;
}

function clientsOf(failed: Map<Client | null, Tally>): number {
  return failed.size - (failed.has(null) ? 1 : 0);
}

function crowd(operation: Operation, failed: Map<Client | null, Tally>): Tally {
  const all = emptyTally();
  for (const tally of failed.values()) absorb(all, tally);
  failed.clear();
  failed.set(null, all);
  operation.crowded = true;
  return all;
}
