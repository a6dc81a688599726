import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fold } from '#collectors/traffic/fold';
import { flaws } from '#test/collectors/contract';
import { exchange, folded, named, type Told } from './exchanges.ts';

const html = { 'content-type': 'text/html' };

test('one operation, from its exchanges', () => {
  const { sightings } = folded([
    {
      at: 3_000,
      target: '/orders/2?expand=true&page=2',
      asked: { authorization: 'Bearer t' },
      answered: {
        'content-type': 'application/json',
        deprecation: '@1688169599',
        sunset: 'Sun, 11 Nov 2018 23:59:59 GMT',
      },
    },
    { at: 1_000, target: '/orders/1?page=x', status: 401, answered: {} },
    { at: 2_000, target: '/orders/3/', status: 404 },
    { at: 4_000, target: '/orders/4', method: 'HEAD', status: 0, answered: {} },
  ]);
  expect(sightings).toEqual([
    {
      plane: 'observed',
      protocol: 'http',
      method: 'GET',
      path: '/orders/{integer}',
      pathKind: 'exact',
      anchored: true,
      servers: [{ host: 'api.acme.com', basePath: '' }],
      service: 'api.acme.com',
      facts: {
        statuses: { 0: 1, 200: 1, 401: 1, 404: 1 },
        auth: { required: 'yes', mechanisms: ['bearer'] },
        credentialed: 1,
        anonymousSuccess: 0,
        params: [
          { name: 'integer', in: 'path', type: 'integer', required: true },
          { name: 'expand', in: 'query', type: 'boolean' },
          { name: 'page', in: 'query', type: 'integer' },
        ],
        produces: ['application/json'],
        answeredDeprecation: 1_688_169_599_000,
        answeredSunset: Date.UTC(2018, 10, 11, 23, 59, 59),
        responseSize: { p50: 99, p95: 99, count: 3 },
        sampled: { requests: 1, responses: 2 },
        traits: {
          credentials: { 'bearer in header authorization': 1 },
          lifecycle: { deprecation: 1, sunset: 1 },
        },
      },
      where: { in: 'traffic', file: 'edge.pcap', ref: 2 },
      seen: { first: 1_000, last: 4_000, count: 3 },
    },
  ]);
});

test.each<[string, Told[], string[]]>([
  ['what is only not found', [{ status: 404 }, { target: '/a', status: 405 }, { target: '/b', status: 501 }], []],
  ['an error corroborates', [{ status: 500 }], ['GET api.acme.com/']],
  [
    'preflights',
    [
      { method: 'OPTIONS', asked: { 'access-control-request-method': 'PUT' } },
      { method: 'OPTIONS', target: '*' },
    ],
    ['OPTIONS api.acme.com/'],
  ],
  ['HEAD', [{ method: 'HEAD' }, { method: 'get' }], ['GET api.acme.com/']],
  [
    'CONNECT and TRACE',
    [
      { method: 'CONNECT', target: 'db.acme.com:5432', host: '' },
      { method: 'TRACE', target: '/x' },
    ],
    ['TRACE api.acme.com/x', 'CONNECT db.acme.com:5432/'],
  ],
  ['methods that are none', [{ method: 'G T' }, { method: '' }, { method: 'X'.repeat(33) }, { method: 'ſ' }], []],
  ['hosts that are none', [{ host: 'a b' }, { target: 'http:///x' }].slice(0, 1), []],
  ['a time that is none', [{ at: Number.NaN }], []],
  ['the absolute form names the host', [{ target: 'http://Other.example:80/a', host: 'x' }], ['GET other.example/a']],
  ['an unknown host', [{ host: '', target: '/a' }], ['GET /a']],
  ['one host, two schemes', [{ scheme: 'http' }, { host: 'api.acme.com:443' }], ['GET api.acme.com/']],
  [
    'gRPC methods stay by name',
    [
      {
        method: 'POST',
        target: '/acme.v1.OrderService/ListAllOrdersOfOneCustomerWithDetails',
        asked: { 'content-type': 'application/grpc' },
      },
    ],
    ['POST api.acme.com/acme.v1.OrderService/ListAllOrdersOfOneCustomerWithDetails grpc'],
  ],
])('%s', (_, told, expected) => {
  const { fold, sightings } = folded(told);
  expect(sightings.map(named)).toEqual(expected);
  for (const sighting of sightings) expect(flaws(sighting, { plane: 'observed' })).toEqual([]);
  expect(fold.summary().exchanges).toBe(told.length);
});

