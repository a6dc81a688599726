import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FilterError } from '#filter/error';
import { evaluate } from '#filter/evaluate';
import { parseWhere } from '#filter/where';
import type { Condition } from '#model/condition';
import type { Endpoint } from '#model/endpoint';
import { endpoints, now, ordersGet } from './endpoint.ts';
import { expressions } from './expression.ts';

const day = 86_400_000;

describe('what a condition can say goes to the store', () => {
  test.each<[string, Condition]>([
    ['method == "GET"', { op: '==', field: 'method', value: 'GET' }],
    ['"GET" != method', { op: '!=', field: 'method', value: 'GET' }],
    ['calls >= 10', { op: '>=', field: 'calls', value: 10 }],
    ['10 > calls', { op: '<', field: 'calls', value: 10 }],
    ['calls > -1', { op: '>', field: 'calls', value: -1 }],
    ['confidence < 0.5', { op: '<', field: 'confidence', value: 0.5 }],
    ['confidence == 1', { op: '==', field: 'confidence', value: 1 }],
    ['lastSeen > timestamp("2026-01-01T00:00:00Z")', { op: '>', field: 'lastSeen', value: Date.UTC(2026, 0, 1) }],
    ['lastSeen > now - duration("24h")', { op: '>', field: 'lastSeen', value: now - day }],
    ['firstSeen >= ago("30d")', { op: '>=', field: 'firstSeen', value: now - 30 * day }],
    ['lastCall < ago("90d")', { op: 'not', of: { op: '>=', field: 'lastCall', value: now - 90 * day } }],
    ['"a.internal" in hosts', { op: 'has', field: 'hosts', value: 'a.internal' }],
    ['method in ["GET", "POST"]', { op: 'in', field: 'method', values: ['GET', 'POST'] }],
    ['hosts.exists(h, h.endsWith(".internal"))', { op: 'anyMatches', field: 'hosts', pattern: '\\.internal$' }],
    ['tags.exists(t, t == "a")', { op: 'anyMatches', field: 'tags', pattern: '^a$' }],
    ['path.startsWith("/v1")', { op: 'startsWith', field: 'path', value: '/v1' }],
    ['path.matches("^/v[0-9]+/")', { op: 'matches', field: 'path', pattern: '^/v[0-9]+/' }],
    [
      '!(declared == "none") && (coded == "yes" || deployed == "yes")',
      {
        op: 'and',
        of: [
          { op: 'not', of: { op: '==', field: 'declared', value: 'none' } },
          {
            op: 'or',
            of: [
              { op: '==', field: 'coded', value: 'yes' },
              { op: '==', field: 'deployed', value: 'yes' },
            ],
          },
        ],
      },
    ],
  ])('%s', (text, condition) => {
    expect(parseWhere(text, now)).toEqual({ condition, residual: null });
  });

  test('the rest stays an expression', () => {
    const { condition, residual } = parseWhere('method == "GET" && size(hosts) > 1 && calls > 1', now);
    expect(condition).toEqual({
      op: 'and',
      of: [
        { op: '==', field: 'method', value: 'GET' },
        { op: '>', field: 'calls', value: 1 },
      ],
    });
    expect(residual?.(ordersGet)).toBe(true);
    expect(residual?.({ ...ordersGet, hosts: [] })).toBe(false);
  });
});

describe('what cannot be right is refused, with the place', () => {
  test.each<[string, number | null, string]>([
    ['metod == "GET"', 0, 'no field "metod". Did you mean "method"? The fields are id, environment'],
    ['method == "GET" && hots.exists(h, h == "x")', 19, 'Did you mean "hosts"'],
    ['method = "GET"', 7, 'Unexpected character'],
    ['method == "GET" &&', 18, ''],
    ['method == 3', 0, 'string == int'],
    ['method', null, 'true or false'],
    ['verdict == "shdow"', 11, 'Did you mean "shadow"'],
    ['"gone" == declared', 0, 'active, deprecated'],
    ['leaf in ["zombie", "zombi"]', 19, 'Did you mean "zombie"'],
    ['method == "get"', 10, '"GET"'],
    ['lastSeen > timestamp("yesterday")', 11, ''],
    ['lastSeen > ago("a while")', 11, 'no duration'],
    ['path.matches("(a+)+$")', 13, 'repeated group'],
    ['path.matches("(")', 13, ''],
    ['path.matches(service)', 0, 'written out'],
    ['hosts.exists(method, method == "x")', 13, 'hides a field'],
    ['lastSeen == null', 0, 'null'],
    ['', 0, ''],
    ['__proto__ == "x"', 0, 'Reserved identifier'],
    ['constructor == "x"', 0, 'no field "constructor"'],
  ])('%s', (text, position, message) => {
    let thrown: unknown;
    try {
      parseWhere(text, now);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(FilterError);
    expect((thrown as FilterError).message).toContain(message);
    expect((thrown as FilterError).position).toEqual(position);
  });

  test('what is too long or too deep', () => {
    for (const text of [
      `calls ${'+ 1 '.repeat(3_000)} > 2`,
      `${'('.repeat(300)}true${')'.repeat(300)}`,
      'x'.repeat(20_000),
    ]) {
      expect(() => parseWhere(text, now)).toThrow(FilterError);
    }
  });

  test('an expression that fails on an endpoint says on which', () => {
    const { residual } = parseWhere('hosts[2] == "x"', now);
    expect(() => residual?.(ordersGet)).toThrow(/cannot be decided for GET \/v1\/orders\/\{id\}/);
  });
});

test('condition and residual together mean what the whole expression means', () => {
  fc.assert(
    fc.property(expressions, fc.array(endpoints, { minLength: 1, maxLength: 8 }), (text, some) => {
      const { condition, residual } = parseWhere(text, now);
      for (const endpoint of some) {
        const split = (!condition || evaluate(condition, endpoint)) && (!residual || residual(endpoint));
        expect(split).toBe(whole(text, endpoint));
      }
    }),
    { numRuns: 2_000 },
  );
}, 60_000);

test('whatever is typed is read or refused, never anything else', () => {
  const pieces = fc.constantFrom(
    ...[
      'method',
      'hosts',
      '==',
      '"GET"',
      '(',
      ')',
      '&&',
      '!',
      '[',
      ']',
      '.exists(h, ',
      'h',
      '?',
      ':',
      '1',
      '"',
      '{',
      '.',
    ],
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces, { maxLength: 12 }).map((all) => all.join(' ')),
      ),
      (text) => {
        try {
          parseWhere(text, now);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterError);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

/** The expression by CEL alone, with the fields given one by one. */
const reference = new Environment({ unlistedVariablesAreDyn: true })
  .registerFunction(
    'ago(string): google.protobuf.Timestamp',
    (text: string) => new Date(now - Number.parseInt(text, 10) * day),
  )
  .registerOperator('double == int', (left: number, right: bigint) => left === Number(right));

function whole(text: string, endpoint: Endpoint): unknown {
  const { planes, verdict, lastCall, calls, lastSeen, firstSeen, ...rest } = endpoint;
  return reference.evaluate(text, {
    ...rest,
    ...planes,
    leaf: verdict.leaf,
    verdict: verdict.verdict,
    reason: verdict.reason,
    calls: BigInt(calls),
    firstSeen: new Date(firstSeen),
    lastSeen: new Date(lastSeen),
    lastCall: lastCall === null ? new Date(-8.64e15) : new Date(lastCall),
    now: new Date(now),
  });
}
