import type { Plane } from './sighting.ts';

/**
 * How completely a scope was read. Only `complete` replaces what the scope said before; any other only adds, and
 * nothing is ever called gone on its word.
 */
export const completenesses = ['complete', 'partial', 'denied', 'throttled', 'unsupported', 'failed'] as const;
export type Completeness = (typeof completenesses)[number];

/** Something that kept a scope from being complete, or is worth knowing: what, where, and how to mend it. */
export interface Problem {
  message: string;
  where?: string;
  mend?: string;
}

/** What a scope could have shown, so that silence can be told from absence. */
export interface Coverage {
  /** The source's own service names. */
  services?: string[];
  /** Hosts on which traffic was seen, encrypted or not. */
  hosts?: string[];
  /** The span that was observed, epoch milliseconds of the evidence's own clock. */
  from?: number;
  to?: number;
}

/** The last word on a scope: how it went, and what was seen even when nothing was found. */
export interface ScopeReport {
  scope: string;
  plane: Plane;
  completeness: Completeness;
  /** A sentence with figures: `4,212 packets, 0 HTTP, 4,100 TLS: give a key log or another point of capture`. */
  saw: string;
  problems: Problem[];
  covers: Coverage;
}

/** A scope as the inventory keeps it. */
export interface ScopeState extends ScopeReport {
  source: string;
  kind: string;
  environment: string;
  scan: string;
  at: number;
  /** The last scan that read it completely, if any did. */
  completeAt: number | null;
  sightings: number;
}
