import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { get } from '#collectors/spec/value';
import { isTooRich, readYaml } from '#collectors/spec/yaml';

describe('YAML that is whole', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: true }), (value) => {
        const text = JSON.stringify(value);
        // A number in a form that JSON writes and YAML keeps as text is the one difference.
        fc.pre(!/[0-9]e[+-]?[0-9]|-0(?![.0-9])/.test(text));
        expect(readYaml(text).value).toEqual(JSON.parse(text));
        expect(readYaml(stringify(JSON.parse(text))).value).toEqual(JSON.parse(text));
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ['a version keeps its zero', 'v: 1.10', { v: '1.10' }],
    ['a number is one', 'n: 10', { n: 10 }],
    [
      'keys stay as written',
      '200: a\n1.0: b\nnull: c\n2024-01-01: d',
      { '200': 'a', '1.0': 'b', null: 'c', '2024-01-01': 'd' },
    ],
    ['dates are text', 'd: 2022-08-10', { d: '2022-08-10' }],
    ['dates of YAML 1.1 are text', '%YAML 1.1\n---\nd: 2022-08-10\nb: !!binary aGk=', { d: '2022-08-10', b: 'aGk=' }],
    ['anchors', 'a: &x {k: 1}\nb: *x', { a: { k: 1 }, b: { k: 1 } }],
    ['merges', 'a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  l: 3', { a: { k: 1, l: 2 }, b: { l: 3, k: 1 } }],
    [
      'merges of several',
      'a: &x {k: 1}\nb: &y {k: 2, l: 3}\nc: {<<: [*x, *y]}',
      { a: { k: 1 }, b: { k: 2, l: 3 }, c: { k: 1, l: 3 } },
    ],
    ['tags of other tools', 'a: !Ref Thing\nb: !Sub "x"', { a: 'Thing', b: 'x' }],
    ['nothing', '', null],
  ])('%s', (_, text, value) => {
    expect(readYaml(text)).toMatchObject({ value, faults: [] });
  });

  test('__proto__ is a key like any other, merged too', () => {
    const { value } = readYaml('a: &x\n  __proto__: {openapi: 1}\nb:\n  <<: *x');
    expect(get(get(get(value, 'b'), '__proto__'), 'openapi')).toBe(1);
    expect(get(get(value, 'b'), 'openapi')).toBeUndefined();
  });
});

describe('YAML that is broken or hostile', () => {
  test.each([
    ['a key twice', 'a: 1\na: 2', { a: 2 }, 5],
    ['a tab', 'a:\n  b: 1\n\tc: 2', { a: { b: 1 } }, undefined],
    ['an open bracket', 'a: 1\nb: [1, 2\nc: 3', { a: 1 }, undefined],
    ['an unknown alias', 'a: *x', { a: null }, 3],
    ['two documents', 'a: 1\n---\nb: 2', { a: 1 }, undefined],
    ['a key that is a mapping', '? {a: 1}\n: 2\nb: 3', { b: 3 }, 0],
  ])('%s', (_, text, value, offset) => {
    const reading = readYaml(text);
    expect(reading.value).toMatchObject(value);
    expect(reading.faults.length).toBeGreaterThan(0);
    if (offset !== undefined) expect(reading.faults[0]?.offset).toBe(offset);
  });

  test('faults quote nothing of the text', () => {
    const { faults } = readYaml('password: hunter2 : hunter2\n  hunter2: [hunter2}\n*hunter2 !hunter2 %hunter2');
    expect(faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });

  test('a chain of aliases is not copied', () => {
    const lines = ['a0: &a0 [x, x]'];
    for (let i = 1; i < 64; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}*a${i - 1}]`);
    const { value, faults } = readYaml(lines.join('\n'));
    expect(faults).toEqual([]);
    expect(get(get(value, 'a63'), '0')).toBe(get(value, 'a62'));
  });

  test('a mapping may hold itself', () => {
    const { value } = readYaml('a: &x\n  b: *x');
    expect(get(get(value, 'a'), 'b')).toBe(get(value, 'a'));
  });

  test('merges are bounded', () => {
    const keys = Array.from({ length: 1_000 }, (_, i) => `k${i}: 1`).join(', ');
    const merges = Array.from({ length: 1_000 }, (_, i) => `m${i}: {<<: *x}`).join('\n');
    const { faults } = readYaml(`x: &x {${keys}}\n${merges}`);
    expect(faults[0]?.message).toContain('merge keys copy more than');
  });

  test('nesting is bounded', () => {
    for (const text of [
      '['.repeat(100_000),
      '{a: '.repeat(50_000),
      '- '.repeat(50_000),
      `${'['.repeat(300)}${']'.repeat(300)}`,
    ]) {
      expect(readYaml(`openapi: 3.0.0\na: ${text}`).faults.length).toBeGreaterThan(0);
    }
  });

  test('a text of too many nodes is told before it is parsed', () => {
    expect(isTooRich('- a\n'.repeat(400_000))).toBe(false);
    expect(isTooRich('- a\n'.repeat(600_000))).toBe(true);
  });
});
