import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classify } from '#classify/classify';
import { defaultWindows, type ServiceRule } from '#model/rule';
import type { ScopeState } from '#model/scope';
import type { Facts, Plane } from '#model/sighting';
import type { StoredSighting, View } from '#model/view';
import { resolve } from '#resolve/resolve';
import { day, scanAt, scope, sighting, t0 } from '#test/model/make';

const host = 'orders.test';

/** TLS of a host that no key opened. */
function closed(on = host, more: Partial<StoredSighting> = {}, tls: Partial<Facts['tls']> = {}): StoredSighting {
  return {
    ...sighting('observed', '* /', { host: on, ...more }),
    pathKind: 'prefix',
    facts: { tls: { versions: ['1.3'], alpn: ['h2'], transport: ['tcp'], ...tls } },
  };
}

const declared = (operation: string, more = {}) =>
  sighting('declared', operation, { host, service: 'orders', ...more });
const deployed = (operation: string, more = {}) =>
  sighting('deployed', operation, { host, service: 'orders', ...more });
const coded = (operation: string, more = {}) => sighting('coded', operation, { service: 'orders', ...more });
const called = (operation: string, more = {}) => sighting('observed', operation, { host, ...more });
const all = (...planes: Plane[]): ScopeState[] => planes.map((plane) => scope(plane));
const everywhere = all('declared', 'deployed', 'coded', 'observed');
const unseen = { declared: 'unknown', deployed: 'unknown', coded: 'unknown', observed: 'unknown' };

function view(sightings: StoredSighting[], scopes: ScopeState[] = everywhere, rules: ServiceRule[] = []): View {
  return classify(resolve(sightings, rules), scopes, rules, defaultWindows);
}

const isClosed = ({ verdict }: View['endpoints'][number]) => verdict.reason === 'encrypted';

/** All but what is closed, as if nothing of it had been seen. */
function others({ endpoints, findings }: View) {
  return { endpoints: endpoints.filter((endpoint) => !isClosed(endpoint)), findings };
}

describe('a host whose TLS stayed closed', () => {
  test('is an endpoint of its own, of which nothing is known', () => {
    const { endpoints, services, findings } = view([closed()], all('observed'));
    expect(findings).toEqual([]);
    expect(endpoints).toMatchObject([
      {
        service: host,
        protocol: 'http',
        method: '*',
        path: '/',
        pathKind: 'prefix',
        hosts: [host],
        planes: unseen,
        auth: 'unknown',
        authMechanisms: [],
        lastCall: null,
        calls: 0,
        evidence: [{ plane: 'observed', source: 'edge', where: 'edge.pcap@1' }],
        verdict: {
          leaf: 'indeterminate',
          verdict: 'unknown',
          reason: 'encrypted',
          because: 'TLS was seen (3 connections, h2), and no key to look into it',
          decidedBy: ['observed'],
        },
      },
    ]);
    expect(services).toMatchObject([{ name: host, endpoints: 1, verdicts: { unknown: 1 } }]);
  });

  test('counts the connections of all captures, and what they speak', () => {
    const seen = { first: t0, last: t0, count: 1 };
    const [endpoint] = view([
      closed(host, { seen }, { alpn: [] }),
      closed(host, { scope: 'b', seen }, { alpn: ['http/1.1', 'h2'] }),
      closed(host, { scope: 'c', goneAt: scanAt }, { alpn: ['h3'] }),
    ]).endpoints;
    expect(endpoint?.verdict.because).toBe('TLS was seen (2 connections, h2, http/1.1), and no key to look into it');
    const [one] = view([closed(host, { seen }, { alpn: [] })]).endpoints;
    expect(one?.verdict.because).toBe('TLS was seen (1 connection), and no key to look into it');
  });

  test('whose clients send certificates asks for them', () => {
    const sent = closed(host, {}, { certificates: 'sent' });
    sent.facts.auth = { required: 'unknown', mechanisms: ['mutualTLS'] };
    expect(view([sent]).endpoints).toMatchObject([{ auth: 'unknown', authMechanisms: ['mutualTLS'] }]);
  });

  test.each<[string, StoredSighting[], ServiceRule[], string, string]>([
    ['a specification', [declared('GET /a')], [], 'orders', 'host'],
    ['a specification with a base path', [declared('GET /a', { basePath: '/v2' })], [], 'orders', 'host'],
    ['a gateway', [deployed('GET /a')], [], 'orders', 'host'],
    ['a gateway’s wildcard', [deployed('GET /a', { host: '*.test' })], [], 'orders', 'host'],
    ['another port of its host', [declared('GET /a', { host: 'orders.test' })], [], 'orders', 'host'],
    ['calls in clear', [called('GET /a', { service: host })], [], host, 'host'],
    ['nothing', [declared('GET /a', { host: 'other.test' })], [], host, 'alone'],
    ['a name alone', [declared('GET /a', { host: 'other.test', service: 'Orders API' })], [], host, 'alone'],
    ['two services', [declared('GET /a'), declared('GET /b', { service: 'carts' })], [], host, 'alone'],
    ['a rule for its host', [], [rule({ hosts: [host] })], 'shop', 'host'],
    ['a rule for its group', [], [rule({ groups: [`edge/${host}`] })], 'shop', 'configured'],
  ])('belongs to the service that is named by %s', (_, more, rules, service, how) => {
    const { endpoints, services } = view([closed(), ...more], everywhere, rules);
    expect(endpoints.filter(isClosed).map((endpoint) => endpoint.service)).toEqual([service]);
    const bindings = services.find(({ name }) => name === service)?.bindings ?? [];
    expect(bindings.filter(({ group }) => group === `edge/${host}`).map((binding) => binding.how)).toContain(
      service === host && how === 'host' ? 'alone' : how,
    );
  });

  test('is another endpoint than a route for everything', () => {
    const route = { ...deployed('* /'), pathKind: 'prefix' as const };
    const { endpoints } = view([closed(), route]);
    expect(endpoints.map(({ method, path }) => `${method} ${path}`)).toEqual(['* /', '* /']);
    expect(new Set(endpoints.map(({ id }) => id)).size).toBe(2);
    expect(endpoints.filter(isClosed).length).toBe(1);
  });
});

