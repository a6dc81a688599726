import type { InventoryStore } from '#db/store';

/** What a test of the contract works on: a store that is its own, and the clock that it reads. */
export interface Subject {
  store: InventoryStore;
  clock: number;
}
