import { expect, test } from 'vitest';
import { readEntry } from '#collectors/har/entry';

const good = {
  startedDateTime: '2026-03-02T09:30:00.250+01:00',
  request: { method: 'GET', url: 'https://api.acme.example/v1/orders?x=1#top', headers: [] },
  response: { status: 200, headers: [], content: { size: 12, mimeType: 'application/json' }, bodySize: -1 },
};

function read(change: object, request: object = {}, response: object = {}) {
  const changed = {
    ...good,
    request: { ...good.request, ...request },
    response: { ...good.response, ...response },
    ...change,
  };
  return readEntry(JSON.stringify(changed), 7);
}

test('an exchange', () => {
  expect(read({})).toEqual({
    kind: 'exchange',
    cached: false,
    exchange: {
      at: Date.UTC(2026, 2, 2, 8, 30, 0, 250),
      ref: 7,
      scheme: 'https',
      method: 'GET',
      host: 'api.acme.example',
      target: '/v1/orders?x=1#top',
      status: 200,
      requestHeaders: new Map(),
      responseHeaders: new Map([['content-type', 'application/json']]),
      responseLength: 12,
      client: '',
    },
  });
});

test.each([
  ['a cached answer', { _fromCache: 'memory' }, {}, {}, { status: 0 }],
  ['no answer', { response: null }, {}, {}, { status: 0, responseLength: null }],
  ['a blocked request', {}, {}, { status: 0 }, { status: 0 }],
  [
    'a web socket',
    {},
    { url: 'WSS://live.acme.example' },
    { status: 101 },
    { scheme: 'wss', target: '/', status: 101 },
  ],
  ['user information and port', {}, { url: 'http://u:p@h:8080?q' }, {}, { host: 'u:p@h:8080', target: '?q' }],
  ['how long the answer took', { timings: { send: 1, wait: 12.5, receive: 3 } }, {}, {}, { latency: 12.5 }],
  ['an answer at once', { timings: { wait: 0 } }, {}, {}, { latency: 0 }],
  ['a version', {}, { httpVersion: 'http/2.0' }, {}, { version: '2' }],
  ['bytes as transferred', {}, {}, { bodySize: 9 }, { responseLength: 9 }],
  ['unknown lengths', {}, {}, { content: { size: -1 } }, { responseLength: null }],
  [
    'cookies beside the headers',
    {},
    { cookies: [{ name: 'sid', value: 's' }] },
    {},
    { requestHeaders: new Map([['cookie', 'sid=0']]) },
  ],
  [
    "the body's type",
    {},
    { postData: { mimeType: 'text/xml' } },
    {},
    { requestHeaders: new Map([['content-type', 'text/xml']]) },
  ],
  [
    'a redirect',
    {},
    {},
    { redirectURL: '/login', content: null },
    { responseHeaders: new Map([['location', '/login']]) },
  ],
  [
    'headers',
    {},
    {
      headers: [
        { name: ':path', value: '/' },
        { name: 'Accept', value: 'a' },
        { name: 'accept', value: 'b' },
        { name: 'Cookie', value: 'a=1' },
        { name: 'Cookie', value: 'b=2' },
        { name: '__proto__', value: 'x' },
      ],
    },
    {},
    {
      requestHeaders: new Map([
        ['accept', 'a, b'],
        ['cookie', 'a=1; b=2'],
        ['__proto__', 'x'],
      ]),
    },
  ],
])('%s', (_, change, request, response, expected) => {
  expect(read(change, request, response)).toMatchObject({ kind: 'exchange', exchange: expected });
});

test.each<[string, object, object]>([
  ['it is not known', { timings: { wait: -1 } }, {}],
  ['it is no number', { timings: { wait: '12' } }, {}],
  ['it cannot be', { timings: { wait: 1e300 } }, {}],
  ['nothing was timed', { timings: null }, {}],
  ['timings are something else', { timings: 7 }, {}],
  ['a cache answered', { timings: { wait: 3 }, _fromCache: 'disk' }, {}],
  ['nobody answered', { timings: { wait: 3 } }, { status: 0 }],
])('no latency when %s', (_, change, response) => {
  const got = read(change, {}, response);
  expect(got).toMatchObject({ kind: 'exchange' });
  expect(got.kind === 'exchange' && 'latency' in got.exchange).toBe(false);
});

test.each([
  ['HTTP/1.0', '1.0'],
  ['HTTP/1.1', '1.1'],
  ['http/1.1', '1.1'],
  ['h2', '2'],
  ['http/2.0', '2'],
  ['HTTP/2', '2'],
  ['h3', '3'],
  ['h3-29', '3'],
  ['HTTP/3', '3'],
  ['', undefined],
  ['unknown', undefined],
  ['data', undefined],
  [2, undefined],
  [null, undefined],
])('%j is the version %s', (httpVersion, version) => {
  const got = read({}, { httpVersion });
  expect(got.kind === 'exchange' && got.exchange.version).toBe(version);
});

test.each([
  'data:text/plain,x',
  'blob:https://a.example/1',
  'chrome-extension://abc/x.js',
  'about:blank',
  'file:///etc/passwd',
])('%s is elsewhere', (url) => expect(read({}, { url })).toEqual({ kind: 'elsewhere' }));

test.each([
  ['{', '', 'not well-formed JSON'],
  ['0', '', 'not an object'],
  ['[]', '', 'not an object'],
  ['{}', 'startedDateTime', 'not a string'],
  [JSON.stringify({ ...good, request: { url: 'x' } }), 'request.method', 'not a string'],
  [JSON.stringify({ ...good, request: { method: 'GET', url: 5 } }), 'request.url', 'not a string'],
  [JSON.stringify({ ...good, request: { method: 'GET', url: '/relative' } }), 'request.url', 'not an absolute URL'],
  [JSON.stringify({ ...good, response: { status: '200' } }), 'response.status', 'not a number'],
  [JSON.stringify({ ...good, response: { headers: [{ name: 'a' }] } }), 'response.headers.0.value', 'not a string'],
  [JSON.stringify({ ...good, startedDateTime: 'secret' }), 'startedDateTime', 'not a date and time (ISO 8601)'],
])('%s is refused', (text, place, reason) => {
  expect(readEntry(text, 1)).toEqual({ kind: 'bad', place, reason });
});
