import { describe, expect, test } from 'vitest';
import { classify } from '#classify/classify';
import { defaultWindows } from '#model/rule';
import type { ScopeState } from '#model/scope';
import type { Plane } from '#model/sighting';
import type { StoredSighting, View } from '#model/view';
import { resolve } from '#resolve/resolve';
import { day, scanAt, scope, sighting, t0 } from '#test/model/make';

const host = 'orders.test';
const declared = (operation = 'GET /a/{id}', more = {}) =>
  sighting('declared', operation, { host, service: 'orders', ...more });
const coded = (operation = 'GET /a/{id}', more = {}) => sighting('coded', operation, { service: 'orders', ...more });
const deployed = (operation = 'GET /a/{id}', more = {}) =>
  sighting('deployed', operation, { host, service: 'orders', ...more });
const called = (operation = 'GET /a/{integer}', more = {}) => sighting('observed', operation, { host, ...more });
/** Gives a service an operation on each plane, so that a complete scope of it is known to show the service. */
const other = (plane: Plane) =>
  sighting(plane, 'GET /other', plane === 'coded' ? {} : { host, service: plane === 'observed' ? host : 'orders' });
const all = (...planes: Plane[]): ScopeState[] => planes.map((plane) => scope(plane));
const everywhere = all('declared', 'deployed', 'coded', 'observed');
const gone = { goneAt: scanAt };
const windows = defaultWindows;

function view(sightings: StoredSighting[], scopes: ScopeState[]): View {
  return classify(resolve(sightings, []), scopes, [], windows);
}

function verdictOf(sightings: StoredSighting[], scopes: ScopeState[], path = '/a/'): string {
  const { endpoints } = view(sightings, scopes);
  const found = endpoints.filter((endpoint) => endpoint.path.startsWith(path));
  expect(found.length).toBe(1);
  const { leaf, reason, verdict } = found[0]!.verdict;
  return `${verdict}: ${leaf} ${reason}`.trim();
}

const others = [other('declared'), other('deployed'), other('coded'), other('observed')];
const ungated = [other('declared'), other('coded'), other('observed')];

describe('the table', () => {
  test.each<[string, StoredSighting[], ScopeState[], string]>([
    ['declared and called', [declared(), called(), ...others], everywhere, 'fine: managed called'],
    ['called and nothing else', [called(), ...others], everywhere, 'shadow: shadow unattributed'],
    [
      'called, in no code, no gateway known',
      [called(), ...ungated],
      all('declared', 'coded', 'observed'),
      'shadow: shadow unattributed',
    ],
    ['called and coded', [called(), coded(), ...others], everywhere, 'shadow: shadow live'],
    ['routed only', [deployed(), ...others], everywhere, 'shadow: shadow deployed'],
    ['coded only', [coded(), ...others], everywhere, 'shadow: undocumented coded'],
    ['declared and coded, not called', [declared(), coded(), ...others], everywhere, 'orphan: orphan coded'],
    ['declared and routed, not called', [declared(), deployed(), ...others], everywhere, 'orphan: orphan routed'],
    ['declared only', [declared(), ...others], everywhere, 'orphan: phantom nowhere'],
    [
      'declared only, no gateway known',
      [declared(), ...ungated],
      all('declared', 'coded', 'observed'),
      'orphan: phantom nowhere',
    ],
    [
      'deprecated and called',
      [declared(undefined, { facts: { deprecated: true } }), called(), ...others],
      everywhere,
      'zombie: deprecated-in-use called',
    ],
    [
      'deprecated and routed',
      [declared(undefined, { facts: { deprecated: true } }), deployed(), ...others],
      everywhere,
      'zombie: deprecated-idle routed',
    ],
    [
      'deprecated and coded',
      [declared(undefined, { facts: { deprecated: true } }), coded(), ...others],
      everywhere,
      'fine: deprecated-idle coded',
    ],
    [
      'past its sunset and called',
      [declared(undefined, { facts: { sunset: t0 - day } }), called(), ...others],
      everywhere,
      'zombie: zombie sunset',
    ],
    [
      'past its sunset and dead',
      [declared(undefined, { facts: { sunset: t0 - day } }), ...others],
      everywhere,
      'fine: retired sunset',
    ],
    [
      'its sunset is after observation ended',
      [declared(undefined, { facts: { sunset: t0 + 1 } }), called(), ...others],
      everywhere,
      'fine: managed called',
    ],
    [
      'removed from the specification and called',
      [declared(undefined, gone), called(), ...others],
      everywhere,
      'zombie: zombie removed',
    ],
    [
      'removed from the specification and routed',
      [declared(undefined, gone), deployed(), ...others],
      everywhere,
      'zombie: zombie removed',
    ],
    [
      'removed everywhere',
      [declared(undefined, gone), coded(undefined, gone), ...others],
      everywhere,
      'fine: retired removed',
    ],
    [
      'gone from the code and still routed',
      [deployed(), coded(undefined, gone), ...others],
      everywhere,
      'zombie: zombie undead-route',
    ],
    [
      'a retired revision that answers',
      [deployed(undefined, { facts: { retired: true } }), ...others],
      everywhere,
      'zombie: zombie retired-revision',
    ],
    [
      'called a long time ago',
      [
        declared(),
        coded(),
        called(undefined, { seen: { first: t0 - 60 * day, last: t0 - 31 * day, count: 1 } }),
        ...others,
      ],
      everywhere,
      'orphan: orphan coded',
    ],
    [
      'a gateway’s draft',
      [declared(), deployed(undefined, { facts: { draft: true } }), ...others],
      everywhere,
      'unknown: indeterminate',
    ],
  ])('%s', (_, sightings, scopes, expected) => expect(verdictOf(sightings, scopes)).toBe(expected));

  test.each([
    [30, 'fresh'],
    [31, 'stale'],
    [90, 'stale'],
    [91, 'never'],
  ])('a last call %i days before the end of observation is %s', (days, state) => {
    const last = t0 - days * day;
    const found = view(
      [declared(), coded(), called(undefined, { seen: { first: last, last, count: 1 } }), ...others],
      everywhere,
    );
    const endpoint = found.endpoints.find(({ path }) => path === '/a/{id}');
    expect(endpoint?.planes.observed).toBe(state);
    expect(endpoint?.verdict.because).toContain(
      `last ${state === 'fresh' ? 'on' : 'call was on'} ${new Date(last).toISOString().slice(0, 10)}`,
    );
  });

  test('an older version of what is declared is superseded', () => {
    const sightings = [declared('GET /v2/a/{id}'), called('GET /v1/a/{integer}'), ...others];
    expect(verdictOf(sightings, everywhere, '/v1')).toBe('zombie: zombie superseded');
    expect(verdictOf([declared('GET /v1/a/{id}'), called('GET /v2/a/{integer}'), ...others], everywhere, '/v2')).toBe(
      'shadow: shadow unattributed',
    );
  });
});

