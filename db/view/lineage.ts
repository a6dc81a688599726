import { hexId } from '#db/identity';
import { compareText } from '#model/order';

/** An endpoint before and after, as far as its identity goes. */
export interface Kin {
  id: string;
  /** Environment, service, protocol, method, path and path kind: what a person would call the same endpoint. */
  identity: string;
  /** Protocol and method: lineage never crosses them. */
  kind: string;
}

export interface OldKin extends Kin {
  firstSeen: number;
}

export interface Lineage {
  /** By new endpoint: its id, and which old one it continues (`-1`: none). */
  ids: string[];
  continues: number[];
  /** Ids that are no more, and the new endpoint that took over their sightings. */
  former: { id: string; endpoint: number }[];
}

/** Sightings by which endpoints are told apart: each list by index of its endpoint. */
export interface SightingLists {
  before(): readonly (readonly number[])[];
  after: readonly (readonly number[])[];
  /** False for a sighting that names no single operation (a prefix that is routed, a regular expression). */
  tells(sighting: number): boolean;
}

/**
 * Gives every new endpoint its id. The same identity keeps its id; then the id that was proposed, where it is an old
 * one's; then the old endpoint whose sightings it has: most of them first, then the older, then the lesser id. An old
 * endpoint that found no heir of its own, and whose sightings are another's now, becomes a former id of that one.
 */
export function lineage(old: readonly OldKin[], next: readonly Kin[], sightings: SightingLists): Lineage {
  const continues = new Array<number>(next.length).fill(-1);
  const heir = new Array<number>(old.length).fill(-1);
  const match = (from: number, to: number) => {
    continues[to] = from;
    heir[from] = to;
  };

  const byIdentity = positions(old, (kin) => kin.identity);
  next.forEach((kin, to) => {
    const from = byIdentity.get(kin.identity)?.shift();
    if (from !== undefined) match(from, to);
  });
  const byId = new Map(old.map((kin, from) => [kin.id, from]));
  next.forEach((kin, to) => {
    const from = continues[to] === -1 ? byId.get(kin.id) : undefined;
    if (from !== undefined && heir[from] === -1) match(from, to);
  });

  const former: Lineage['former'] = [];
  if (heir.includes(-1)) {
    const ties = sharedSightings(old, next, heir, sightings);
    ties.sort(
      (a, b) =>
        b.shared - a.shared ||
        (old[a.from] as OldKin).firstSeen - (old[b.from] as OldKin).firstSeen ||
        compareText((old[a.from] as OldKin).id, (old[b.from] as OldKin).id) ||
        compareText((next[a.to] as Kin).identity, (next[b.to] as Kin).identity),
    );
    for (const { from, to } of ties) {
      if (heir[from] === -1 && continues[to] === -1) match(from, to);
    }
    for (const { from, to } of ties) {
      if (heir[from] !== -1) continue;
      heir[from] = to;
      former.push({ id: (old[from] as OldKin).id, endpoint: to });
    }
  }
  return { ids: chooseIds(old, next, continues), continues, former };
}

interface Tie {
  from: number;
  to: number;
  shared: number;
}

/**
 * How many sightings of each old endpoint without an heir each new endpoint of its kind holds. Only sightings that
 * were one old endpoint's alone count, so the work is bounded by the lists and not by their product.
 */
function sharedSightings(
  old: readonly OldKin[],
  next: readonly Kin[],
  heir: readonly number[],
  sightings: SightingLists,
): Tie[] {
  const owner = new Map<number, number>();
  sightings.before().forEach((list, from) => {
    for (const sighting of new Set(list)) owner.set(sighting, owner.has(sighting) ? -1 : from);
  });
  const ties = new Map<string, Tie>();
  sightings.after.forEach((list, to) => {
    for (const sighting of new Set(list)) {
      const from = owner.get(sighting) ?? -1;
      if (from === -1 || heir[from] !== -1 || !sightings.tells(sighting)) continue;
      if ((old[from] as OldKin).kind !== (next[to] as Kin).kind) continue;
      const tie = ties.get(`${from} ${to}`);
      if (tie) tie.shared++;
      else ties.set(`${from} ${to}`, { from, to, shared: 1 });
    }
  });
  return [...ties.values()];
}

/** Kept ids first; then the proposed ones, unless an old endpoint has or had it in this very step. */
function chooseIds(old: readonly OldKin[], next: readonly Kin[], continues: readonly number[]): string[] {
  const taken = new Set(old.map((kin) => kin.id));
  return next.map((kin, to) => {
    const from = continues[to] as number;
    if (from !== -1) return (old[from] as OldKin).id;
    let id = kin.id;
    for (let attempt = 1; taken.has(id); attempt++) id = hexId(`${kin.id} ${attempt}`, Math.max(kin.id.length, 12));
    taken.add(id);
    return id;
  });
}

function positions<T>(items: readonly T[], key: (item: T) => string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  items.forEach((item, at) => {
    const list = found.get(key(item));
    if (list) list.push(at);
    else found.set(key(item), [at]);
  });
  return found;
}
