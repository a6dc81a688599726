import { describe, expect, test } from 'vitest';
import { parseGraphql } from '#collectors/traffic/inspect/call/graphql';
import { isCall } from '#collectors/traffic/inspect/name';
import { asked } from './inspecting.ts';

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const soap12 = 'http://www.w3.org/2003/05/soap-envelope';

function calls(...request: Parameters<typeof asked>): [string[], string[], string[]] {
  const facts = asked(...request);
  return [Object.keys(facts.calls), Object.keys(facts.protocols), Object.keys(facts.dialects)];
}

describe('GraphQL', () => {
  test.each([
    ['{ me { id } }', ['query  me']],
    [
      'query Q { orders(first: 2, where: {a: {b: "}"}}) @include(if: $x) { id } total: count }',
      ['query Q orders,count'],
    ],
    ['mutation Make($o: Order! = {a: 1}) @live { createOrder(o: $o) { id } }', ['mutation Make createOrder']],
    ['query A { a } query B { b }', ['query A a', 'query B b']],
    [
      'query { ...F ... on Query { x } ... @skip(if: true) { y } } fragment F on Query { z(a: """ } " """) { id } }',
      ['query  z,x,y'],
    ],
    ['# comment { }\nsubscription S { ticks }', ['subscription S ticks']],
    ['query Cut { a { b', ['query Cut a']],
    ['not graphql { at all }', []],
    ['', []],
    ['{'.repeat(20_000), ['query  ']],
    [`{${'...{'.repeat(10_000)}`, ['query  ']],
    ['query IntrospectionQuery { __schema { types { name } } }', ['query IntrospectionQuery __schema']],
  ])('%s', (document, operations) => {
    expect(parseGraphql(document).map(({ type, name, fields }) => `${type} ${name} ${fields}`)).toEqual(operations);
  });

  test('in JSON, in batches, by hash, in a query, as a document and with files', () => {
    const query = 'query Orders { orders { id } }';
    expect(calls({ query, operationName: 'Orders' })).toEqual([['query orders'], ['graphql'], []]);
    expect(calls([{ query }, { query: 'mutation { pay }' }])).toEqual([
      ['mutation pay', 'query orders'],
      ['graphql'],
      [],
    ]);
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'ab'.repeat(32) } };
    expect(calls({ operationName: 'Orders', extensions })).toEqual([['persisted Orders'], ['graphql'], []]);
    expect(calls({ extensions })[0]).toEqual(['persisted']);
    const target = `/graphql?query=${encodeURIComponent(query)}`;
    expect(calls('', { method: 'GET', target })).toEqual([['query orders'], ['graphql'], []]);
    const hashed = `/graphql?operationName=Orders&extensions=${encodeURIComponent(JSON.stringify(extensions))}`;
    expect(calls('', { method: 'GET', target: hashed })).toEqual([['persisted Orders'], ['graphql'], []]);
    expect(calls(query, { type: 'application/graphql' })).toEqual([['query orders'], ['graphql'], []]);
    const part = (name: string, text: string) =>
      `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
    const upload = `${part('operations', JSON.stringify({ query: 'mutation { upload }' }))}${part('map', '{"0":["variables.f"]}')}--B--`;
    expect(calls(upload, { type: 'multipart/form-data; boundary=B' })).toEqual([
      ['mutation upload'],
      ['graphql'],
      ['graphql-upload'],
    ]);
  });

  test('operations by the names that clients gave them', () => {
    expect(asked({ query: 'query GetOrders { orders { id } }' }).operations).toEqual({ 'query GetOrders': 1 });
  });

  test.each([[{ query: 'shoes' }], [{ query: 'a { b' }], [{ q: '{a}' }], [{ query: { a: 1 } }], [null], [[1]]])(
    '%j is none',
    (body) => expect(asked(JSON.stringify(body), { type: 'application/json' }).protocols).toEqual({}),
  );
});

describe('SOAP', () => {
  const envelope = (ns: string, body: string) =>
    `<?xml version="1.0"?><s:Envelope xmlns:s="${ns}"><s:Header/><s:Body>${body}</s:Body></s:Envelope>`;

  test.each([
    [
      'text/xml',
      envelope(soap11, '<m:GetOrder xmlns:m="urn:x"><id>7</id></m:GetOrder>'),
      { soapaction: '"urn:x/Other"' },
      ['GetOrder'],
    ],
    ['application/soap+xml; action="urn:x/GetOrder"', envelope(soap12, ''), {}, ['GetOrder']],
    ['text/xml', '', { soapaction: '"http://tempuri.org/IOrders/List"' }, ['List']],
    ['text/xml', '', { soapaction: '""' }, []],
    ['application/xml', envelope(soap12, '<Ping/>'), {}, ['Ping']],
  ] as const)('%s', (type, body, headers, names) => {
    expect(calls(body, { type, asked: headers })).toEqual([names, ['soap'], []]);
  });

  test('another envelope is none', () => {
    expect(asked('<Envelope xmlns="urn:mail"><Body><A/></Body></Envelope>', { type: 'text/xml' }).protocols).toEqual(
      {},
    );
  });
});

test.each([
  [{ jsonrpc: '2.0', method: 'eth_call', id: 1 }, ['eth_call'], []],
  [
    [
      { jsonrpc: '2.0', method: 'a' },
      { jsonrpc: '2.0', method: 'b' },
    ],
    ['a', 'b'],
    [],
  ],
  [{ method: 'getinfo', params: [], id: 'x' }, ['getinfo'], []],
  [
    { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'search', arguments: { q: 'x' } } },
    ['tools/call search'],
    ['mcp'],
  ],
  [{ jsonrpc: '2.0', id: 1, method: 'prompts/get', params: { name: 'review' } }, ['prompts/get review'], ['mcp']],
  [
    { jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri: 'file:///home/ann' } },
    ['resources/read file:'],
    ['mcp'],
  ],
  [{ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18' } }, ['initialize'], ['mcp']],
  [{ jsonrpc: '2.0', method: '9f1c2d3e-0000-4000-8000-1234567890ab' }, [], []],
])('JSON-RPC %j', (body, names, dialects) => expect(calls(body)).toEqual([names, ['jsonrpc'], dialects]));

test.each([[{ method: 'GET', params: [] }], [{ method: 'card', id: 1 }], [{ jsonrpc: '2.0', result: 1, id: 1 }]])(
  '%j is no JSON-RPC request',
  (body) => expect(asked(body).protocols).toEqual({}),
);

test('MCP by its headers', () => {
  const headers = { 'mcp-session-id': 's3cr3t', 'mcp-protocol-version': '2025-06-18' };
  expect(asked('', { asked: headers }).dialects).toEqual({ mcp: 1, 'mcp 2025-06-18': 1 });
});

test('XML-RPC', () => {
  const body = '<?xml version="1.0"?><methodCall><methodName>system.listMethods</methodName><params/></methodCall>';
  expect(calls(body, { type: 'text/xml' })).toEqual([['system.listMethods'], [], ['xml-rpc']]);
});

test('OData batches, in MIME with change sets, and in JSON', () => {
  const inner = [
    '--set',
    'Content-Type: application/http',
    'Content-ID: 1',
    '',
    'POST Orders HTTP/1.1',
    'Content-Type: application/json',
    '',
    '{"Name":"x"}',
    '--set--',
  ].join('\r\n');
  const body = [
    '--b1',
    'Content-Type: application/http',
    '',
    "GET /odata/Customers('ALFKI')?$top=1 HTTP/1.1",
    'Host: x',
    '',
    '--b1',
    'Content-Type: multipart/mixed; boundary=set',
    '',
    inner,
    '--b1--',
  ].join('\r\n');
  expect(calls(body, { type: 'multipart/mixed; boundary=b1', target: '/odata/$batch' })).toEqual([
    ['GET /odata/Customers()', 'POST /Orders'],
    [],
    ['odata-batch'],
  ]);
  const requests = {
    requests: [
      { id: '1', method: 'get', url: 'Orders(7)' },
      { id: '2', method: 'PATCH', url: '/Orders/9' },
    ],
  };
  expect(calls(requests, { target: '/odata/$batch' })).toEqual([
    ['GET /Orders()', 'PATCH /Orders/{integer}'],
    [],
    ['odata-batch'],
  ]);
});

test.each([
  [
    '/v1/chat/completions',
    { model: 'gpt-4o-2024-08-06', stream: true, messages: [] },
    ['model gpt-4o-2024-08-06', 'stream'],
  ],
  [
    '/v1/messages',
    { model: 'claude-3-5-sonnet-20241022', tools: [{ name: 'get_weather' }] },
    ['model claude-3-5-sonnet-20241022', 'tool get_weather'],
  ],
  [
    '/v1/chat/completions',
    { model: 'ft:gpt-4o-mini:acme::7p4lURel', tools: [{ type: 'function', function: { name: 'search' } }] },
    ['model ft:gpt-4o-mini', 'tool search'],
  ],
  ['/v1beta/models/gemini-1.5-pro:streamGenerateContent?alt=sse', { contents: [] }, ['model gemini-1.5-pro', 'stream']],
  ['/api/chat', { model: 'llama3.1:8b' }, ['model llama3.1:8b']],
  ['/v1/embeddings', { model: 'q9Zx7Kd2Lm4Vt8Wp3' }, ['model']],
])('%s %j', (target, body, names) => expect(calls(body, { target })).toEqual([names, [], ['model-api']]));

test.each([
  ['/v1/messages', { text: 'hello' }],
  ['/cars', { model: 'T' }],
])('%s %j asks no model', (target, body) => expect(calls(body, { target })).toEqual([[], [], []]));

test('of what the reader of an exchange knows, only what is made of names is told', () => {
  expect(isCall('tools/call search')).toBe(true);
  expect(isCall('tools/call ann@acme.io')).toBe(false);
  expect(isCall('x'.repeat(200))).toBe(false);
});