describe('unknown is never no', () => {
  test.each<[string, StoredSighting[], ScopeState[], string]>([
    ['no specifications at all', [called()], all('observed'), 'unknown: indeterminate'],
    [
      'the service’s own specification was read in part',
      [called(), ...others],
      [scope('declared', { completeness: 'partial' }), ...everywhere.slice(1)],
      'unknown: indeterminate',
    ],
    [
      'a specification of nobody knows which service could not be read, and the service has none',
      [called('GET /a/{integer}', { host: 'new.test' })],
      [
        scope('declared', { completeness: 'failed', covers: {} }),
        scope('observed', { covers: { hosts: ['new.test'], from: t0, to: t0 } }),
      ],
      'unknown: indeterminate',
    ],
    [
      'no traffic source',
      [declared(), coded(), other('declared'), other('coded')],
      all('declared', 'coded'),
      'unknown: indeterminate',
    ],
    [
      'traffic of other hosts',
      [declared(), coded(), other('declared')],
      [...all('declared', 'coded'), scope('observed', { covers: { hosts: ['x.test'], from: t0, to: t0 } })],
      'unknown: indeterminate',
    ],
    [
      'traffic that was cut',
      [declared(), coded(), ...others],
      [...everywhere.slice(0, 3), scope('observed', { completeness: 'partial' })],
      'unknown: indeterminate',
    ],
    [
      'code that was read in part',
      [declared(), ...others],
      [scope('declared'), scope('deployed'), scope('coded', { completeness: 'partial' }), scope('observed')],
      'unknown: indeterminate',
    ],
    [
      'a gateway that refused',
      [declared(), ...others],
      [scope('declared'), scope('deployed', { completeness: 'denied' }), scope('coded'), scope('observed')],
      'unknown: indeterminate',
    ],
  ])('%s', (_, sightings, scopes, expected) => expect(verdictOf(sightings, scopes)).toBe(expected));

  test('code of which too little is understood is no proof of absence', () => {
    const more = ['GET /b', 'GET /c'].map((operation) => declared(operation));
    expect(verdictOf([declared(), ...more, ...others], everywhere)).toBe('unknown: indeterminate');
    const understood = ['GET /b', 'GET /c'].map((operation) => coded(operation));
    expect(verdictOf([declared(), ...more, ...understood, ...others], everywhere)).toBe('orphan: phantom nowhere');
  });

  test('a source that fails today does not unsay what a complete scan said', () => {
    const failed = scope('declared', { completeness: 'failed', completeAt: scanAt });
    expect(verdictOf([called(), ...others], [failed, ...everywhere.slice(1)])).toBe('shadow: shadow unattributed');
    const later = called(undefined, { firstScanAt: scanAt + 1 });
    expect(verdictOf([later, ...others], [failed, ...everywhere.slice(1)])).toBe('unknown: indeterminate');
  });

  test('a broken document of another service is no excuse', () => {
    const scopes = [
      ...everywhere,
      scope('declared', { scope: 'x', completeness: 'partial', covers: { services: ['else'] } }),
    ];
    expect(verdictOf([called(), ...others], scopes)).toBe('shadow: shadow unattributed');
  });

  test('it says which source would decide', () => {
    const { endpoints } = view([declared(), coded()], all('declared', 'coded'));
    expect(endpoints[0]!.verdict).toMatchObject({ decidedBy: ['observed', 'deployed'] });
    expect(endpoints[0]!.verdict.because).toBe(
      'declared, coded; a complete scan of observed or deployed sources would decide',
    );
  });
});

