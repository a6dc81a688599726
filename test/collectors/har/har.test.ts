import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { har } from '#collectors/har/index';
import { collect, testRun } from '#test/collectors/contract';

let root: string;
const fixture = (name: string) => readFile(new URL(`fixtures/${name}`, import.meta.url));

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-har-')));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function read(content: string | Buffer, name = 'a.har') {
  await writeFile(join(root, name), content);
  const { sightings, reports } = await collect(har, { paths: [name] }, root);
  return { sightings, report: reports[0]! };
}

const named = ({ sightings }: Awaited<ReturnType<typeof read>>) =>
  sightings.map(({ method, service, path, protocol }) => `${method} ${service}${path} ${protocol}`);

test('a recording of a browser', async () => {
  const got = await read(await fixture('browser.har'));
  expect(named(got)).toEqual([
    'GET ads.example/pixel http',
    'GET api.acme.example/v2/customers/{email} http',
    'GET api.acme.example/v2/me http',
    'GET api.acme.example/v2/orders http',
    'GET api.acme.example/v2/orders/{integer} http',
    'GET api.acme.example/v2/prices http',
    'POST api.acme.example/v2/sessions http',
    'GET live.acme.example/v1/feed websocket',
    'GET shop.acme.example/ http',
    'GET shop.acme.example/account http',
    'GET shop.acme.example/app.js http',
  ]);
  expect(got.report.saw).toBe(
    '15 entries (1 from a cache, 2 not over HTTP left out): 13 exchanges, 11 operations on 4 hosts; 1 answer 404, 2 requests without an answer, 1 preflight',
  );
  expect(got.report.covers.from).toBe(Date.UTC(2026, 2, 2, 9, 30));
  const orders = got.sightings.find(({ path }) => path === '/v2/orders/{integer}')!;
  expect(orders.facts).toMatchObject({
    statuses: { 200: 1, 404: 1 },
    credentialed: 1,
    auth: { mechanisms: ['bearer'] },
  });
  expect(orders.facts.answeredDeprecation).toBe(1_767_225_600_000);
  expect(orders.where).toEqual({ in: 'traffic', file: 'a.har', ref: 6 });
});

test('a recording of a proxy: byte order mark, CRLF, entries first', async () => {
  const got = await read(await fixture('proxy.har'));
  expect(named(got)).toEqual([
    'GET stock.acme.example:8080/rest/items/{uuid} http',
    'POST stock.acme.example:8080/soap/inventory soap',
  ]);
  expect(got.report).toMatchObject({ completeness: 'complete', problems: [] });
  expect(got.sightings[0]?.facts.auth).toEqual({ required: 'unknown', mechanisms: ['cookie'] });
});

