import type { Progress } from '#collectors/collector';
import type { LeaseHolder } from '#db/store';
import type { ScopeReport } from '#model/scope';

/**
 * How a source's scan went. `ok`: every scope was read completely. `partial`: something was not; what was read is kept.
 * `failed`: nothing came of it. `busy`: another process reads it now. `cancelled`: the user stopped the scan. `timeout`: it took
 * longer than its limit.
 */
export type SourceStatus = 'ok' | 'partial' | 'failed' | 'busy' | 'cancelled' | 'timeout';

export interface SourceOutcome {
  source: string;
  kind: string;
  status: SourceStatus;
  /** A sentence on why it is not `ok`; empty when it is. */
  reason: string;
  /** What was landed, in the order in which it was read. */
  scopes: ScopeReport[];
  /** Sightings that were landed. */
  sightings: number;
  ms: number;
  /** Who reads it now, when it is `busy`. */
  holder: LeaseHolder | null;
}

/** What happens during a scan, as it happens. `at` is in epoch milliseconds. */
export type ScanEvent =
  | { type: 'scan-started'; at: number; sources: { name: string; kind: string }[] }
  | { type: 'source-started'; at: number; source: string; kind: string }
  | { type: 'progress'; at: number; source: string; progress: Progress; sightings: number }
  | { type: 'scope-ended'; at: number; source: string; report: ScopeReport; sightings: number }
  | { type: 'source-ended'; at: number; source: string; outcome: SourceOutcome }
  | { type: 'view-built'; at: number; endpoints: number; ms: number };
