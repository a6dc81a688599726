import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, maxDecoded } from '#collectors/traffic/inspect/body/decode';
import { parseForm } from '#collectors/traffic/inspect/body/form';
import { parseJson } from '#collectors/traffic/inspect/body/json';
import { parseXml } from '#collectors/traffic/inspect/body/xml';
import { mergeFields, paramsOf } from '#collectors/traffic/inspect/field';
import { answered, asked, shapes } from './inspecting.ts';

describe('content codings', () => {
  const text = Buffer.from(
    JSON.stringify(Array.from({ length: 400 }, (_, id) => ({ id, name: `n${(id * 7_919) % 1_000}` }))),
  );
  const coders: [string, (bytes: Uint8Array) => Uint8Array][] = [
    ['gzip', zlib.gzipSync],
    ['x-gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['deflate', zlib.deflateRawSync],
    ['br', zlib.brotliCompressSync],
    ...(typeof zlib.zstdCompressSync === 'function'
      ? [['zstd', zlib.zstdCompressSync] as [string, (bytes: Uint8Array) => Uint8Array]]
      : []),
  ];

  test.each(coders)('%s comes off, whole or cut', (coding, code) => {
    const coded = code(text);
    expect(Buffer.from(decode(coded, coding.toUpperCase(), false)!.bytes)).toEqual(text);
    for (const length of [1, 2, 10, coded.length >> 1, coded.length - 1]) {
      const decoded = decode(coded.subarray(0, length), coding, true);
      if (decoded) expect(text.subarray(0, decoded.bytes.length).equals(decoded.bytes)).toBe(true);
    }
  });

  test('a cut stream gives what it has', () => {
    for (const [coding, code] of coders.slice(0, 5)) {
      const coded = code(text);
      const decoded = decode(coded.subarray(0, coded.length >> 1), coding, true);
      expect(decoded?.cut).toBe(true);
      expect(decoded?.bytes.length).toBeGreaterThan(1_000);
    }
  });

  test('several in a row, identity among them', () => {
    const coded = zlib.brotliCompressSync(zlib.gzipSync(text));
    expect(decode(coded, 'gzip, identity, br', false)?.bytes.length).toBe(text.length);
  });

  test('what grows beyond the bound is cut, in every step', () => {
    const zeros = Buffer.alloc(32 << 20);
    for (const code of [zlib.gzipSync, zlib.deflateSync]) {
      const decoded = decode(code(zeros), code === zlib.gzipSync ? 'gzip' : 'deflate', false);
      expect(decoded?.cut).toBe(true);
      expect(decoded?.bytes.length).toBeLessThanOrEqual(maxDecoded);
      expect(decoded?.bytes.length).toBeGreaterThan(maxDecoded / 8);
    }
    const twice = decode(zlib.gzipSync(zlib.gzipSync(zeros)), 'gzip, gzip', false);
    expect(twice?.bytes.length).toBeLessThanOrEqual(maxDecoded);
  });

  test.each([
    ['compress', text],
    ['gzip', text],
    ['gzip,gzip,gzip,gzip,gzip', text],
    ['br', Buffer.from('not brotli at all')],
  ])('%s of other bytes is nothing', (coding, bytes) => expect(decode(bytes, coding, false)).toBeNull());

  test('bytes that cannot be decoded are said to be so', () => {
    expect(answered('{"a":1}', { 'content-encoding': 'gzip' }).body.formats).toEqual({ undecodable: 1 });
  });
});

describe('JSON that was cut', () => {
  test.each([
    ['{"a":1,"b":"x', { a: 1 }],
    ['{"a":1,"b":[{"c":1},{"c":2},{"c', { a: 1, b: [{ c: 1 }, { c: 2 }, {}] }],
    ['[1,2,3', [1, 2]],
    ['{"a":{"b":', { a: { b: undefined } }],
    ['{"a,":"[{\\"', {}],
    ['{"a":1}', { a: 1 }],
  ])('%s', (text, value) => {
    expect(parseJson(text, true)?.value).toEqual(JSON.parse(JSON.stringify(value)));
  });

  test('is a beginning of the whole, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(), (text, at) => {
        const cut = text.slice(0, at % (text.length + 1));
        const parsed = parseJson(cut, true);
        if (parsed) expect(isBeginning(parsed.value, JSON.parse(text))).toBe(true);
      }),
    );
  });

  test('fields up to the cut; what the cut object lacks proves nothing', () => {
    const body = `{"items":[{"id":1,"name":"a"},{"id":2,"name":"b"},{"id":3,"na`;
    const facts = asked(body, { type: 'application/json', length: 10_000 });
    expect(facts.body.cut).toBe(1);
    expect(shapes(facts.body.fields)).toEqual([
      'items array',
      'items[] object',
      'items[].id integer',
      'items[].name string',
    ]);
    expect(
      paramsOf(mergeFields([facts.body.fields, facts.body.fields, facts.body.fields]), 'body').map(
        ({ required }) => required,
      ),
    ).toEqual([undefined, undefined]);
  });
});

