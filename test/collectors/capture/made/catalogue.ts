import { gzipSync } from 'node:zlib';
import { Random } from './random.ts';
import { type IdKind, record } from './values.ts';

/** A body in the ways it may be transferred. */
export interface Body {
  type: string;
  plain: Buffer;
  gzip: Buffer;
}

/** What a server may answer, and how often of a thousand. */
export interface Answer {
  status: number;
  share: number;
  /** None for answers without a body. */
  bodies: readonly Body[];
}

export interface Operation {
  method: string;
  host: string;
  /** As in the truth: `/v1/orders/{id}`. */
  template: string;
  /** Literal text before and behind each id. */
  pieces: readonly string[];
  kind: IdKind;
  query: readonly string[];
  requests: readonly Body[];
  answers: readonly Answer[];
}

/** Host, base path, and collections with the kind of their ids. */
const services = `
api.orchard.example /v1 orders:integer customers:uuid invoices:integer
api.orchard.example:8080 /v2 orders:uuid shipments:prefixed
auth.orchard.example /oauth sessions:uuid clients:slug
catalog.orchard.example /api products:slug categories:integer prices:hex
search.orchard.example /api/v1 indexes:slug queries:ulid
payments.orchard.example /v1 charges:prefixed refunds:prefixed disputes:prefixed
billing.internal:8080 /api/v3 subscriptions:ulid plans:slug
ledger.internal:9000 /ledger/v1 accounts:integer entries:ulid postings:hex
users.internal:8080 /api/users profiles:uuid groups:integer
inventory.internal:8080 /api stock:integer warehouses:slug movements:hex
media.orchard.example /v1 images:hex videos:hex
notify.internal:3000 /v1 messages:uuid templates:slug channels:integer
reports.svc.cluster.local:8080 /api/v2 reports:hex schedules:integer
pricing.svc.cluster.local:8080 /v1 rules:integer quotes:uuid
shipping.svc.cluster.local:8080 /v1 labels:uuid carriers:slug routes:ulid
fraud.svc.cluster.local:8080 /v1 scores:uuid signals:hex
gateway.orchard.example /mobile/v4 feeds:integer devices:uuid
partners.orchard.example /partner/v1 leads:integer contracts:hex
crm.office.example /rest/api/2 contacts:integer deals:integer notes:ulid
hr.office.example /api/v1 employees:integer absences:uuid
wiki.office.example /rest spaces:slug pages:integer
tickets.office.example /rest/api/3 issues:slug boards:integer sprints:integer
build.office.example /api/json jobs:slug runs:integer
registry.office.example /v2 repositories:slug manifests:hex
metrics.office.example /api/v1 series:hex alerts:uuid
iot.plant.example /v1 sensors:hex readings:ulid gateways:prefixed
fleet.plant.example /fleet/v2 vehicles:uuid trips:ulid
maps.plant.example /maps/v1 tiles:integer places:hex
weather.plant.example /data/2.5 stations:integer forecasts:integer
bank.partner.example /open-banking/v3.1 consents:uuid accounts:integer transactions:ulid
health.partner.example /fhir/R4 patients:uuid observations:integer
insurance.partner.example /v1 policies:prefixed claims:prefixed
travel.partner.example /v2 bookings:ulid flights:slug hotels:integer
school.partner.example /api courses:slug students:integer grades:hex
forum.community.example /api/v1 threads:integer replies:integer
chat.community.example /api/v4 rooms:hex members:uuid
blog.community.example /wp-json/wp/v2 posts:integer comments:integer
shop.community.example /rest/V1 carts:hex coupons:slug
games.community.example /v1 matches:uuid players:integer scores:ulid
music.community.example /v1 albums:prefixed tracks:prefixed playlists:hex
ads.community.example /v12 campaigns:integer creatives:integer
vote.community.example /api/v2 polls:uuid ballots:ulid
`;

const below = ['items', 'history', 'comments', 'attachments', 'permissions', 'events'];
const actions = ['cancel', 'approve', 'archive', 'publish', 'retry', 'lock'];
const queries = [
  ['limit', 'offset'],
  ['page', 'per_page', 'sort'],
  ['cursor', 'since'],
  ['q', 'limit'],
  ['filter', 'fields'],
];

/** More of the first: how often each operation of a collection is called, of a hundred. */
const weights = [26, 8, 38, 6, 2, 16, 4];

/** Operations, and how likely each is. */
interface Draw {
  operations: Operation[];
  /** Sums of weights up to each. */
  sums: number[];
}

/** Every operation there is. */
export class Catalogue {
  readonly hosts: readonly string[];
  readonly #all: Draw = { operations: [], sums: [] };
  readonly #byHost = new Map<string, Draw>();

