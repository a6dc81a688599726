import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '#collectors/spec/json';
import { get } from '#collectors/spec/value';

describe('JSON that is whole', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(readJson(text)).toMatchObject({ faults: [] });
        expect(readJson(text).value).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each(['"\\u00e9\\n\\"\\\\"', '-1.5e3', 'true', 'null', '[]', ' { } ', '"/a\\/b"'])('%s', (text) => {
    expect(readJson(text).value).toEqual(JSON.parse(text));
  });

  test('__proto__ is a key like any other', () => {
    const { value } = readJson('{"__proto__": {"openapi": "3.0.0"}}');
    expect(get(value, '__proto__')).toEqual({ openapi: '3.0.0' });
    expect(get(value, 'openapi')).toBeUndefined();
    expect(get(value, 'toString')).toBeUndefined();
    expect(({} as Record<string, unknown>)['openapi']).toBeUndefined();
  });

  test('places are those of keys, and of items in lists', () => {
    const text = '{"a": {"b": [{"c": 1}]}}';
    const { value, places } = readJson(text);
    expect(places.get(get(value, 'a') as object)).toBe(text.indexOf('"a"'));
    expect(places.get(get(get(get(value, 'a'), 'b'), '0') as object)).toBe(text.indexOf('{"c"'));
  });
});

describe('JSON that is broken', () => {
  test.each([
    ['cut in a string', '{"a": 1, "b": "x', { a: 1, b: 'x' }, 'a string is not closed'],
    ['cut after a key', '{"a": {"b": 1', { a: { b: 1 } }, 'the text ends too early'],
    ['a comma too many', '{"a": [1, 2,], "b": 3,}', { a: [1, 2], b: 3 }, 'a comma too many'],
    ['no comma', '{"a": 1 "b": 2}', { a: 1, b: 2 }, 'a comma was expected'],
    ['no comma between mappings', '[{"a": 1} {"b": 2}]', [{ a: 1 }, { b: 2 }], 'a comma was expected'],
    ['no colon', '{"a" 1, "b": 2}', { b: 2 }, 'a colon was expected'],
    ['no quotes', '{a: {"x": [1]}, "b": 2}', { b: 2 }, 'a key in quotes was expected'],
    ['no value', '{"a": , "b": 2}', { a: null, b: 2 }, 'a value was expected'],
    ['a word', '{"a": yes, "b": 2}', { a: null, b: 2 }, 'a value was expected'],
    ['an open string', '{"a": "x,\n"b": 2}', { a: 'x,', b: 2 }, 'a string is not closed'],
    ['a wrong escape', '{"a": "\\x", "b": 2}', { a: '\\x', b: 2 }, 'a string holds an escape that JSON has not'],
    [
      'a bracket missing',
      '{"a": {"b": [1, {"c": 2]}, "d": 3}',
      { a: { b: [1, { c: 2 }] }, d: 3 },
      'a bracket that closes nothing',
    ],
    ['a key twice', '{"a": 1, "a": 2}', { a: 2 }, 'a key is there twice: the last one counts'],
    ['more behind', '{"a": 1} x', { a: 1 }, 'something follows the end'],
    ['nothing', '', null, 'the text ends too early'],
  ])('%s', (_, text, value, message) => {
    const reading = readJson(text);
    expect(reading.value).toEqual(value);
    expect(reading.faults[0]?.message).toBe(message);
  });

  test('nesting is bounded, and what follows is read', () => {
    const deep = `{"a": ${'['.repeat(1_000)}${']'.repeat(1_000)}, "b": 2}`;
    const { value, faults } = readJson(deep);
    expect(faults[0]?.message).toContain('nested deeper than 256');
    expect(get(value, 'b')).toBe(2);
  });

  test('of many faults the first are told, and reading goes on', () => {
    const { value, faults } = readJson(`{${'"a": 1, '.repeat(1_000)}${'x, '.repeat(1_000)} "b": 2}`);
    expect(faults.length).toBe(32);
    expect(faults.at(-1)?.message).toBe('further faults are not listed');
    expect(get(value, 'b')).toBe(2);
  });

  test('no text throws, and places are in the text', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\n',
      'a',
      '1',
      'true',
      '"a"',
      ' ',
      '"a":',
      '\u{1f600}',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        for (const { offset } of readJson(text).faults) expect(offset).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 1_000 },
    );
  });
});