function isBeginning(part: unknown, whole: unknown): boolean {
  if (typeof part !== 'object' || part === null) return Object.is(part, whole);
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.entries(part).every(([key, value]) => isBeginning(value, (whole as Record<string, unknown>)[key]));
}

describe('fields', () => {
  test.each([
    [
      { id: 1, price: 1.5, ok: true, gone: null, name: 'x' },
      ['gone null', 'id integer', 'name string', 'ok boolean', 'price number'],
    ],
    [{ at: '2024-01-31T10:00:00Z', day: '2024-01-31' }, ['at string:date-time', 'day string:date']],
    [
      { items: [{ id: 1 }, { id: 'x', extra: [] }] },
      ['items array', 'items[] object', 'items[].extra array', 'items[].id integer|string'],
    ],
    [[1, 2.5], ['[] number']],
    [
      { byId: { '9f1c2d3e-0000-4000-8000-1234567890ab': { n: 1 }, '8f1c2d3e-0000-4000-8000-1234567890ab': { n: 2 } } },
      ['byId object', 'byId{} object', 'byId{}.n integer'],
    ],
    [{ 1: 'a', 2: 'b' }, ['{} string']],
    [{ 'ann@acme.io': 1, total: 2, count: 3 }, ['count integer', 'total integer', '{} integer']],
    [{ AKIAIOSFODNN7EXAMPLE: 1, a: 1, b: 2 }, ['a integer', 'b integer', '{} integer']],
    [
      { a: { b: { c: { d: { e: { f: { g: { h: { i: 1 } } } } } } } } },
      ['a', 'a.b', 'a.b.c', 'a.b.c.d', 'a.b.c.d.e', 'a.b.c.d.e.f', 'a.b.c.d.e.f.g', 'a.b.c.d.e.f.g.h'].map(
        (path) => `${path} object`,
      ),
    ],
  ])('of %j', (body, fields) => expect(shapes(asked(body).body.fields)).toEqual([...fields].sort()));

  test('an object with very many keys that are all alike is a map', () => {
    const words = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`word${String.fromCharCode(97 + (i % 26), 97 + i / 26)}`, 'x']),
    );
    expect(shapes(asked({ words }).body.fields)).toEqual(['words object', 'words{} string']);
  });

  test('are bounded', () => {
    const wide = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`f${i}`, i % 2 ? 'x' : 1]));
    expect(asked(wide).body.fields.length).toBeLessThanOrEqual(201);
  });

  test('of three samples that all had it are required', () => {
    const bodies = [{ id: 1, o: { x: 1 } }, { id: 2, o: { x: 2, y: 1 }, note: 'n' }, { id: 3 }];
    const fields = mergeFields(bodies.map((body) => asked(body).body.fields));
    expect(paramsOf(fields, 'body')).toEqual([
      { name: 'id', in: 'body', type: 'integer', required: true },
      { name: 'note', in: 'body', type: 'string', required: false },
      { name: 'o.x', in: 'body', type: 'integer' },
      { name: 'o.y', in: 'body', type: 'integer' },
    ]);
  });

  test('of a query', () => {
    const facts = asked('', {
      target: '/orders?limit=3&filter%5Bname%5D=x&ids[]=1&ids[]=2&123456=1&day=2024-01-31',
      method: 'GET',
    });
    expect(shapes(facts.query)).toEqual([
      'day string:date',
      'filter.name string',
      'ids[] integer',
      'limit integer',
      '{} integer',
    ]);
  });
});