test('the figures', () => {
  const { fold } = folded([
    { at: 10 },
    { at: 30, target: '/gone', status: 404 },
    { at: 20, target: '/late', status: 0 },
    { host: 'b.acme.com', method: 'OPTIONS', asked: { 'access-control-request-method': 'PUT' }, at: 15 },
    { host: 'no host' },
  ]);
  const summary = fold.summary();
  expect(summary).toMatchObject({ exchanges: 5, noise: 1, preflights: 1, answered: 4, refused: 1, probing: 0 });
  expect(summary.covers).toEqual({ hosts: ['api.acme.com', 'b.acme.com'], from: 10, to: 30 });
  expect(summary.saw).toBe(
    '5 exchanges, 2 operations on 2 hosts; 1 answer 404, 1 request without an answer, 1 preflight',
  );
  expect(summary.problems).toEqual([{ message: '1 exchange left out: the host cannot be one', where: 'edge.pcap' }]);
  expect(new Fold('x').summary()).toMatchObject({ saw: '0 exchanges, 0 operations on 0 hosts', covers: { hosts: [] } });
});

describe('authentication', () => {
  const key = { 'x-api-key': 'k' };
  test.each<[string, Told[], string | undefined]>([
    ['no word', [{ status: 500 }], undefined],
    ['only with credentials', [{ asked: key }], 'unknown'],
    ['refused without', [{ asked: key }, { status: 401 }], 'yes'],
    ['sent to a login', [{ status: 302, answered: { location: '/login' } }], 'yes'],
    ['both', [{ asked: key }, {}], 'optional'],
    ['without', [{}], 'no'],
    ['none shown', [{ headersSeen: false }], undefined],
    ['told otherwise', [{ headersSeen: false, mechanisms: ['basic'] }], 'unknown'],
  ])('%s', (_, told, required) => {
    expect(folded(told).sightings[0]?.facts.auth?.required).toBe(required);
  });
});

describe('no endpoint', () => {
  test('an application answers its page to everything', () => {
    const page = { answered: html, responseLength: 5_120 };
    const { sightings } = folded([
      ...['/', '/about', '/settings/profile', '/wp-admin', '/.env'].map((target) => ({ target, ...page })),
      { target: '/about', answered: html, responseLength: 9 },
      { target: '/api/orders' },
    ]);
    expect(Object.fromEntries(sightings.map(({ path, facts }) => [path, facts.fallback]))).toEqual({
      '/': 1,
      '/.env': 1,
      '/about': 1,
      '/settings/profile': 1,
      '/wp-admin': 1,
      '/api/orders': undefined,
    });
  });

  test('short equal answers of an API are none', () => {
    const told = Array.from({ length: 40 }, (_, i) => ({
      target: `/r${'abcdefghij'[i % 10]}${i % 7}/x`,
      responseLength: 2,
    }));
    expect(folded(told).sightings.every(({ facts }) => facts.fallback === undefined)).toBe(true);
  });

  test('redirects to a login or another spelling', () => {
    const { sightings } = folded([
      { status: 302, answered: { location: '/login' } },
      { target: '/a', status: 301, answered: { location: '/a/' } },
    ]);
    expect(sightings.map(({ facts }) => facts.fallback)).toEqual([1, 1]);
  });

  test('static files and health checks are marked', () => {
    const { sightings } = folded([
      { target: '/app.js', answered: { 'content-type': 'text/javascript' } },
      { target: '/b.js', answered: { 'content-type': 'application/json' } },
      { target: '/healthz' },
      { target: '/status', asked: { 'user-agent': 'ELB-HealthChecker/2.0' } },
      { target: '/up', asked: { 'user-agent': 'kube-probe/1.32' } },
    ]);
    expect(sightings.map(({ path, facts }) => [path, facts.static, facts.health])).toEqual([
      ['/app.js', true, undefined],
      ['/b.js', undefined, undefined],
      ['/healthz', undefined, true],
      ['/status', undefined, true],
      ['/up', undefined, true],
    ]);
  });

  test('a client that probes leaves its successes only', () => {
    const words = Array.from({ length: 26 }, (_, i) => String.fromCharCode(97 + i));
    const probes = words.map((word) => ({ target: `/${word}`, status: 404, client: 'scanner' }));
    const { fold, sightings } = folded([
      ...probes,
      { target: '/admin', status: 403, client: 'scanner' },
      { target: '/orders', client: 'scanner' },
      { target: '/users', status: 403, client: 'scanner' },
      { target: '/users', status: 500, client: 'ann' },
    ]);
    expect(sightings.map(({ path, facts }) => [path, facts.statuses])).toEqual([
      ['/orders', { 200: 1 }],
      ['/users', { 500: 1 }],
    ]);
    expect(fold.summary()).toMatchObject({ probing: 1, noise: 28 });
  });
});

