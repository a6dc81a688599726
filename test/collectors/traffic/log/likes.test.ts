import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Exchange } from '#collectors/traffic/exchange';
import { Fold } from '#collectors/traffic/fold';
import { Likes } from '#collectors/traffic/log/likes';

const headers = [
  new Map<string, string>(),
  new Map([['user-agent', 'curl/8']]),
  new Map([['user-agent', 'kube-probe/1']]),
];
const none: ReadonlyMap<string, string> = new Map();

function exchange(target: string, status = 200, heads = 0, more: Partial<Exchange> = {}): Exchange {
  return {
    at: 1_772_443_800_000,
    ref: 1,
    scheme: null,
    method: 'GET',
    host: 'a.example',
    target,
    status,
    requestHeaders: headers[heads]!,
    responseHeaders: none,
    responseLength: null,
    client: '',
    ...more,
  };
}

test('what comes again is alike, whatever its numbers', () => {
  const likes = new Likes();
  const of = (...args: Parameters<typeof exchange>) => likes.of(exchange(...args), args[2] ?? 0);
  expect(of('/orders/1?page=2')).toBeNull();
  const like = of('/orders/22?page=3')!;
  expect(of('/orders/333?page=44')).toBe(like);
  for (const other of [
    '/orders/a?page=2',
    '/orders/1?page=a',
    '/orders/1',
    '/orders/1x?page=2',
    '/orders/-1?page=2',
    '/orders/1?page=2.5',
  ])
    expect(of(other)).not.toBe(like);
  expect(of('/orders/1?page=2', 404)).not.toBe(like);
  expect(of('/orders/1?page=2', 200, 1)).not.toBe(like);
  expect(of('/orders/1?page=2', 200, 0, { method: 'PUT' })).not.toBe(like);
  expect(of('/orders/1?page=2', 200, 0, { mechanisms: ['basic'] })).not.toBe(like);
  expect(of('/orders/1?page=2', 200, 0, { responseHeaders: new Map([['location', '/orders/1']]) })).toBeNull();
});

test('a fold that is told what is alike says the same as one that is not', () => {
  const segment = fc.constantFrom(
    'v2',
    'orders',
    '1',
    '22',
    '-3',
    '4.50',
    'users',
    '7a',
    'a1b2c3d4',
    '%31',
    '.',
    '..',
    '',
    '0123456789abcdef',
  );
  const query = fc.constantFrom(
    '',
    '?page=1',
    '?page=22',
    '?page=x',
    '?token=1234567890123456',
    '?code=0123456789abcdef',
    '?a=1&b=2',
    '?1',
    '?1=2',
  );
  const asked = fc.record({
    target: fc.tuple(fc.array(segment, { maxLength: 5 }), query).map(([path, rest]) => `/${path.join('/')}${rest}`),
    status: fc.constantFrom(200, 404, 500),
    heads: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 60 }), (all) => {
      const likes = new Likes();
      const [told, plain] = [new Fold('x'), new Fold('x')];
      for (const [ref, { target, status, heads }] of all.entries()) {
        const each = exchange(target, status, heads, { ref });
        const like = likes.of(each, heads);
        plain.add(each);
        told.add(like ? { ...each, like } : each);
      }
      expect(told.sightings()).toEqual(plain.sightings());
      expect(told.summary()).toEqual(plain.summary());
    }),
  );
});
