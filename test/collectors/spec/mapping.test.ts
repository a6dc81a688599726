import { describe, expect, test } from 'vitest';
import { operation, read } from './read.ts';

const info = { title: ' T ', version: '1' };

describe('servers', () => {
  const at = (url: string, variables?: object) =>
    operation({}, { servers: [{ url, ...(variables && { variables }) }] }).servers;

  test.each([
    ['https://api.example.com/v2', [{ host: 'api.example.com', basePath: '/v2' }]],
    ['https://API.Example.com:443/', [{ host: 'api.example.com', basePath: '' }]],
    ['http://localhost:3030/api/', [{ host: 'localhost:3030', basePath: '/api' }]],
    ['https://user:pass@api.example.com/v1?key=x#y', [{ host: 'api.example.com', basePath: '/v1' }]],
    ['//api.example.com/v1', [{ host: 'api.example.com', basePath: '/v1' }]],
    ['http://[2001:db8::1]:8080/v1', [{ host: '[2001:db8::1]:8080', basePath: '/v1' }]],
    ['https://bücher.example/v1', [{ host: 'xn--bcher-kva.example', basePath: '/v1' }]],
    ['/v1', [{ host: null, basePath: '/v1' }]],
    ['v1/', [{ host: null, basePath: '/v1' }]],
    ['../v1', [{ host: null, basePath: '/v1' }]],
    ['/', []],
    ['.', []],
    ['', []],
    ['https://{tenant}.example.com/{version}', [{ host: '*.example.com', basePath: '/{version}' }]],
    ['https://{host}/v1', [{ host: null, basePath: '/v1' }]],
    ['https://api.example.com:{port}/v1', [{ host: 'api.example.com', basePath: '/v1' }]],
    ['https://api-{env}.example.com/v1', [{ host: null, basePath: '/v1' }]],
    ['https://$HOST/v1', [{ host: null, basePath: '/v1' }]],
    ['{{baseUrl}}/v1', [{ host: null, basePath: '/v1' }]],
    ['https://user:1/secret@api.example.com/v1', [{ host: null, basePath: '/v1' }]],
    ['mqtt://broker.example.com', []],
    ['https://', []],
  ])('%s', (url, servers) => {
    expect(at(url)).toEqual(servers);
  });

  test('variables take each value of their enum, else their default', () => {
    const variables = {
      region: { enum: ['eu', 'us'], default: 'eu' },
      base: { default: 'v2' },
      suffix: { default: '' },
    };
    expect(at('https://{region}.example.com/{base}{suffix}', variables)).toEqual([
      { host: 'eu.example.com', basePath: '/v2' },
      { host: 'us.example.com', basePath: '/v2' },
    ]);
  });

  test('values stand for nothing but themselves, and stay short', () => {
    expect(at('https://a.example.com/{v}', { v: { default: "$&$'{v}" } })[0]?.basePath).toBe("/$&$'{v}");
    const variables = Object.fromEntries(
      [...'abcdefgh'].map((name, i, all) => [name, { default: `{${all[i + 1]}}`.repeat(600) }]),
    );
    expect(at('/{a}', variables)[0]?.basePath.length).toBeLessThanOrEqual(2_048);
  });

  test('expansion is bounded', () => {
    const variable = { enum: Array.from({ length: 1_000 }, (_, i) => `v${i}`), default: 'v0' };
    expect(at('https://{a}.{b}.{c}.example.com', { a: variable, b: variable, c: variable }).length).toBeLessThanOrEqual(
      32,
    );
  });

  test('those of an operation win over those of its path, and these over the document’s', () => {
    const servers = (path: string) => [{ url: path }];
    const { sightings } = read(
      JSON.stringify({
        openapi: '3.0.0',
        info,
        servers: servers('/root'),
        paths: {
          '/a': { servers: servers('/path'), get: { servers: servers('/operation') }, put: {} },
          '/b': { get: { servers: [] } },
        },
      }),
    );
    expect(sightings.map((sighting) => sighting.servers[0]?.basePath)).toEqual(['/operation', '/path', '/root']);
  });

  test.each([
    [
      { host: 'api.example.com', basePath: '/v1/', schemes: ['https', 'http'] },
      [{ host: 'api.example.com', basePath: '/v1' }],
    ],
    [{ host: 'api.example.com:80', schemes: ['http'] }, [{ host: 'api.example.com', basePath: '' }]],
    [{ host: 'u:p@api.example.com:8443', basePath: 'v1' }, [{ host: 'api.example.com:8443', basePath: '/v1' }]],
    [{ basePath: '/v1' }, [{ host: null, basePath: '/v1' }]],
    [{ host: '<host>', basePath: '/v1' }, [{ host: null, basePath: '/v1' }]],
    [{ basePath: '/' }, []],
    [{}, []],
  ])('OpenAPI 2.0: %j', (members, servers) => {
    const { sightings } = read(JSON.stringify({ swagger: '2.0', info, ...members, paths: { '/a': { get: {} } } }));
    expect(sightings[0]?.servers).toEqual(servers);
  });

  test('a host that cannot be read is told', () => {
    const { report } = read(
      JSON.stringify({ openapi: '3.0.0', info, servers: [{ url: 'https://<host>' }], paths: {} }),
    );
    expect(report.completeness).toBe('complete');
    expect(report.problems[0]).toMatchObject({ where: 'api.yaml:1#/servers/0' });
  });
});