describe('nothing of a value comes out', () => {
  test('secrets in every place', () => {
    const secret = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl';
    const { fold, sightings } = folded([
      {
        target: `/u/ann@example.com/${secret}?access_token=${secret}&${secret}=1&ann@example.com`,
        host: `ann:${secret}@api.acme.com`,
        asked: {
          authorization: `Bearer ${secret}`,
          cookie: `sid=${secret}`,
          'x-api-key': secret,
          'content-type': secret,
          'user-agent': `curl/8 ${secret}`,
        },
        answered: {
          'set-cookie': secret,
          location: secret,
          deprecation: secret,
          'content-type': `text/plain; x=${secret}`,
        },
        client: secret,
        calls: [`query ${secret}`, 'ann@example.com'],
        marks: [secret],
        version: secret,
      },
      { host: `${secret} x` },
      { method: `${secret}` },
    ]);
    const said = JSON.stringify([sightings, fold.summary()]);
    expect(said).not.toContain(secret);
    expect(said).not.toContain('ann@');
    expect(sightings[0]?.path).toBe('/u/{email}/{jwt}');
  });
});

const told = fc.record({
  at: fc.integer({ min: 0, max: 50 }),
  ref: fc.integer({ min: 1, max: 1_000_000 }),
  host: fc.constantFrom('a.acme.com', 'B.acme.com:443', '', 'no host'),
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS', 'bad method'),
  target: fc.oneof(
    fc.constantFrom('/', '/a', '/a/1', '/b?x=1&y=true', '/b?x=z', '/c/d/e', '/login', '/graphql'),
    fc.string({ maxLength: 12 }).map((text) => `/${text}`),
    fc
      .array(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 40 })
      .map((names) => `/q?${names.map((n) => `${n}=1`).join('&')}`),
  ),
  status: fc.constantFrom(0, 101, 200, 200, 204, 302, 401, 404, 405, 500),
  responseLength: fc.constantFrom(null, 0, 5, 700),
  client: fc.constantFrom('', 'p', 'q', 'r', 's', 't', 'u'),
  asked: fc.constantFrom<Record<string, string>>({}, { authorization: 'Basic x' }, { cookie: 'sid=1' }),
  answered: fc.constantFrom<Record<string, string>>(
    {},
    html,
    { 'content-type': 'application/json', deprecation: '@1' },
    { location: '/login', sunset: 'Sun, 11 Nov 2018 23:59:59 GMT' },
  ),
});

/** Each exchange has a reference of its own, as packets and lines have. */
const exchanges = fc.uniqueArray(told, { selector: ({ ref }) => ref, maxLength: 120, minLength: 2 });

describe('order', () => {
  test('does not matter', () => {
    fc.assert(
      fc.property(
        exchanges.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
        ),
        ([all, shuffled]) => {
          const one = folded(all);
          const other = folded(shuffled);
          expect(other.sightings).toEqual(one.sightings);
          expect(other.fold.summary()).toEqual(one.fold.summary());
        },
      ),
      { numRuns: 150 },
    );
  });

  test('does not matter for a client that probes', () => {
    const probing = fc.array(
      fc.record({ path: fc.integer({ min: 0, max: 40 }), status: fc.constantFrom(404, 404, 404, 403, 200) }),
      { minLength: 60, maxLength: 100 },
    );
    fc.assert(
      fc.property(probing, (asked) => {
        const all: Told[] = asked.map(({ path, status }, i) => ({
          ref: i + 1,
          target: `/${String.fromCharCode(97 + (path % 26))}${'x'.repeat(1 + path / 26)}`,
          status,
          client: i % 9 === 0 ? 'user' : 'scanner',
        }));
        expect(folded([...all].reverse()).sightings).toEqual(folded(all).sightings);
      }),
      { numRuns: 50 },
    );
  });

  test('two halves have what the whole has', () => {
    fc.assert(
      fc.property(exchanges, fc.nat(), (all, cut) => {
        const kept = all
          .filter(({ status }) => status !== 404 && status !== 405)
          .map((one) => ({ ...one, client: '' }));
        const at = kept.length === 0 ? 0 : cut % kept.length;
        const counts = (parts: (typeof kept)[]) => {
          const found = new Map<string, { first: number; last: number; count: number }>();
          for (const part of parts)
            for (const sighting of folded(part).sightings) {
              const known = found.get(named(sighting));
              const { first, last, count } = sighting.seen!;
              found.set(named(sighting), {
                first: Math.min(first, known?.first ?? first),
                last: Math.max(last, known?.last ?? last),
                count: count + (known?.count ?? 0),
              });
            }
          return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
        };
        expect(counts([kept.slice(0, at), kept.slice(at)])).toEqual(counts([kept]));
      }),
      { numRuns: 100 },
    );
  });
});