describe('guards', () => {
  const statuses = (counts: Record<string, number>, more = {}) => ({ facts: { statuses: counts, ...more } });

  test.each([
    ['404 alone', statuses({ 404: 5 })],
    ['405 and 501', statuses({ 405: 5, 501: 1 })],
    ['no answer', statuses({ 0: 3 })],
    ['a refusal that nothing else knows of', statuses({ 401: 5 })],
    ['errors', statuses({ 500: 5, 429: 1 })],
    ['a static file', statuses({ 200: 5 }, { static: true })],
    ['a fallback page', statuses({ 200: 5 }, { fallback: 5 })],
    ['a login redirect', statuses({ 302: 5 }, { fallback: 5 })],
  ])('%s makes no endpoint', (_, more) => {
    expect(view([called('GET /a/b', more), ...others], everywhere).endpoints.map(({ path }) => path)).toEqual([
      '/other',
    ]);
  });

  test('OPTIONS, TRACE and CONNECT make none; what answers to the last two is a finding', () => {
    const found = view(
      [
        called('OPTIONS /a'),
        called('TRACE /a'),
        called('CONNECT /'),
        called('TRACE /b', statuses({ 405: 1 })),
        ...others,
      ],
      everywhere,
    );
    expect(found.endpoints.map(({ path }) => path)).toEqual(['/other']);
    expect(found.findings.map(({ rule }) => rule)).toEqual(['trace-answered', 'connect-answered']);
  });

  test('a refusal counts where another plane knows the operation', () => {
    expect(verdictOf([declared(), called(undefined, statuses({ 401: 5 })), ...others], everywhere)).toBe(
      'fine: managed called',
    );
  });

  test('an error is no hit', () => {
    expect(verdictOf([declared(), coded(), called(undefined, statuses({ 500: 5 })), ...others], everywhere)).toBe(
      'orphan: orphan coded',
    );
  });

  test('health checks are tagged, and nothing is wrong with them', () => {
    const { endpoints, findings } = view(
      [called('GET /healthz'), called('GET /status', { facts: { health: true } }), ...others],
      everywhere,
    );
    const checks = endpoints.filter(({ tags }) => tags.includes('health'));
    expect(checks.map(({ verdict }) => `${verdict.leaf} ${verdict.reason} ${verdict.verdict}`)).toEqual([
      'managed health fine',
      'managed health fine',
    ]);
    expect(findings).toEqual([]);
  });

  test('what is named like a health check and writes is none', () => {
    const sightings = [called('POST /keys/health'), ...others];
    expect(verdictOf(sightings, everywhere, '/keys/health')).toBe('shadow: shadow unattributed');
  });

  test('a tail whose mount is unknown is never flagged by itself', () => {
    const found = view([coded('GET /a/{id}', { anchored: false }), ...others], everywhere);
    expect(found.findings).toEqual([]);
    expect(found.endpoints.find(({ path }) => path === '/a/{id}')?.verdict).toMatchObject({
      leaf: 'indeterminate',
      reason: 'unanchored',
    });
  });

  test('a path is below a base path by whole segments only', () => {
    const sightings = [declared('GET /x', { basePath: '/api' }), called('GET /apix'), ...others];
    expect(verdictOf(sightings, everywhere, '/apix')).toBe('shadow: shadow unattributed');
  });

  test('a value that a parameter does not take is a sibling', () => {
    const integer = { facts: { params: [{ name: 'id', in: 'path' as const, type: 'integer' }] } };
    const { endpoints } = view(
      [declared('GET /a/{id}', integer), called('GET /a/export'), called('GET /a/{integer}'), ...others],
      everywhere,
    );
    expect(
      endpoints
        .filter(({ path }) => path !== '/other')
        .map(({ path, verdict }) => `${path} ${verdict.leaf}`)
        .sort(),
    ).toEqual(['/a/export shadow', '/a/{id} managed']);
  });

  test('another method of a declared path is an endpoint of that path', () => {
    const { endpoints } = view(
      [declared(), called('GET /a/{integer}'), called('DELETE /a/{integer}'), ...others],
      everywhere,
    );
    expect(endpoints.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
      'DELETE /a/{id}',
      'GET /a/{id}',
      'GET /other',
    ]);
  });
});

