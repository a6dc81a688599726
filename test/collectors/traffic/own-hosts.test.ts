import { expect, test } from 'vitest';
import { Fold } from '#collectors/traffic/fold';
import { hostFilter, hostsOption } from '#collectors/traffic/own-hosts';
import { exchange } from './exchanges.ts';

test.each<[string[] | undefined, string, boolean]>([
  [undefined, 'any.example', true],
  [['api.shop.example'], 'api.shop.example', true],
  [['API.shop.example'], 'api.shop.example:8080', true],
  [['api.shop.example:8080'], 'api.shop.example', false],
  [['*.shop.example'], 'api.eu.shop.example', true],
  [['*.shop.example'], 'shop.example', false],
  [['*.shop.example'], 'api.shop.example.evil.test', false],
  [['api.shop.example'], 'apixshop.example', false],
  [['a.test', '10.0.*'], '10.0.0.7:80', true],
])('of %j, %s is %s', (patterns, host, wanted) => expect(hostFilter(patterns)(host)).toBe(wanted));

test('patterns are bounded', () => {
  expect(hostsOption.safeParse(['*.a.*']).success).toBe(true);
  expect(hostsOption.safeParse(['*'.repeat(5)]).success).toBe(false);
  expect(hostsOption.safeParse([]).success).toBe(false);
});

test('other hosts are counted, and leave nothing else', () => {
  const fold = new Fold('x', {}, hostFilter(['api.test']));
  for (const host of ['api.test', 'other.test', 'other.test']) fold.add(exchange({ host }));
  const { covers, saw } = fold.summary();
  expect(fold.sightings().map(({ service }) => service)).toEqual(['api.test']);
  expect(covers.hosts).toEqual(['api.test']);
  expect(saw).toBe('3 exchanges, 1 operation on 1 host; 2 exchanges with hosts that were not asked for');
});