describe('authentication', () => {
  const securitySchemes = {
    bearer: { type: 'http', scheme: 'Bearer' },
    basic: { type: 'http', scheme: 'basic' },
    digest: { type: 'http', scheme: 'digest' },
    key: { type: 'apiKey', in: 'header', name: 'X-Key' },
    session: { type: 'apiKey', in: 'cookie', name: 'sid' },
    oauth: { type: 'oauth2', flows: {} },
    oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://id.example.com' },
    tls: { type: 'mutualTLS' },
    'x-api-key': { type: 'apiKey', in: 'header', name: 'x-api-key' },
    linked: { $ref: '#/components/securitySchemes/bearer' },
  };
  const auth = (members: object, document: object = {}) =>
    operation(members, { components: { securitySchemes }, ...document }).facts.auth;

  test.each([
    [[{ bearer: [] }], { required: 'yes', mechanisms: ['bearer'] }],
    [[{ basic: [] }, { digest: [] }], { required: 'yes', mechanisms: ['basic', 'digest'] }],
    [[{ key: [], session: [] }], { required: 'yes', mechanisms: ['apiKey', 'cookie'] }],
    [
      [{ oauth: ['read', 'write'] }, { oidc: ['read'] }],
      { required: 'yes', mechanisms: ['oauth2', 'openIdConnect'], scopes: ['read', 'write'] },
    ],
    [[{ 'x-api-key': [] }], { required: 'yes', mechanisms: ['apiKey'] }],
    [[{ tls: [] }], { required: 'yes', mechanisms: ['mutualTLS'] }],
    [[{ linked: [] }], { required: 'yes', mechanisms: ['bearer'] }],
    [[{ bearer: [] }, {}], { required: 'optional', mechanisms: ['bearer'] }],
    [[], { required: 'no', mechanisms: [] }],
    [[{}], { required: 'no', mechanisms: [] }],
    [[{ nobody: [] }], { required: 'yes', mechanisms: [] }],
  ])('%j', (security, expected) => {
    expect(auth({ security })).toEqual(expected);
    expect(auth({}, { security })).toEqual(expected);
  });

  test('an operation’s own word wins over the document’s', () => {
    expect(auth({ security: [] }, { security: [{ bearer: [] }] })).toEqual({ required: 'no', mechanisms: [] });
  });

  test('no word is no fact', () => {
    expect(auth({})).toBeUndefined();
  });

  test('OpenAPI 2.0', () => {
    const { sightings } = read(
      JSON.stringify({
        swagger: '2.0',
        info,
        securityDefinitions: {
          b: { type: 'basic' },
          k: { type: 'apiKey', in: 'query', name: 'k' },
          o: { type: 'oauth2' },
        },
        security: [{ b: [] }, { k: [] }, { o: ['x'] }],
        paths: { '/a': { get: {} } },
      }),
    );
    expect(sightings[0]?.facts.auth).toEqual({
      required: 'yes',
      mechanisms: ['basic', 'apiKey', 'oauth2'],
      scopes: ['x'],
    });
  });

  test('a scheme that nobody describes is told, and names no secret', () => {
    const { report } = read(
      JSON.stringify({ openapi: '3.0.0', info, security: [{ 'Bearer s3cr3ts3cr3t': [] }], paths: {} }),
    );
    expect(report.problems[0]?.message).toBe(
      'a security requirement names «Bearer …», which no security scheme describes',
    );
  });
});