test('whatever is sent, sightings are well formed', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text, text, text, fc.integer()), { maxLength: 20 }), (all) => {
      const { fold, sightings } = folded(
        all.map(([host, target, name, value, status], i) => ({
          host: i % 2 ? host : 'api.acme.com',
          target: i % 3 ? `/${target}` : target,
          method: i % 5 ? 'GET' : name,
          status: i % 2 ? status : 200,
          asked: { [name]: value, authorization: value, cookie: value, 'content-type': value },
          answered: { location: value, 'content-type': name, deprecation: value, sunset: target },
        })),
      );
      for (const sighting of sightings) expect(flaws(sighting, { plane: 'observed' })).toEqual([]);
      expect(fold.summary().exchanges).toBe(all.length);
    }),
    { numRuns: 300 },
  );
});

describe('bounds', () => {
  const word = (i: number) => [...i.toString(26)].map((c) => String.fromCharCode(97 + Number.parseInt(c, 26))).join('');
  const real = ['/orders', '/orders/7/items', '/users/me', '/v1/pay', '/v2/pay'];
  const flood = (status: number, more: (i: number) => Told = () => ({})): { fold: Fold } => {
    const fold = new Fold('edge.pcap', { sightings: 200, hosts: 20, clients: 50 });
    for (let i = 0; i < 20_000; i++) {
      if (i % 100 === 0)
        for (const target of real) fold.add(exchange({ ref: i + 1, target, responseLength: 100 + target.length }));
      fold.add(exchange({ ref: i + 1, target: `/${word(i * 7_919)}/${word(i)}`, status, ...more(i) }));
    }
    return { fold };
  };
  const expected = real.map((target) => target.replace('7', '{integer}'));

  test.each<[string, number, (i: number) => Told]>([
    ['not found', 404, () => ({})],
    ['not found, by many clients', 404, (i) => ({ client: `c${i}` })],
    ['refused, by one that probes', 403, (i) => ({ client: 'scanner', status: i % 3 ? 404 : 403 })],
    ['refused', 403, () => ({})],
    ['unanswered', 0, () => ({})],
    ['answered', 200, (i) => ({ responseLength: i + 1_000 })],
    ['answered by a fallback page', 200, () => ({ answered: html, responseLength: 4_000 })],
    ['answered, of every method', 200, (i) => ({ method: `M${word(i)}` })],
    ['of every host', 404, (i) => ({ host: `${word(i)}.acme.com` })],
    ['answered, of every host', 200, (i) => ({ host: `${word(i)}.acme.com`, target: '/x' })],
    ['of every query', 200, (i) => ({ target: `/orders?${word(i)}=1`, responseLength: 2 })],
  ])('a flood that is %s leaves the real operations', (_, status, more) => {
    const { fold } = flood(status, more);
    const sightings = fold.sightings();
    expect(sightings.length).toBeLessThanOrEqual(200);
    const kept = new Map(
      sightings
        .filter(({ method, service }) => method === 'GET' && service === 'api.acme.com')
        .map((s) => [s.path, s.seen?.count]),
    );
    for (const path of expected) expect(kept.get(path)).toBeGreaterThanOrEqual(200);
    for (const sighting of sightings) expect(flaws(sighting, { plane: 'observed' })).toEqual([]);
    const summary = fold.summary();
    expect(summary.exchanges).toBe(21_000);
    expect(summary.covers.hosts!.length).toBeLessThanOrEqual(20);
    // Every exchange is in a sighting, or counted as noise, or said to be left out.
    const counted = sightings.reduce(
      (sum, { facts }) => sum + Object.values(facts.statuses!).reduce((a, b) => a + b, 0),
      0,
    );
    const rare = /([0-9,]+) exchanges? of the rarest/.exec(summary.problems.map((p) => p.message).join())?.[1] ?? '0';
    expect(counted + summary.noise + Number(rare.replaceAll(',', ''))).toBe(21_000);
  });

  test('the merging of siblings is said', () => {
    expect(flood(403).fold.summary().problems[0]).toMatchObject({ where: 'edge.pcap', mend: expect.any(String) });
    expect(flood(404).fold.summary().problems).toEqual([]);
  });
});

test('a value in the place of a method is refused', () => {
  const fold = new Fold('x.har');
  fold.add(exchange({ method: 'q9Zx7Kd2Lm4Vt8Wp3' }));
  expect([fold.sightings(), fold.summary().refused]).toEqual([[], 1]);
});
