import { setTimeout } from 'node:timers/promises';
import type { Change, InventoryStore, Lease } from '#db/store';
import type { ServiceRule, Windows } from '#model/rule';
import type { ScopeState } from '#model/scope';
import type { StoredSighting, View } from '#model/view';

/** Makes the view of everything that the inventory holds; a pure function. */
export type BuildView = (
  sightings: readonly StoredSighting[],
  scopes: readonly ScopeState[],
  rules: readonly ServiceRule[],
  windows: Windows,
) => View;

/** By what a view is made: the part of a configuration that judging needs, and the function. */
export interface Viewing {
  services: readonly ServiceRule[];
  windows: Windows;
  buildView: BuildView;
}

export interface LandedView {
  changes: Change[];
  endpoints: number;
  /** True when no endpoint was known before. */
  first: boolean;
}

/** No source can be called so: it names the lease under which the view is made. */
const viewLease = '*view*';
const waitMs = 250;
const mostWaits = 240;

/**
 * Makes the view anew and puts it in place, one process at a time: of two scans that end together, the later sees what the earlier
 * landed. `null` when another process held the view for a minute; it is then not current, and the next command refreshes it.
 */
export async function landView(store: InventoryStore, scan: string, viewing: Viewing): Promise<LandedView | null> {
  const lease = await waitForView(store);
  if (!lease) return null;
  try {
    const sightings: StoredSighting[] = [];
    for await (const sighting of store.sightings()) sightings.push(sighting);
    const view = viewing.buildView(sightings, await store.scopes(), viewing.services, viewing.windows);
    const first = (await store.countEndpoints()) === 0;
    const changes = await store.replaceView(scan, view);
    return { changes, endpoints: view.endpoints.length, first };
  } finally {
    await lease.release();
  }
}

/**
 * Makes the view anew when scopes landed after it was made, as when a scan was killed before its end. `null` when it was
 * current, when nothing was ever scanned, or when another process is at it.
 */
export async function refreshView(store: InventoryStore, viewing: Viewing): Promise<LandedView | null> {
  if (await store.viewIsCurrent()) return null;
  const [latest] = await store.runs(1);
  return latest ? await landView(store, latest.id, viewing) : null;
}

async function waitForView(store: InventoryStore): Promise<Lease | null> {
  for (let waits = 0; waits < mostWaits; waits++) {
    const lease = await store.lease(viewLease);
    if ('release' in lease) return lease;
    await setTimeout(waitMs);
  }
  return null;
}
