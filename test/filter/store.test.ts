import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openInventory } from '#db/sqlite/open';
import { evaluate } from '#filter/evaluate';
import { parseWhere } from '#filter/where';
import type { Endpoint } from '#model/endpoint';
import { endpoints, now } from './endpoint.ts';
import { expressions } from './expression.ts';

test('the inventory means by a condition what the filter means', async () => {
  const made = fc
    .sample(endpoints, { numRuns: 200, seed: 7 })
    .map((endpoint, index) => ({ ...endpoint, id: `e${index}` }));
  const store = await openInventory(':memory:');
  try {
    const { id } = await store.beginScan('0.0.0', []);
    for await (const _ of store.sightings()) expect(_).toBeUndefined();
    const unique = [...new Map(made.map((endpoint) => [identity(endpoint), endpoint])).values()];
    await store.replaceView(id, {
      endpoints: unique.map((endpoint) => ({ ...endpoint, sightings: [] })),
      services: [],
      findings: [],
    });
    const kept = await listed(store.endpoints({}));
    expect(kept.length).toBe(unique.length);
    await fc.assert(
      fc.asyncProperty(expressions, async (text) => {
        const { condition } = parseWhere(text, now);
        if (condition === null) return;
        const found = await listed(store.endpoints({ where: condition }));
        const meant = kept.filter((endpoint) => evaluate(condition, endpoint));
        expect(found.map((endpoint) => endpoint.id).sort()).toEqual(meant.map((endpoint) => endpoint.id).sort());
      }),
      { numRuns: 500 },
    );
  } finally {
    await store.close();
  }
}, 60_000);

function identity({ environment, service, protocol, method, path }: Endpoint): string {
  return [environment, service, protocol, method, path].join(' ');
}

async function listed(found: AsyncIterable<Endpoint>): Promise<Endpoint[]> {
  const list: Endpoint[] = [];
  for await (const endpoint of found) list.push(endpoint);
  return list;
}
