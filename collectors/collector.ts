import type { ZodType } from 'zod';
import type { Coverage, ScopeReport } from '#model/scope';
import type { Plane, Sighting } from '#model/sighting';
import type { Exchange } from './traffic/exchange.ts';

/**
 * What a collector yields, scope after scope: `begin`, its sightings, `end`. A scope that began and never ended is
 * recorded as failed. `scopes` is the full list of a source that can enumerate what it holds (files of a folder, APIs of an
 * account): scopes it held before and lists no more are retired. Sources whose evidence stays true after it is deleted
 * (captures, logs) never yield it.
 */
export type Emission =
  | { type: 'begin'; scope: string; plane: Plane }
  | { type: 'sighting'; sighting: Sighting }
  | { type: 'end'; report: ScopeReport }
  | { type: 'scopes'; names: string[] };

/** The same of a collector of traffic, with every exchange as it was read in place of what all of them say. */
export type ExchangeEmission = Extract<Emission, { type: 'begin' | 'end' }> | { type: 'exchange'; exchange: Exchange };

export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** How far a source has come. `total` only when it is known; `unit` is a plural noun (`bytes`, `files`). */
export interface Progress {
  done: number;
  total?: number;
  unit: string;
  /** What is being read now. */
  at?: string;
}

/** What a scan hands to a collector. */
export interface Run {
  /** The folder that relative paths in the source's configuration start from, absolute. */
  root: string;
  /** Aborted on a time-out or when the user stops the scan; the collector then throws or returns soon, with its files closed. */
  signal: AbortSignal;
  log: Logger;
  progress(progress: Progress): void;
}

/** A path given directly on the command line: what a collector needs to say whether it is its kind. */
export interface Sniff {
  /** Absolute. */
  path: string;
  folder: boolean;
  /** The first 4 KiB of a file; empty for a folder. */
  head: Uint8Array;
}

/**
 * One kind of source. A collector does I/O and emits sightings; it knows one vendor or format and nothing of the inventory,
 * of other collectors, or of verdicts. It never throws for what is expected of hostile or broken input: that is a
 * `partial` or `failed` scope whose problems name the place. It never yields a secret, token or personal value.
 */
export interface Collector<C> {
  /** Its name in noontide.yaml: `spec`, `capture`, `aws-apigateway`. */
  kind: string;
  plane: Plane;
  /** One sentence for `--help` and docs. */
  about: string;
  /** Its part of a source in noontide.yaml; described, so that the reference and the JSON Schema come from it. */
  config: ZodType<C>;
  /** The configuration for a path given on the command line, or `null` when it is not of this kind. */
  sniff?(found: Sniff): C | null;
  /** The configuration that reads standard input (`-` on the command line), for the one kind that can. */
  stdin?: C;
  collect(config: C, run: Run): AsyncIterable<Emission>;
  /**
   * Offered by collectors of traffic: the exchanges behind the sightings, for people who look at their own traffic. Unlike sightings
   * they hold values; whoever shows them masks those.
   */
  exchanges?(config: C, run: Run): AsyncIterable<ExchangeEmission>;
}

/** The end of a scope that was read to its end without problems. */
export function complete(scope: string, plane: Plane, saw: string, covers: Coverage): Emission {
  return { type: 'end', report: { scope, plane, completeness: 'complete', saw, problems: [], covers } };
}

/**
 * The kinds of sources that are known. A collector stands here for any configuration: `collect` and `exchanges` are only ever given what the same
 * collector's `config` parsed or its `sniff` answered.
 */
export type Registry = readonly Collector<unknown>[];