describe('gzip', () => {
  test('is known by its magic', async () => {
    const plain = await read(await fixture('browser.har'), 'b.har');
    const packed = await read(gzipSync(await fixture('browser.har')), 'b.har');
    expect(packed).toEqual(plain);
  });

  test('that was cut gives what was in it', async () => {
    const packed = gzipSync(await fixture('browser.har'), { level: 0 });
    const { sightings, report } = await read(packed.subarray(0, packed.length / 2), 'c.har.gz');
    expect(sightings.length).toBeGreaterThan(2);
    expect(report).toMatchObject({
      completeness: 'partial',
      problems: [{ message: expect.stringContaining('ends at byte') }],
    });
  });

  test('that is broken says so', async () => {
    const packed = gzipSync(await fixture('browser.har'));
    const { report } = await read(Buffer.concat([packed.subarray(0, 30), Buffer.alloc(500, 0x55)]), 'c.har.gz');
    expect(report.completeness).not.toBe('complete');
    expect(report.problems[0]?.message).toMatch(/cannot be unpacked \(Z_/);
  });
});

const entry = (url: string, more = {}) => ({
  startedDateTime: '2026-01-01T00:00:00Z',
  request: { method: 'GET', url, headers: [] },
  response: { status: 200, headers: [], content: {} },
  ...more,
});
const document = (entries: unknown[], more = {}) => JSON.stringify({ log: { version: '1.2', entries, ...more } });

const one = document([entry('http://a.example/x')]);

test.each([
  ['no entries', document([]), 'complete', '0 entries: nothing was recorded', []],
  ['an empty file', '', 'failed', '0 entries: nothing was recorded', ['the file is empty']],
  [
    'another document',
    '{"openapi":"3.1.0"}',
    'failed',
    '0 entries: nothing was recorded',
    ['has no log.entries: it is no HAR'],
  ],
  ['other text', 'GET / HTTP/1.1', 'failed', '0 entries: nothing was recorded', ['not JSON at byte 0']],
  [
    'UTF-16',
    Buffer.from(`\ufeff${document([])}`, 'utf16le'),
    'failed',
    '0 entries: nothing was recorded',
    ['not JSON at byte 0'],
  ],
  [
    'a file that was cut',
    document([entry('http://a.example/x'), entry('http://a.example/y')]).slice(0, 250),
    'partial',
    '2 entries: 1 exchange, 1 operation on 1 host',
    [`ends at byte 250, inside of entry 2 that begins at byte ${one.length - 2}; what comes before was read`],
  ],
  [
    'two documents in one file',
    one.repeat(2),
    'partial',
    '1 entry: 1 exchange, 1 operation on 1 host',
    [`goes on at byte ${one.length}, after the end of its JSON; the rest was not read`],
  ],
  [
    'entries of wrong types',
    document([
      entry('http://a.example/x'),
      null,
      { request: 'GET' },
      entry('http://a.example/y', { startedDateTime: 5 }),
    ]),
    'partial',
    '4 entries: 1 exchange, 1 operation on 1 host',
    ['3 entries were left out; the first: not an object'],
  ],
])('%s', async (_, content, completeness, saw, problems) => {
  const { report } = await read(content);
  expect({ ...report, problems: report.problems.map(({ message }) => message) }).toMatchObject({
    completeness,
    saw,
    problems,
  });
  expect(report.problems.every(({ where, mend }) => where?.startsWith('a.har') && mend)).toBe(true);
});

test('an export without credentials does not speak of anonymous success', async () => {
  const chrome = { creator: { name: 'WebInspector', version: '537.36' } };
  const url = 'http://a.example/x';
  const stripped = await read(document([entry(url)], chrome));
  expect(stripped.sightings[0]?.facts).not.toHaveProperty('anonymousSuccess');
  expect(stripped.sightings[0]?.facts).not.toHaveProperty('auth');
  expect(stripped.report.saw).toContain('left credentials out');

  const full = await read(
    document([entry(url), { ...entry(url), request: { method: 'POST', url, cookies: [{ name: 'sid' }] } }], chrome),
  );
  expect(full.sightings[0]?.facts).toMatchObject({ anonymousSuccess: 1, auth: { required: 'no' } });

  expect((await read(document([entry(url)]))).sightings[0]?.facts).toMatchObject({ anonymousSuccess: 1 });
});

test('nesting inside of an entry is bounded by its size only', async () => {
  const deep = `{"a":${'['.repeat(300_000)}${']'.repeat(300_000)}}`;
  const { report } = await read(`{"log":{"entries":[${deep},${JSON.stringify(entry('http://a.example/x'))}]}}`);
  expect(report).toMatchObject({ completeness: 'partial', saw: '2 entries: 1 exchange, 1 operation on 1 host' });
});

test('progress is told in bytes', async () => {
  const content = await fixture('browser.har');
  await writeFile(join(root, 'p.har'), content);
  const told: object[] = [];
  const run = {
    ...testRun(root, new AbortController().signal),
    progress: (progress: object) => void told.push(progress),
  };
  for await (const _ of har.collect({ paths: ['p.har'] }, run));
  expect(told.at(-1)).toEqual({ done: content.length, total: content.length, unit: 'bytes', at: 'p.har' });
});

test.each([
  ['/x/a.har', '', true],
  ['/x/a.HAR.GZ', '', true],
  ['/x/a.json', '{ "log": {\n "version": "1.2", "creator": {', true],
  ['/x/a.json', '\ufeff{"log":{"entries":[', true],
  ['/x/a.json', '{"log":{"level":"info"}}', false],
  ['/x/a.json', '{"openapi":"3.1.0"}', false],
  ['/x/a.pcap', '\xd4\xc3', false],
])('%s beginning with %s is one: %s', (path, head, is) => {
  const sniffed = har.sniff?.({ path, folder: false, head: Buffer.from(head) });
  expect(sniffed).toEqual(is ? { paths: [path] } : null);
});

test('a folder is nobody’s in particular', () => {
  expect(har.sniff?.({ path: '/x.har', folder: true, head: new Uint8Array() })).toBeNull();
});
