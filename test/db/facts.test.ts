import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addFacts, joinFacts } from '#db/facts';
import type { Facts } from '#model/sighting';

test.each([
  ['silence', {}, { summary: 'x' }, { summary: 'x' }],
  ['lists unite', { tags: ['b', 'a'] }, { tags: ['a', 'c'] }, { tags: ['a', 'b', 'c'] }],
  ['truth wins', { deprecated: false }, { deprecated: true }, { deprecated: true }],
  ['counts', { statuses: { 200: 3, 404: 1 } }, { statuses: { 200: 2 } }, { statuses: { 200: 3, 404: 1 } }],
  ['a later sunset', { sunset: 5 }, { sunset: 9 }, { sunset: 9 }],
  ['the wider exposure', { exposure: 'unknown' }, { exposure: 'cluster' }, { exposure: 'cluster' }],
  [
    'guarded here and open there',
    { auth: { required: 'yes', mechanisms: ['bearer'] } },
    { auth: { required: 'no', mechanisms: [] } },
    { auth: { required: 'optional', mechanisms: ['bearer'] } },
  ],
  [
    'parameters by place and name',
    { params: [{ name: 'id', in: 'path' }] },
    {
      params: [
        { name: 'id', in: 'path', type: 'integer' },
        { name: 'id', in: 'query' },
      ],
    },
    {
      params: [
        { name: 'id', in: 'path', type: 'integer' },
        { name: 'id', in: 'query' },
      ],
    },
  ],
  [
    'what TLS shows',
    { tls: { versions: ['1.3'], alpn: ['h3'], transport: ['quic'], certificates: 'asked' } },
    { tls: { versions: ['1.2'], alpn: ['h2'], transport: ['tcp'], certificates: 'sent', ech: true } },
    {
      tls: {
        versions: ['1.2', '1.3'],
        alpn: ['h2', 'h3'],
        transport: ['quic', 'tcp'],
        certificates: 'sent',
        ech: true,
      },
    },
  ],
] as [string, Facts, Facts, Facts][])('%s', (_, a, b, joined) => {
  expect(joinFacts(a, b)).toEqual(joined);
  expect(joinFacts(b, a)).toEqual(joined);
});

test('parts of one reading add their counts, and no point in time', () => {
  const a: Facts = { credentialed: 2, statuses: { 200: 1 }, literals: { id: { me: 1 } }, sunset: 5 };
  expect(addFacts(a, a)).toEqual({ credentialed: 4, statuses: { 200: 2 }, literals: { id: { me: 2 } }, sunset: 5 });
  const traffic: Facts = {
    httpVersions: { '1.1': 3 },
    messages: { sent: 1, received: 2 },
    calls: { 'query orders': 2 },
    latency: { p50: 2, p95: 3, p99: 3, count: 9 },
  };
  expect(addFacts(traffic, { ...traffic, latency: { p50: 1, p95: 4, p99: 5, count: 2 } })).toEqual({
    httpVersions: { '1.1': 6 },
    messages: { sent: 2, received: 4 },
    calls: { 'query orders': 4 },
    latency: { p50: 2, p95: 4, p99: 5, count: 9 },
  });
});

test('a key named after the prototype is a key', () => {
  const a = JSON.parse('{"literals":{"__proto__":{"x":1}}}') as Facts;
  const joined = joinFacts(a, { literals: { id: { y: 2 } } });
  expect(JSON.stringify(joined)).toBe('{"literals":{"__proto__":{"x":1},"id":{"y":2}}}');
  expect(({} as { x?: number }).x).toBeUndefined();
});

const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 });
const count = fc.integer({ min: 0, max: 3 });
const arbitraryFacts = fc.record(
  {
    summary: fc.constantFrom('x', 'y', 'z'),
    tags: words,
    deprecated: fc.boolean(),
    sunset: count,
    auth: fc.record({ required: fc.constantFrom('yes', 'no', 'optional', 'unknown'), mechanisms: words }),
    exposure: fc.constantFrom('internet', 'private', 'unknown'),
    params: fc.uniqueArray(
      fc.record({ name: fc.constantFrom('a', '__proto__'), in: fc.constantFrom('path', 'query'), enum: words }),
      { maxLength: 3, selector: (param) => `${param.in} ${param.name}` },
    ),
    statuses: fc.dictionary(fc.constantFrom('200', '404', '__proto__'), count),
    literals: fc.dictionary(fc.constantFrom('id', 'name'), fc.dictionary(fc.constantFrom('me', 'all'), count)),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Facts>;

test('joining is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(arbitraryFacts, arbitraryFacts, arbitraryFacts, (a, b, c) => {
      expect(joinFacts(a, b)).toEqual(joinFacts(b, a));
      expect(joinFacts(joinFacts(a, b), c)).toEqual(joinFacts(a, joinFacts(b, c)));
      const normal = joinFacts(a, a);
      expect(joinFacts(normal, a)).toEqual(normal);
    }),
  );
});
