import type { Random } from './random.ts';

/** What identifies a resource in a path. */
export type IdKind = 'integer' | 'uuid' | 'hex' | 'slug' | 'prefixed' | 'ulid';

const adjectives = ['blue', 'small', 'organic', 'vintage', 'heavy', 'quiet', 'northern', 'folding', 'silver'] as const;
const nouns = ['chair', 'lamp', 'jacket', 'bicycle', 'kettle', 'notebook', 'tent', 'keyboard', 'mirror'] as const;
const cities = ['Lisbon', 'Bergen', 'Kyoto', 'Tartu', 'Porto', 'Gdansk', 'Leiden', 'Utrecht'] as const;
const firstNames = ['Ada', 'Noor', 'Jonas', 'Mei', 'Tomas', 'Ines', 'Yusuf', 'Karin'] as const;
const lastNames = ['Okafor', 'Lindqvist', 'Tanaka', 'Moreau', 'Novak', 'Silva', 'Haddad', 'Byrne'] as const;

export function uuid(random: Random): string {
  return `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-a${random.hex(3)}-${random.hex(12)}`;
}

export function id(kind: IdKind, random: Random): string {
  switch (kind) {
    case 'integer':
      return String(1 + random.below(9_000_000));
    case 'uuid':
      return uuid(random);
    case 'hex':
      return random.hex(24);
    case 'slug':
      return `${random.pick(adjectives)}-${random.pick(nouns)}-${random.below(10_000)}`;
    case 'prefixed':
      return `id_${random.hex(16)}`;
    case 'ulid':
      return `01J${random.hex(23).toUpperCase()}`;
  }
}

/** An object as APIs answer with it, of about `fields` fields. */
export function record(random: Random, kind: IdKind, fields: number): Record<string, unknown> {
  const first = random.pick(firstNames);
  const last = random.pick(lastNames);
  const all: Record<string, unknown> = {
    id: id(kind, random),
    status: random.pick(['active', 'pending', 'archived', 'failed']),
    createdAt: `2026-0${1 + random.below(9)}-1${random.below(10)}T0${random.below(10)}:2${random.below(10)}:00Z`,
    name: `${random.pick(adjectives)} ${random.pick(nouns)}`,
    amount: random.below(100_000) / 100,
    currency: random.pick(['EUR', 'USD', 'JPY']),
    customer: { name: `${first} ${last}`, email: `${first}.${last}${random.below(1_000)}@mail.example`.toLowerCase() },
    address: {
      street: `${random.below(200)} ${random.pick(nouns)} street`,
      city: random.pick(cities),
      zip: random.hex(5),
    },
    tags: [random.pick(adjectives), random.pick(adjectives)],
    active: random.chance(0.5),
    parent: random.chance(0.3) ? null : id(kind, random),
    checksum: random.hex(40),
    quantity: random.below(50),
    location: { lat: random.below(90_000) / 1_000, lon: random.below(180_000) / 1_000 },
    note: `${random.pick(adjectives)} ${random.pick(nouns)}, ${random.pick(adjectives)} as before, for ${first} in ${random.pick(cities)}`,
  };
  return Object.fromEntries(Object.entries(all).slice(0, fields));
}
