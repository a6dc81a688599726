import type { InventoryStore, Lease, LeaseHolder, ScanRecord, SourceRecord } from '#db/store';
import type { ScopeReport, ScopeState } from '#model/scope';
import type { Plane, Sighting } from '#model/sighting';
import type { StoredSighting, View } from '#model/view';

/** An inventory in memory: as much of it as a scan uses. */
export interface MemoryStore extends InventoryStore {
  readonly view: View | null;
  readonly held: ReadonlyMap<string, LeaseHolder>;
  /** Names of the scopes that stand, by source. */
  standing(source: string): string[];
  /** Another process takes a source. */
  occupy(source: string): void;
  free(source: string): void;
}

const elsewhere = { pid: 4_242, host: 'elsewhere', since: 1_700_000_000_000 };

export function memoryStore(faults: Partial<InventoryStore> = {}): MemoryStore {
  const scans: ScanRecord[] = [];
  const states = new Map<string, ScopeState>();
  const sightings = new Map<string, StoredSighting[]>();
  const held = new Map<string, LeaseHolder>();
  let view: View | null = null;
  let current = true;
  let ids = 0;

  const unused = (): never => {
    throw new Error('a scan has no use for this');
  };
  const key = (source: string, scope: string) => `${source}\0${scope}`;

  const land = (scan: string, source: SourceRecord, report: ScopeReport, added: readonly Sighting[]) => {
    const at = Date.now();
    const id = key(source.name, report.scope);
    const stored = added.map((sighting): StoredSighting => {
      const kept = { source: source.name, scope: report.scope, environment: source.environment };
      return { ...sighting, ...kept, id: ++ids, firstScanAt: at, lastScanAt: at, goneAt: null };
    });
    const before = report.completeness === 'complete' ? [] : (sightings.get(id) ?? []);
    sightings.set(id, [...before, ...stored]);
    const completeAt = report.completeness === 'complete' ? at : (states.get(id)?.completeAt ?? null);
    const { name, ...rest } = source;
    states.set(id, { ...report, ...rest, source: name, scan, at, completeAt, sightings: stored.length });
    current = false;
  };

  return {
    get view() {
      return view;
    },
    held,
    standing: (source) => [...states.values()].filter((state) => state.source === source).map(({ scope }) => scope),
    occupy: (source) => void held.set(source, { source, ...elsewhere }),
    free: (source) => void held.delete(source),

    async beginScan(version, sources) {
      const id = `scan-${scans.length + 1}`;
      const names = sources.map(({ name }) => name);
      const scan: ScanRecord = {
        id,
        startedAt: Date.now(),
        finishedAt: null,
        status: 'running',
        version,
        sources: names,
        scopes: 0,
        sightings: 0,
      };
      scans.unshift(scan);
      return scan;
    },
    async endScan(id, status) {
      Object.assign(scans.find((scan) => scan.id === id)!, { status, finishedAt: Date.now() });
    },
    reapScans: async () => 0,
    async lease(source): Promise<Lease | LeaseHolder> {
      const holder = held.get(source);
      if (holder) return holder;
      held.set(source, { source, pid: process.pid, host: 'here', since: Date.now() });
      return { renew: async () => held.get(source)?.host === 'here', release: async () => void held.delete(source) };
    },
    scope(scan: string, source: SourceRecord, _name: string, _plane: Plane) {
      const added: Sighting[] = [];
      return {
        add: async (sighting) => void added.push(sighting),
        end: async (report) => land(scan, source, report, added),
        abandon: async () => void added.splice(0),
      };
    },
    async retireScopes(_scan, source, kept) {
      for (const [id, state] of states) if (state.source === source && !kept.includes(state.scope)) states.delete(id);
    },
    scopes: async () => [...states.values()],
    async *sightings() {
      for (const some of sightings.values()) yield* some;
    },
    async replaceView(_scan, made) {
      view = made;
      current = true;
      return [];
    },
    viewIsCurrent: async () => current,
    countEndpoints: async () => view?.endpoints.length ?? 0,
    runs: async (limit) => scans.slice(0, limit),
    endpoints: unused,
    findEndpoint: unused,
    endpointDetail: unused,
    findings: unused,
    services: unused,
    changes: unused,
    health: unused,
    close: async () => undefined,
    ...faults,
  };
}
