import { describe, expect, test } from 'vitest';
import { FilterError } from '#filter/error';
import { evaluate } from '#filter/evaluate';
import { type FilterFlags, flagCondition } from '#filter/flags';
import { nameGlob, pathGlob } from '#filter/glob';
import { durationOf, parseMoment } from '#filter/time';
import { nearest } from '#model/nearest';
import { patternFlaw } from '#model/pattern';
import { now, ordersGet } from './endpoint.ts';

describe('flags', () => {
  test.each<[FilterFlags, boolean]>([
    [{ service: ['orders'] }, true],
    [{ service: ['users', 'orders'] }, true],
    [{ service: ['ord*'] }, true],
    [{ service: ['users', 'ord*'] }, true],
    [{ service: ['Orders'] }, false],
    [{ method: ['get'] }, true],
    [{ method: ['post,delete', 'GET'] }, true],
    [{ method: ['POST'] }, false],
    [{ method: ['*'] }, false],
    [{ path: ['/v1/orders/*'] }, true],
    [{ path: ['/v1/orders/{id}'] }, true],
    [{ path: ['/v1/**'] }, true],
    [{ path: ['/v1/*'] }, false],
    [{ path: ['/v2/**', '/v1/**'] }, true],
    [{ host: ['*.internal'] }, true],
    [{ host: ['API.shop.example'] }, true],
    [{ host: ['shop.example'] }, false],
    [{ plane: ['declared'] }, true],
    [{ plane: ['deployed'] }, false],
    [{ plane: ['deployed,coded'] }, true],
    [{ notPlane: ['deployed'] }, false],
    [{ verdict: ['fine'] }, true],
    [{ verdict: ['managed'] }, true],
    [{ verdict: ['zombie,shadow', 'managed'] }, true],
    [{ verdict: ['zombie,shadow'] }, false],
    [{ tag: ['orders'] }, true],
    [{ tag: ['x'] }, false],
    [{ environment: ['prod*'] }, true],
    [{ owner: ['team-orders'] }, true],
    [{ seenSince: '30d' }, true],
    [{ seenSince: '1d' }, false],
    [{ seenSince: '2026-06-01' }, true],
    [{ seenSince: '2026-06-01T00:00:01Z' }, false],
    [{ service: ['orders'], method: ['POST'] }, false],
    [{ service: ['orders'], method: ['GET'], plane: ['observed'] }, true],
  ])('%j is %j', (flags, holds) => {
    const condition = flagCondition(flags, now);
    expect(condition && evaluate(condition, ordersGet)).toBe(holds);
  });

  test('a plane that is not known is not a plane that is not there', () => {
    const absent = flagCondition({ notPlane: ['deployed'] }, now);
    const planes = (deployed: 'no' | 'unknown') => ({ ...ordersGet, planes: { ...ordersGet.planes, deployed } });
    expect(evaluate(absent!, planes('no'))).toBe(true);
    expect(evaluate(absent!, planes('unknown'))).toBe(false);
  });

  test('none is no condition', () => {
    expect(flagCondition({}, now)).toBeNull();
    expect(flagCondition({ service: [], method: [''] }, now)).toBeNull();
  });

  test.each<[FilterFlags, string]>([
    [{ verdict: ['zombi'] }, 'no verdict "zombi". Did you mean "zombie"?'],
    [{ plane: ['gateway'] }, 'The planes are declared, deployed, coded, observed.'],
    [{ seenSince: 'yesterday' }, 'no time'],
    [{ path: ['**a**b**c**d**'] }, 'too many wildcards'],
  ])('%j is refused', (flags, message) => {
    expect(() => flagCondition(flags, now)).toThrow(FilterError);
    expect(() => flagCondition(flags, now)).toThrow(message);
  });
});

describe('globs', () => {
  test.each([
    ['/v1/*', '/v1/users', true],
    ['/v1/*', '/v1/{id}', true],
    ['/v1/*', '/v1', false],
    ['/v1/*', '/v1/users/2', false],
    ['/v1/**', '/v1', true],
    ['/v1/**', '/v1/users/2', true],
    ['/v1/**', '/v1beta', false],
    ['/**', '/', true],
    ['/**/orders', '/v1/x/orders', true],
    ['**/orders', '/v1/orders', true],
    ['v1/users', '/v1/users', true],
    ['/v?/users', '/v1/users', true],
    ['/v?/users', '/v/users', false],
    ['/a.b', '/axb', false],
    ['/users/{id}', '/users/{id}', true],
    ['/[x]+$^|', '/[x]+$^|', true],
  ])('%s on %s is %s', (glob, path, holds) => {
    expect(new RegExp(pathGlob(glob)).test(path)).toBe(holds);
  });

  test.each([
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['a?', 'ab', true],
    ['a.c', 'abc', false],
  ])('%s on %s is %s', (glob, name, holds) => {
    expect(new RegExp(nameGlob(glob)).test(name)).toBe(holds);
  });
});

describe('times', () => {
  test.each([
    ['30d', 30 * 86_400_000],
    ['1h30m', 5_400_000],
    ['2w', 14 * 86_400_000],
    ['500ms', 500],
    ['10s', 10_000],
    ['0d', 0],
  ])('%s', (text, milliseconds) => {
    expect(durationOf(text)).toBe(milliseconds);
    expect(parseMoment(text, now)).toBe(now - milliseconds);
  });

  test.each(['', '30', 'd', '30 d', '-3d', '3y', '1d!', '9999999999d'])('"%s" is no duration', (text) => {
    expect(() => durationOf(text)).toThrow(FilterError);
  });

  test.each([
    ['2026-01-31', '2026-01-31T00:00:00Z'],
    ['2026-01-31T12:30', '2026-01-31T12:30:00Z'],
    ['2026-01-31 12:30:01', '2026-01-31T12:30:01Z'],
    ['2026-01-31T12:30:00+02:00', '2026-01-31T10:30:00Z'],
    ['2026-01-31t12:30:00.250z', '2026-01-31T12:30:00.250Z'],
  ])('%s', (text, iso) => {
    expect(new Date(parseMoment(text, now)).toISOString()).toBe(new Date(iso).toISOString());
  });

  test.each(['2026-02-31', '2026-13-01', '2026-1-1', '1769860800', 'now', '2026-01-31T25:00'])(
    '"%s" is no time',
    (text) => {
      expect(() => parseMoment(text, now)).toThrow(FilterError);
    },
  );
});

describe('patterns that may be run', () => {
  test.each([
    '^/v[0-9]+/[^/]+/items$',
    'orders',
    '^/(users|orders)/',
    '\\.internal$',
    '^/api/.*/admin',
    '(?:abc)+',
    '^\\d+-\\w{3,8}$',
    '[/]x{2}',
  ])('%s', (pattern) => {
    expect(patternFlaw(pattern)).toBeNull();
  });

  test.each([
    '(a+)+',
    '(a|a)*',
    '(a?){30}',
    '((ab)*)*',
    '^(.*,)*x',
    '.*.*.*.*x',
    'a?a?a?a?a?a?a?a?a?a?aaaaaaaaaa',
    '(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)x',
    '(a)\\1',
    '(?=a)b',
    '(?<!a)b',
    'a{5000}',
    '(',
  ])('%s is refused', (pattern) => {
    expect(patternFlaw(pattern)).not.toBeNull();
  });
});

test('the nearest name', () => {
  expect(nearest('metod', ['method', 'path'])).toBe('method');
  expect(nearest('Verdict', ['verdict'])).toBe('verdict');
  expect(nearest('xyz', ['method', 'path'])).toBeNull();
});
