import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InventoryStore } from '#db/store';
import { land, sighting, specs } from '#test/db/samples';
import { queryContract } from './contract/query.ts';
import { scanContract } from './contract/scan.ts';
import { scopeContract } from './contract/scope.ts';
import type { Subject } from './contract/subject.ts';
import { viewContract } from './contract/view.ts';

/** Opens an empty inventory whose clock is the one that is given. */
export type Open = (now: () => number) => Promise<InventoryStore>;

/** What every store keeps, whatever it stands on: `storeContract('PostgreSQL', open)`. */
export function storeContract(name: string, open: Open): void {
  describe(`${name} keeps the contract of stores`, () => {
    const at = { clock: 0 } as Subject;
    beforeEach(async () => {
      at.clock = 1_000_000;
      at.store = await open(() => at.clock);
    });
    afterEach(() => at.store.close());

    scanContract(at);
    scopeContract(at);
    viewContract(at);
    queryContract(at);

    test('a sound inventory says so', async () => {
      await land(at.store, specs, [sighting()]);
      const health = await at.store.health();
      expect(health.ok).toBe(true);
      expect(health.checks.filter((check) => !check.ok).map((check) => [check.name, check.mend])).toEqual([
        ['view', 'run noontide scan again'],
      ]);
      expect(health.facts).toMatchObject({ 'sightings rows': 1, 'scans rows': 1 });
    });
  });
}
