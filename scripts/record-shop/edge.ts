import { setTimeout as sleep } from 'node:timers/promises';
import { healthProbe, inspector, uptimeMonitor } from './machines.ts';
import { office, partner, supportDesk, warehouse } from './office.ts';
import { scanner } from './scanner.ts';
import type { Shop } from './shop.ts';
import { shopper, telephone } from './shoppers.ts';

const names = [
  'Ada Byron',
  'Grace Murray',
  'Alan Mathison',
  'Emmy Noether',
  'Hedy Kiesler',
  'Edsger Wybe',
  'Barbara Huberman',
  'Tony Hoare',
];

/** Everybody who calls the services, in two parts: the office can only work on what shoppers have ordered. */
export async function atTheEdge(shop: Shop): Promise<void> {
  const people = names.map((name) => shop.person(name, `${name.toLowerCase().replace(' ', '.')}@mail.example`));
  const [orders] = await Promise.all([
    Promise.all(people.map((person, index) => shopper(shop, person, index))),
    healthProbe(shop, 6),
    scanner(shop),
  ]);
  await sleep(100, undefined, { signal: shop.signal });
  await Promise.all([
    ...people.slice(0, 3).map((person, index) => telephone(shop, person, orders[index] ?? 0, index)),
    office(shop, orders),
    supportDesk(shop, people),
    warehouse(shop),
    partner(shop),
    uptimeMonitor(shop),
    inspector(shop),
    healthProbe(shop, 6),
  ]);
}