describe('lifecycle', () => {
  const day = Date.UTC(2027, 0, 31);

  test.each([
    ['2027-01-31', day],
    ['2027-01-31T12:30:00Z', day + 45_000_000],
    ['2027-01-31t12:30:00.5+02:00', day + 37_800_500],
    ['2027-01-31 12:30', day + 45_000_000],
    ['9999-08-10', 253_389_859_200_000],
    ['2027-02-30', undefined],
    ['2027-13-01', undefined],
    ['2027-01-31T25:00:00Z', undefined],
    ['soon', undefined],
    ['', undefined],
    [20270131, undefined],
    [{}, undefined],
    [null, undefined],
  ])('x-sunset %j', (date, sunset) => {
    const document = { openapi: '3.0.0', info, paths: { '/a': { get: { 'x-sunset': date } } } };
    const { sightings, report } = read(JSON.stringify(document));
    expect(sightings[0]?.facts.sunset).toBe(sunset);
    expect(report.completeness).toBe('complete');
    expect(report.problems).toEqual(
      sunset === undefined
        ? [expect.objectContaining({ message: 'x-sunset is no date', where: 'api.yaml:1#/paths/~1a/get' })]
        : [],
    );
  });

  test('a date of the whole path holds where the operation has none', () => {
    const paths = { '/a': { 'x-sunset': '2027-01-31', get: {}, put: { 'x-sunset': '2027-02-01' } } };
    const { sightings } = read(JSON.stringify({ openapi: '3.0.0', info, paths }));
    expect(sightings.map((sighting) => sighting.facts.sunset)).toEqual([day, day + 86_400_000]);
  });

  test.each([
    [{ deprecated: true }, true],
    [{ 'x-deprecated': true }, true],
    [{ deprecated: 'true' }, true],
    [{ deprecated: false }, undefined],
    [{ deprecated: 'no' }, undefined],
    [{}, undefined],
  ])('deprecated: %j', (members, deprecated) => {
    expect(operation(members).facts.deprecated).toBe(deprecated);
    const { sightings } = read(JSON.stringify({ openapi: '3.0.0', info, paths: { '/a': { ...members, get: {} } } }));
    expect(sightings[0]?.facts.deprecated).toBe(deprecated);
  });
});