  constructor() {
    const random = new Random(1);
    const collections = services
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [host = '', base = '', ...named] = line.split(' ');
        return named.map((item) => ({ host, base, name: item.split(':')[0]!, kind: item.split(':')[1] as IdKind }));
      });
    const failures = failing();
    collections.forEach((collection, at) => {
      // Some services are called a hundred times as often as others (Zipf).
      const rank = 1 + ((at * 37) % collections.length);
      const ofHost = this.#byHost.get(collection.host) ?? { operations: [], sums: [] };
      this.#byHost.set(collection.host, ofHost);
      operationsOf(collection, at, failures, random).forEach((operation, i) => {
        for (const draw of [this.#all, ofHost]) {
          draw.operations.push(operation);
          draw.sums.push((draw.sums.at(-1) ?? 0) + weights[i]! / rank ** 0.7);
        }
      });
    });
    this.hosts = [...this.#byHost.keys()];
  }

  /** The host that a connection goes to. */
  host(random: Random): string {
    return drawn(this.#all, random).host;
  }

  /** One of a host's operations. */
  operation(host: string, random: Random): Operation {
    return drawn(this.#byHost.get(host) ?? this.#all, random);
  }
}

let made: Catalogue | null = null;

/** The same for all captures: made once, which takes a third of a second. */
export function catalogue(): Catalogue {
  made ??= new Catalogue();
  return made;
}

function drawn({ operations, sums }: Draw, random: Random): Operation {
  const wanted = (random.word() / 0x1_0000_0000) * sums.at(-1)!;
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! <= wanted) low = middle + 1;
    else high = middle;
  }
  return operations[low]!;
}

interface Collection {
  host: string;
  base: string;
  name: string;
  kind: IdKind;
}

function operationsOf(
  { host, base, name, kind }: Collection,
  at: number,
  failures: ReadonlyMap<number, Body[]>,
  random: Random,
): Operation[] {
  const all = `${base}/${name}`;
  const sub = below[at % below.length]!;
  const action = actions[at % actions.length]!;
  const answer = (status: number, share: number, bodies: readonly Body[] = failures.get(status) ?? []): Answer => ({
    status,
    share,
    bodies,
  });
  const list = () =>
    bodies(6, () => ({
      data: many(random, kind, 2 + random.below(100)),
      total: random.below(5_000),
      next: random.hex(12),
    }));
  const one = () => bodies(6, () => record(random, kind, 8 + random.below(9)));
  const sent = () => bodies(4, () => record(random, kind, 3 + random.below(8)));
  const trouble = [answer(401, 8), answer(403, 6), answer(429, 4), answer(500, 5), answer(503, 3)];
  const make = (
    method: string,
    pieces: string[],
    query: readonly string[],
    requests: readonly Body[],
    answers: Answer[],
  ): Operation => ({
    method,
    host,
    template: pieces.join('{id}'),
    pieces,
    kind,
    query,
    requests,
    answers: [...answers, ...trouble],
  });
  return [
    make('GET', [all], queries[at % queries.length]!, [], [answer(200, 900, list()), answer(304, 40), answer(400, 20)]),
    make('POST', [all], [], sent(), [
      answer(201, 850, one()),
      answer(202, 30),
      answer(400, 40),
      answer(409, 20),
      answer(422, 34),
    ]),
    make('GET', [`${all}/`, ''], [], [], [answer(200, 870, one()), answer(304, 50), answer(404, 40), answer(302, 14)]),
    make(at % 2 === 0 ? 'PUT' : 'PATCH', [`${all}/`, ''], [], sent(), [
      answer(200, 700, one()),
      answer(204, 200),
      answer(404, 34),
      answer(409, 40),
    ]),
    make('DELETE', [`${all}/`, ''], [], [], [answer(204, 900), answer(404, 74)]),
    make('GET', [`${all}/`, `/${sub}`], at % 3 === 0 ? ['limit'] : [], [], [answer(200, 900, list()), answer(404, 74)]),
    make('POST', [`${all}/`, `/${action}`], [], at % 2 === 0 ? forms(random) : sent(), [
      answer(200, 700, one()),
      answer(204, 174),
      answer(404, 100),
    ]),
  ];
}

function many(random: Random, kind: IdKind, count: number): unknown[] {
  const fields = 4 + random.below(8);
  return Array.from({ length: count }, () => record(random, kind, fields));
}

function bodies(count: number, make: () => unknown): Body[] {
  return Array.from({ length: count }, () => body(JSON.stringify(make()), 'application/json'));
}

function forms(random: Random): Body[] {
  return Array.from({ length: 4 }, () =>
    body(
      `reason=${random.hex(8)}&notify=${random.chance(0.5)}&amount=${random.below(1_000)}`,
      'application/x-www-form-urlencoded',
    ),
  );
}

function failing(): Map<number, Body[]> {
  const withoutBody = [202, 204, 302, 304];
  const all = [202, 204, 302, 304, 400, 401, 403, 404, 409, 422, 429, 500, 503];
  return new Map(
    all.map((status) => {
      const problem = {
        type: 'about:blank',
        title: `error ${status}`,
        status,
        detail: 'the request could not be carried out as it was sent',
      };
      return [status, withoutBody.includes(status) ? [] : [body(JSON.stringify(problem), 'application/problem+json')]];
    }),
  );
}

function body(text: string, type: string): Body {
  const plain = Buffer.from(text);
  return { type, plain, gzip: gzipSync(plain, { level: 1 }) };
}