describe('environments', () => {
  const observed = (environment: string) => scope('observed', { environment, source: environment, scope: environment });
  const calledIn = (environment: string, operation: string) =>
    called(operation, { environment, source: environment, scope: environment });

  test('each has endpoints of its own; specifications and code speak for all', () => {
    const { endpoints } = view(
      [declared('GET /x'), coded('GET /x'), calledIn('production', 'GET /x'), calledIn('staging', 'GET /y')],
      [...all('declared', 'coded'), observed('production'), observed('staging')],
    );
    expect(endpoints.map(({ environment, path, verdict }) => `${environment} ${path} ${verdict.leaf}`).sort()).toEqual([
      'production /x managed',
      'staging /x orphan',
      'staging /y shadow',
    ]);
  });
});

describe('findings', () => {
  test('a service of which nothing is declared is one finding', () => {
    const lone = (operation: string) => called(operation, { host: 'lone.internal' });
    const scopes = [scope('declared'), scope('observed', { covers: { hosts: ['lone.internal'], from: t0, to: t0 } })];
    const { findings } = view([lone('GET /x'), lone('GET /y'), lone('POST /y'), other('declared')], scopes);
    const wrong = findings.filter(({ service }) => service === 'lone.internal');
    expect(wrong).toMatchObject([{ rule: 'shadow-service', reason: 'live', severity: 'high', endpoint: '' }]);
    expect(wrong[0]!.because).toContain('3 operations');
  });

  test.each([
    ['a public host of another domain', 'cdn.tracker.example', 'low', 'elsewhere'],
    ['another host of the same domain', 'old.shop.example', 'high', 'live'],
    ['a host inside the network', 'old.internal', 'high', 'live'],
    ['an address', '10.0.0.7:8080', 'high', 'live'],
  ])('an undeclared service on %s', (_, at, severity, reason) => {
    const scopes = [scope('declared'), scope('observed', { covers: { hosts: [at], from: t0, to: t0 } })];
    const ours = sighting('declared', 'GET /other', { host: 'api.shop.example', service: 'orders' });
    const { findings } = view([called('GET /x', { host: at }), called('GET /y', { host: at }), ours], scopes);
    expect(findings.filter(({ service }) => service === at)).toMatchObject([
      { rule: 'shadow-service', severity, reason },
    ]);
  });

  test('a page is no alarm', () => {
    const page = { facts: { produces: ['text/html'] } };
    const { endpoints, findings } = view([called('GET /about', page), ...others], everywhere);
    expect(endpoints.find(({ path }) => path === '/about')?.tags).toEqual(['page']);
    expect(findings).toMatchObject([{ rule: 'shadow', severity: 'low' }]);
  });

  test('each carries its reason and the proof', () => {
    const { findings } = view([called(), ...others], everywhere);
    expect(findings).toMatchObject([
      {
        rule: 'shadow',
        severity: 'high',
        because:
          'it was called 3 times, last on 2026-01-01, but no specification declares it and no code that was read has it',
        evidence: [{ plane: 'observed', source: 'edge', where: 'edge.pcap@1' }],
      },
    ]);
  });
});

test('what an endpoint is told of is merged', () => {
  const { endpoints } = view(
    [
      declared('GET /a/{orderId}', {
        facts: {
          params: [{ name: 'orderId', in: 'path', type: 'integer' }],
          auth: { required: 'yes', mechanisms: ['bearer'] },
          version: '1.2.0',
        },
      }),
      coded('GET /a/{id}', {
        facts: {
          owner: '@shop/orders',
          params: [
            { name: 'id', in: 'path' },
            { name: 'q', in: 'query' },
          ],
        },
      }),
      called('GET /a/{integer}', { facts: { anonymousSuccess: 1, credentialed: 2 } }),
    ],
    everywhere,
  );
  expect(endpoints).toMatchObject([
    {
      path: '/a/{orderId}',
      hosts: [host],
      auth: 'optional',
      authMechanisms: ['bearer'],
      owner: '@shop/orders',
      version: '1.2.0',
      calls: 3,
      lastCall: t0,
      params: [
        { name: 'orderId', in: 'path', type: 'integer', required: true },
        { name: 'q', in: 'query' },
      ],
      sources: ['code', 'edge', 'specs'],
    },
  ]);
});