describe('facts', () => {
  test('of an operation', () => {
    const { facts, where, service } = operation({
      operationId: 'getA',
      summary: ' One\n  thing ',
      tags: ['a', 'b', 'a', 7, {}],
      responses: {
        200: { content: { 'Application/JSON': {}, 'text/csv': {} } },
        '4xx': {},
        DEFAULT: {},
        'x-note': {},
        600: {},
      },
    });
    expect(service).toBe('T');
    expect(where).toEqual({ in: 'document', file: 'api.yaml', pointer: '/paths/~1a~1{id}/get', line: 1 });
    expect(facts).toEqual({
      operationId: 'getA',
      summary: 'One thing',
      tags: ['a', 'b', '7'],
      params: [{ name: 'id', in: 'path', required: true }],
      produces: ['application/json', 'text/csv'],
      responses: ['200', '4XX', 'default'],
    });
  });

  test('of OpenAPI 2.0: media types of the document hold where an operation names none', () => {
    const { sightings } = read(
      JSON.stringify({
        swagger: '2.0',
        info: { title: 'T', version: '2.10' },
        consumes: ['application/json'],
        produces: ['application/json'],
        paths: {
          '/a': {
            get: {},
            put: { parameters: [{ in: 'body', name: 'b', schema: {} }], produces: ['text/plain'] },
            post: { parameters: [{ in: 'formData', name: 'f', type: 'file' }], consumes: ['multipart/form-data'] },
          },
        },
      }),
    );
    expect(sightings.map(({ method, facts }) => [method, facts.consumes, facts.produces, facts.version])).toEqual([
      ['GET', undefined, ['application/json'], '2.10'],
      ['PUT', ['application/json'], ['text/plain'], '2.10'],
      ['POST', ['multipart/form-data'], ['application/json'], '2.10'],
    ]);
  });

  test('methods', () => {
    const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'];
    const item = Object.fromEntries(methods.map((method) => [method, {}]));
    const others = {
      'x-amazon-apigateway-any-method': {},
      'x-get': {},
      connect: {},
      GET: {},
      summary: 's',
      parameters: [],
    };
    const more = { additionalOperations: { LINK: {}, 'no method': {}, purge: {} } };
    const { sightings } = read(
      JSON.stringify({ openapi: '3.2.0', info, paths: { '/a': { ...item, ...others, ...more } } }),
    );
    expect(sightings.map((sighting) => sighting.method)).toEqual([
      ...methods.map((method) => method.toUpperCase()),
      '*',
      'LINK',
      'PURGE',
    ]);
  });

  test('the file’s name stands in for a title', () => {
    const { sightings, report } = read('openapi: 3.0.0\npaths: {/a: {get: }}');
    expect(sightings.map(({ service, method }) => [service, method])).toEqual([['api', 'GET']]);
    expect(report.covers).toEqual({ services: ['api'], hosts: [] });
  });

  test('free text loses what looks like a secret', () => {
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl';
    const { facts } = operation({
      summary: `Call with Bearer abcdefgh12345, ${jwt}, key=sk4Fj9dKq2Lx7Vb1Zt8Q or ask jane@example.com at https://u:p@example.com`,
      tags: [jwt],
    });
    expect(facts.summary).toBe('Call with Bearer …, …, key=… or ask … at https://example.com');
    expect(facts.tags).toEqual(['…']);
  });
});

describe('what was seen', () => {
  test.each([
    [
      {
        openapi: '3.0.3',
        info: { title: 'A', version: '1.4' },
        paths: { '/a': { get: {}, put: {} }, '/b': { get: {} } },
      },
      'OpenAPI 3.0.3 "A" 1.4: 3 operations on 2 paths',
    ],
    [{ swagger: '2.0', info: { title: 'A' }, paths: { '/a': { get: {} } } }, 'Swagger 2.0 "A": 1 operation on 1 path'],
    [{ openapi: '3.1.0', info: { title: 'A' } }, 'OpenAPI 3.1.0 "A": 0 operations on 0 paths, it has no paths'],
    [
      { openapi: '3.0.0', info: { title: 'A' }, paths: { '/a': {} } },
      'OpenAPI 3.0.0 "A": 0 operations on 1 path, no path has one',
    ],
    [
      {
        openapi: '3.1.0',
        info: { title: 'A' },
        webhooks: { w: {} },
        paths: { '/a': { get: { callbacks: { c: {}, d: {} } } } },
      },
      'OpenAPI 3.1.0 "A": 1 operation on 1 path; 1 webhook and 2 callbacks left out, as calls that the API makes itself',
    ],
  ])('%j', (document, saw) => {
    expect(read(JSON.stringify(document)).report).toMatchObject({ saw, completeness: 'complete', problems: [] });
  });

  test('hosts and services are covered', () => {
    const { report } = read(
      JSON.stringify({
        openapi: '3.0.0',
        info: { title: 'A' },
        servers: [{ url: 'https://b.example' }],
        paths: { '/a': { get: { servers: [{ url: 'https://a.example' }] } } },
      }),
    );
    expect(report.covers).toEqual({ services: ['A'], hosts: ['a.example', 'b.example'] });
  });
});