function rule(over: Partial<ServiceRule>): ServiceRule {
  return { name: 'shop', hosts: [], basePath: '', groups: [], codePrefix: null, owner: '', ...over };
}

describe('closed TLS changes nothing else', () => {
  test('declared operations are no orphans for it', () => {
    const said = [declared('GET /a'), coded('GET /a'), closed()];
    // The capture saw only TLS of the host: it covers none of its calls.
    const scopes = all('declared', 'coded').concat(
      scope('observed', { covers: { hosts: [], from: t0 - day, to: t0 } }),
    );
    const { endpoints, findings } = view(said, scopes);
    expect(endpoints.filter((endpoint) => !isClosed(endpoint))).toMatchObject([
      {
        path: '/a',
        planes: { observed: 'unknown' },
        verdict: { leaf: 'indeterminate', decidedBy: ['observed', 'deployed'] },
      },
    ]);
    expect(findings).toEqual([]);
  });

  test('a third party’s domain stays one, and a service without a specification one finding', () => {
    const third = { host: 'api.vendor.example', service: 'api.vendor.example' };
    const said = [declared('GET /a'), called('GET /a'), called('GET /x', third)];
    const { findings } = view([...said, closed('api.vendor.example'), closed('cdn.vendor.example')]);
    expect(findings).toMatchObject([
      { rule: 'shadow-service', reason: 'elsewhere', because: expect.stringContaining('its operation,') },
    ]);
    expect(findings).toEqual(view(said).findings);
  });

  test('an environment of its own takes nothing along', () => {
    const said = [declared('GET /a'), coded('GET /b'), called('GET /a', { environment: 'staging' })];
    const { endpoints, findings } = view([...said, closed(host, { environment: 'production' })]);
    expect(endpoints.filter(({ environment }) => environment === 'production').map(isClosed)).toEqual([true]);
    expect({ endpoints: endpoints.filter((one) => !isClosed(one)), findings }).toEqual(others(view(said)));
  });

  test('without an environment it stands where its service does', () => {
    const said = [declared('GET /a'), deployed('GET /a', { environment: 'production' })];
    expect(view([...said, closed()]).endpoints.map(({ environment }) => environment)).toEqual([
      'production',
      'production',
    ]);
  });

  const name = fc.constantFrom('orders', 'Orders API', 'carts', 'edge');
  const hosts = fc.constantFrom(host, 'orders.test:8443', 'carts.example.com', 'api.vendor.example', '10.0.0.1');
  const environment = fc.constantFrom('', '', 'staging', 'production');
  const operation = fc
    .tuple(fc.constantFrom('GET', 'POST', '*'), fc.constantFrom('/', '/a', '/a/{id}', '/v1/b', '/v2/b', '/{rest*}'))
    .map((parts) => parts.join(' '));
  const anything = fc.record({
    plane: fc.constantFrom<Plane>('declared', 'deployed', 'coded', 'observed', 'observed'),
    operation,
    name,
    on: hosts,
    environment,
    gone: fc.boolean(),
    prefix: fc.boolean(),
  });
  const tls = fc.record({ on: hosts, environment, scope: fc.constantFrom('edge-scope', 'other', 'late') });
  const complete = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });

  test('whatever else was seen', () => {
    fc.assert(
      fc.property(
        fc.array(anything, { maxLength: 8 }),
        fc.array(tls, { minLength: 1, maxLength: 4 }),
        complete,
        (said, seen, whole) => {
          const known = said.map((one) => {
            const { plane, on } = one;
            const made = sighting(plane, one.operation, {
              ...(plane !== 'coded' && { host: on }),
              service: plane === 'observed' ? on : one.name,
              environment: plane === 'observed' || plane === 'deployed' ? one.environment : '',
              goneAt: one.gone && plane !== 'observed' ? scanAt : null,
            });
            return one.prefix && plane === 'deployed' ? { ...made, pathKind: 'prefix' as const } : made;
          });
          const late = { firstScanAt: scanAt + day, lastScanAt: scanAt + day };
          const hidden = seen.map((one) =>
            closed(one.on, { ...one, service: one.on, ...(one.scope === 'late' && late) }),
          );
          const scopes = [
            ...everywhere.map((one, i) => (whole[i] ? one : { ...one, completeness: 'partial' as const })),
            scope('observed', { scope: 'other', covers: { hosts: [], from: t0 - day, to: t0 } }),
            scope('observed', { scope: 'late', covers: { hosts: [], from: t0 - day, to: t0 } }),
          ];
          const expected = view(known, scopes);
          const found = view([...hidden, ...known], scopes);
          expect(others(found)).toEqual(others(expected));
          const told = found.endpoints.filter(isClosed);
          expect(new Set(told.flatMap((endpoint) => endpoint.sightings))).toEqual(new Set(hidden.map(({ id }) => id)));
          for (const { planes, calls, lastCall } of told) expect([planes, calls, lastCall]).toEqual([unseen, 0, null]);
          expect(new Set(found.endpoints.map(({ id }) => id)).size).toBe(found.endpoints.length);
        },
      ),
      { numRuns: 500 },
    );
  });
});
