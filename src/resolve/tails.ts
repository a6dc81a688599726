import { shape } from '#path/template';
import type { Shift } from './group.ts';

export interface Operation {
  method: string;
  path: string;
}

/** A way to read a group's paths as a service's, and how much speaks for it. */
export interface Vote extends Shift {
  service: string;
  /** Operations of the group that coincide with one of the service; those without a literal segment count a quarter. */
  matches: number;
  /** 0 to 1: of the smaller of the two, how much coincides. */
  coverage: number;
}

interface Entry {
  service: string;
  method: string;
  prefix: string;
}

/** A tail that many operations end in says nothing of where it belongs. */
const maxEntries = 64;

/**
 * Operations by every tail of their path, so that the prefix under which two groups coincide is found by looking up rather
 * than by comparing all with all: near-linear in the number of operations.
 */
export class TailIndex {
  readonly #tails = new Map<string, Entry[]>();
  readonly #sizes = new Map<string, number>();

  add(service: string, operation: Operation): void {
    this.#sizes.set(service, (this.#sizes.get(service) ?? 0) + 1);
    const path = shape(operation.path);
    for (let at = 0; at >= 0; at = path.indexOf('/', at + 1)) {
      const tail = path.slice(at);
      if (at > 0 && !/[^/{}*]/.test(tail)) break;
      const entries = this.#tails.get(tail) ?? [];
      if (entries.length >= maxEntries) continue;
      const prefix = path.slice(0, at);
      entries.push({ service, method: operation.method, prefix });
      this.#tails.set(tail, entries);
    }
  }

  /** Every reading of a group's operations that something speaks for, the best first. */
  votes(operations: readonly Operation[]): Vote[] {
    const votes = new Map<string, Vote>();
    for (const { method, path } of operations) {
      const text = shape(path);
      const counted = new Set<string>();
      for (let at = 0; at >= 0; at = text.indexOf('/', at + 1)) {
        const tail = text.slice(at);
        const literal = /[^/{}*]/.test(tail);
        if (at > 0 && !literal) break;
        const strip = text.slice(0, at);
        for (const entry of this.#tails.get(tail) ?? []) {
          // A prefix is lost or gained; a reading that does both fits anything. One with a parameter in it is no mount.
          if (strip !== '' && entry.prefix !== '') continue;
          if (entry.method !== method && entry.method !== '*' && method !== '*') continue;
          if (strip.includes('{') || entry.prefix.includes('{')) continue;
          const key = `${entry.service}\n${entry.prefix}\n${strip}`;
          if (counted.has(key)) continue;
          counted.add(key);
          const vote = votes.get(key) ?? {
            service: entry.service,
            prefix: entry.prefix,
            strip,
            matches: 0,
            coverage: 0,
          };
          vote.matches += literal ? 1 : 0.25;
          votes.set(key, vote);
        }
      }
    }
    for (const vote of votes.values()) {
      const smaller = Math.min(operations.length, this.#sizes.get(vote.service) ?? 0);
      vote.coverage = Math.min(1, vote.matches / Math.max(1, smaller));
    }
    return [...votes.values()].sort(better);
  }
}

/** More matches, then no shift before a shift, then by name, so that ties always fall the same way. */
function better(a: Vote, b: Vote): number {
  const shift = (vote: Vote) => vote.prefix.length + vote.strip.length;
  return b.matches - a.matches || shift(a) - shift(b) || (a.service + a.prefix < b.service + b.prefix ? -1 : 1);
}