describe('formats', () => {
  const boundary = 'multipart/form-data; boundary=XX';
  test.each([
    [
      'application/x-www-form-urlencoded',
      'a=1&b=x%20y&items[0][price]=2.50&c=',
      'form',
      ['a integer', 'b string', 'c string', 'items[].price number'],
    ],
    ['application/x-ndjson', '{"a":1}\n{"a":2,"b":"x"}\n', 'ndjson', ['[] object', '[].a integer', '[].b string']],
    ['application/json', '{"a":1}\n{"a":2}\n', 'ndjson', ['[] object', '[].a integer']],
    ['text/event-stream', 'event: price\ndata: {"a":1}\n\ndata: [DONE]\n\n', 'events', ['[] object', '[].a integer']],
    [
      'application/xml',
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><o:order xmlns:o="urn:x" id="7"><o:item>1</o:item><o:item>x</o:item><!-- <b/> --><t><![CDATA[<z>]]></t></o:order>',
      'xml',
      ['order object', 'order.@id integer', 'order.item integer|string', 'order.t string'],
    ],
    [
      boundary,
      '--XX\r\nContent-Disposition: form-data; name="title"\r\n\r\nhello\r\n--XX\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--XX--\r\n',
      'multipart',
      ['title string'],
    ],
    ['', '{"a":1}', 'json', ['a integer']],
    ['text/plain', ' [1]', 'json', ['[] integer']],
    ['application/json', ')]}\',\n{"a":1}', 'json', ['a integer']],
    ['application/json; charset=utf-16le', Buffer.from('{"a":1}', 'utf16le'), 'json', ['a integer']],
    ['application/json', Buffer.from('\ufeff{"a":1}'), 'json', ['a integer']],
    ['text/plain', 'hello', 'text', []],
    ['text/html', '<p>x</p>', 'html', []],
    ['application/json', 'nonsense', 'text', []],
    ['application/x-protobuf', Buffer.from([8, 1]), 'protobuf', []],
    ['image/png', Buffer.from([137, 80]), 'binary', []],
    ['', Buffer.from([0, 1, 2]), 'binary', []],
  ])('%s %s is %s', (type, body, format, fields) => {
    const facts = asked(body, { type });
    expect(facts.body.formats).toEqual({ [format]: 1 });
    expect(shapes(facts.body.fields)).toEqual(fields);
  });

  test('names of files and events', () => {
    const part = '--XX\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\nx\r\n--XX--';
    expect(asked(part, { type: boundary }).body.files).toEqual({ photo: 1 });
    expect(
      answered('event: price\ndata: 1\n\ndata: 2\n\n', { 'content-type': 'text/event-stream' }).body.events,
    ).toEqual({
      message: 1,
      price: 1,
    });
  });

  test('no body is none', () =>
    expect(asked('').body).toEqual({ samples: 0, cut: 0, formats: {}, fields: [], files: {}, events: {} }));
});

test('a form keeps repeated names and takes bad percent signs as they are', () => {
  expect({ ...parseForm('a=1&a=2&b=%zz&__proto__=x&=y&c') }).toEqual({
    a: ['1', '2'],
    b: '%zz',
    ['__proto__']: 'x',
    c: '',
  });
});

test.each([
  ['<a>', { name: 'a', root: {} }],
  ['<a><b>1</b><c>', { name: 'a', root: { b: '1', c: {} } }],
  ['<a>&lt;&#65;&x;</a>', { name: 'a', root: '<&#65;&x;' }],
  ['<a b="1>2"/>', { name: 'a', root: { '@b': '1>2' } }],
])('XML %s', (text, expected) => {
  const { name, root } = parseXml(text)!;
  expect(JSON.parse(JSON.stringify({ name, root }))).toEqual(expected);
});

test.each(['', 'x', '<', '<>', '<!-- ', '<!DOCTYPE a [', '</a>', '<a'])('XML %s is none', (text) =>
  expect(parseXml(text)).toBeNull(),
);
