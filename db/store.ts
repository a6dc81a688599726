import type { Condition, Order } from '#model/condition';
import type { Endpoint, Service } from '#model/endpoint';
import type { Finding } from '#model/finding';
import type { ScopeReport, ScopeState } from '#model/scope';
import type { Plane, Sighting } from '#model/sighting';
import type { StoredSighting, View } from '#model/view';

/** One run of `noontide scan`. Times are epoch milliseconds. */
export interface ScanRecord {
  id: string;
  startedAt: number;
  /** `null` while it runs, or when it was killed. */
  finishedAt: number | null;
  /** `interrupted`: it was killed or cancelled; what had landed by then is kept. */
  status: 'running' | 'done' | 'incomplete' | 'interrupted';
  version: string;
  sources: string[];
  scopes: number;
  sightings: number;
}

/** A source as the inventory knows it. */
export interface SourceRecord {
  name: string;
  kind: string;
  /** Empty: the source speaks for every environment (a specification, code). */
  environment: string;
}

/** Takes the sightings of one scope and lands them in one transaction. */
export interface ScopeWriter {
  /**
   * Buffers, spilling past a bound, so that memory stays flat however large the scope. The same operation (protocol,
   * method, path, path kind, service, servers) told twice is one sighting: the first `where` stays, facts join,
   * counts add up.
   */
  add(sighting: Sighting): Promise<void>;
  /**
   * Lands everything. A complete scope replaces what it said before (what it says no more is marked gone); any other
   * only adds, and counts merge by maximum, so that the same scope may be read again or twice. What was observed only
   * ever adds up: a log that was rotated takes back no call.
   */
  end(report: ScopeReport): Promise<void>;
  /** Forgets what was added; the inventory is as it was. */
  abandon(): Promise<void>;
}

/**
 * The right to scan a source, held by one process at a time, and freed by its death; on another host, where a death
 * cannot be seen, by a minute without renewal.
 */
export interface Lease {
  /** False when it was lost: another process holds it now, or may. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** Who holds a lease now. */
export interface LeaseHolder {
  source: string;
  pid: number;
  host: string;
  since: number;
}

export const changeKinds = ['appeared', 'changed', 'vanished'] as const;
export type ChangeKind = (typeof changeKinds)[number];

/** One step in an endpoint's history. */
export interface Change {
  at: number;
  scan: string;
  kind: ChangeKind;
  endpoint: string;
  environment: string;
  service: string;
  method: string;
  path: string;
  /** What changed, by field, before and after; empty for appeared and vanished. */
  fields: Record<string, [before: string, after: string]>;
  verdict: string;
}

export interface EndpointQuery {
  where?: Condition;
  order?: Order[];
  limit?: number;
  offset?: number;
}

export interface FindingQuery {
  where?: Condition;
  rules?: string[];
  states?: Finding['state'][];
  limit?: number;
}

/** One sighting and its source, for `show`. */
export interface EndpointDetail {
  endpoint: Endpoint;
  sightings: StoredSighting[];
  findings: Finding[];
  changes: Change[];
  /** Ids this endpoint had before. */
  formerIds: string[];
}

export interface HealthCheck {
  name: string;
  ok: boolean;
  detail: string;
  mend?: string;
}

export interface Health {
  /**
   * The database itself is sound. What only asks for another scan (a view that lags behind, a scan that was killed, a
   * lease left over) shows in its check alone.
   */
  ok: boolean;
  checks: HealthCheck[];
  /** Rows by table, bytes on disk, versions. */
  facts: Record<string, string | number>;
}

/**
 * The inventory. Asynchronous, although SQLite answers at once, because its other face is a server.
 *
 * Every method throws {@link InventoryError} for what is wrong with the database itself (locked, full, corrupt, newer
 * than this program), with the file and the mend in its message, and leaves the inventory as it was. Methods that
 * take a condition throw {@link ConditionError} for one that cannot be asked.
 */
export interface InventoryStore {
  beginScan(version: string, sources: SourceRecord[]): Promise<ScanRecord>;
  endScan(id: string, status: 'done' | 'incomplete' | 'interrupted'): Promise<void>;
  /** Marks scans whose process is gone as interrupted, and frees their leases; answers how many scans there were. */
  reapScans(): Promise<number>;

  lease(source: string): Promise<Lease | LeaseHolder>;
  scope(scan: string, source: SourceRecord, name: string, plane: Plane): ScopeWriter;
  /** Retires scopes of a source that are not in the list: their sightings are marked gone. */
  retireScopes(scan: string, source: string, kept: string[]): Promise<void>;

  scopes(): Promise<ScopeState[]>;
  /** Everything, gone ones too, in the order of their ids. No transaction stays open between pages. */
  sightings(): AsyncIterable<StoredSighting>;
  /**
   * Puts the view in place and records what appeared, changed and vanished against the one before. The view is taken
   * to be as old as the last call of {@link sightings}; what landed since then makes it lag behind.
   */
  replaceView(scan: string, view: View): Promise<Change[]>;
  /** False when scopes landed after the view was made (a scan was killed between the two). */
  viewIsCurrent(): Promise<boolean>;

  endpoints(query: EndpointQuery): AsyncIterable<Endpoint>;
  countEndpoints(where?: Condition): Promise<number>;
  /** By id, former id, or unambiguous beginning of an id; several when the beginning is ambiguous. */
  findEndpoint(id: string): Promise<Endpoint[]>;
  endpointDetail(id: string): Promise<EndpointDetail | null>;
  findings(query: FindingQuery): AsyncIterable<Finding>;
  services(): Promise<Service[]>;
  runs(limit: number): Promise<ScanRecord[]>;
  changes(since: number): AsyncIterable<Change>;

  health(): Promise<Health>;
  close(): Promise<void>;
}

/** A condition that cannot be asked: a bad pattern, a number compared with a word. The user's to mend: exit code 2. */
export class ConditionError extends Error {
  override name = 'ConditionError';
}

/** Trouble with the inventory itself: exit code 4. */
export class InventoryError extends Error {
  override name = 'InventoryError';
}
