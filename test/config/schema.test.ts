// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a reference in the file is what is tested
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { configSchema, type JsonSchema } from '#config/json-schema';
import { filled, referenceTables } from '#config/tables';
import { nearest } from '#model/nearest';
import { registry } from './kinds.ts';

describe('the JSON Schema', () => {
  const schema = configSchema(registry);
  const sources = schema.properties?.['sources']?.additionalProperties as JsonSchema;

  test('has a source of every kind, with its own options beside the common ones', () => {
    const kinds = sources.anyOf!.map(({ properties, required, additionalProperties }) => {
      return [properties?.['kind']?.const, Object.keys(properties ?? {}), required, additionalProperties];
    });
    const common = ['kind', 'service', 'environment', 'timeout', 'enabled'];
    expect(kinds.slice(0, 1)).toEqual([['spec', [...common, 'paths', 'maxBytes'], ['kind', 'paths'], false]]);
    expect(kinds.at(-1)).toEqual([
      'gateway',
      [...common, 'region', 'key', 'nested', 'retries', 'refuses'],
      ['kind', 'region', 'key'],
      false,
    ]);
  });

  test('is one that other programs can read', () => {
    const accepts = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    const source = { kind: 'spec', paths: ['x'], timeout: '${T:-10m}' };
    expect(accepts.safeParse({ version: 1, sources: { a: source } }).success).toBe(true);
    expect(accepts.safeParse({ version: 1, sources: { a: { ...source, pathes: [] } } }).success).toBe(false);
    expect(accepts.safeParse({ version: 1, windows: { fresh: '30' } }).success).toBe(false);
    expect(accepts.safeParse({ sources: {} }).success).toBe(false);
  });

  test('describes everything', () => {
    const undescribed = (at: string, { properties = {}, ...rest }: JsonSchema): string[] => [
      ...Object.entries(properties).flatMap(([name, inner]) => [
        ...(inner.description ? [] : [`${at}.${name}`]),
        ...undescribed(`${at}.${name}`, inner),
      ]),
      ...(typeof rest.additionalProperties === 'object' ? undescribed(`${at}.*`, rest.additionalProperties) : []),
      ...(rest.anyOf ?? []).flatMap((inner) => undescribed(at, inner)),
    ];
    expect(undescribed('', configSchema(registry.slice(0, 4)))).toEqual([]);
  });
});

describe('the reference', () => {
  const tables = referenceTables(registry);

  test('has a row for every option', () => {
    expect(tables['source']).toContain('| `timeout` | duration | `1h` | The longest');
    expect(tables['source']).toContain('| `enabled` | true or false | `true` |');
    expect(tables['scan']).toContain('| `concurrency` | whole number | `4` |');
    expect(tables['kinds']).toContain('### `spec`\n\nSpecifications.\n\n| key');
    expect(tables['kinds']).toContain('| `paths` | list of texts | required | Files, folders and globs. |');
    expect(tables['kinds']).toContain('| `maxBytes` | whole number | `1000` |');
    expect(tables['kinds']).toContain('| `region` | `"north"` or `"south"` | required | Where it runs. |');
    expect(tables['kinds']).toContain('| `key` | text | required | Its key. A secret. |');
    expect(tables['kinds']).toContain('| `nested.tokens` | list of texts |');
    expect(tables['kinds']).toContain('| `retries` | `"none"` or keys and values |');
  });

  test('fills its places in the page, again and again', () => {
    const page = 'a\n<!-- reference: x -->\n<!-- end -->\nb\n<!-- reference: y -->\nold\n<!-- end -->\n';
    const once = filled(page, { x: '1', y: '2' });
    expect(once).toBe('a\n<!-- reference: x -->\n\n1\n\n<!-- end -->\nb\n<!-- reference: y -->\n\n2\n\n<!-- end -->\n');
    expect(filled(once, { x: '1', y: '2' })).toBe(once);
    expect(() => filled(page, { x: '1' })).toThrow('a table that there is not: y');
    expect(() => filled(page, { x: '1', y: '2', z: '3' })).toThrow('leaves out: z');
  });
});

test.each([
  ['pathes', ['paths', 'kind'], 'paths'],
  ['max_bytes', ['maxBytes'], 'maxBytes'],
  ['idnk', ['kind'], null],
  ['knid', ['kind'], 'kind'],
  ['zzz', ['kind', 'paths'], null],
  ['x'.repeat(100_000), ['kind'], null],
])('%.20s is nearest to %o: %s', (word, known, expected) => {
  expect(nearest(word, known)).toBe(expected);
});
