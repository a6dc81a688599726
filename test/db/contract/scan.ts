import { describe, expect, test } from 'vitest';
import type { Lease } from '#db/store';
import { edge, report, sighting, specs } from '#test/db/samples';
import type { Subject } from './subject.ts';

export function scanContract(at: Subject): void {
  describe('scans', () => {
    test('a scan is recorded with what landed in it', async () => {
      const { id } = await at.store.beginScan('1.2.3', [specs, edge]);
      const scope = at.store.scope(id, specs, 'orders.yaml', 'declared');
      await scope.add(sighting());
      await scope.end(report('orders.yaml'));
      expect(await at.store.runs(5)).toEqual([
        {
          id,
          startedAt: 1_000_000,
          finishedAt: null,
          status: 'running',
          version: '1.2.3',
          sources: ['specs', 'edge'],
          scopes: 1,
          sightings: 1,
        },
      ]);
      at.clock += 5;
      await at.store.endScan(id, 'incomplete');
      expect((await at.store.runs(5))[0]).toMatchObject({ finishedAt: 1_000_005, status: 'incomplete' });
    });

    test('the last runs come first', async () => {
      const first = await at.store.beginScan('1', []);
      const second = await at.store.beginScan('1', []);
      expect((await at.store.runs(5)).map((run) => run.id)).toEqual([second.id, first.id]);
      expect((await at.store.runs(1)).map((run) => run.id)).toEqual([second.id]);
    });

    test('a scan of a living process is not reaped', async () => {
      const { id } = await at.store.beginScan('1', [specs]);
      at.clock += 86_400_000;
      expect(await at.store.reapScans()).toBe(0);
      expect((await at.store.runs(1))[0]).toMatchObject({ id, status: 'running' });
    });
  });

  describe('leases', () => {
    test('one holder at a time', async () => {
      const lease = (await at.store.lease('specs')) as Lease;
      expect(await at.store.lease('specs')).toMatchObject({ source: 'specs', pid: process.pid, since: 1_000_000 });
      expect(await at.store.lease('edge')).toHaveProperty('release');
      await lease.release();
      expect(await at.store.lease('specs')).toHaveProperty('release');
    });

    test('renewal prolongs, silence frees', async () => {
      const lease = (await at.store.lease('specs')) as Lease;
      at.clock += 50_000;
      expect(await lease.renew()).toBe(true);
      at.clock += 50_000;
      expect(await at.store.lease('specs')).toHaveProperty('pid');
      at.clock += 20_000;
      const next = (await at.store.lease('specs')) as Lease;
      expect(await lease.renew()).toBe(false);
      await lease.release();
      expect(await next.renew()).toBe(true);
    });
  });
}
