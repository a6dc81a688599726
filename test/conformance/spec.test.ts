import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { spec } from '#collectors/spec/index';
import type { ScopeReport } from '#model/scope';
import type { Sighting } from '#model/sighting';
import { type Collected, collect, flaws } from '#test/collectors/contract';

const shared = resolve(process.env['NOONTIDE_SHARED'] ?? '../shared');
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'x-amazon-apigateway-any-method'];

/** The files that an independent parser calls OpenAPI documents, with the operations it counts in them. */
const documents = new Map<string, number>();
let bytes = 0;

for (const folder of ['peers', 'vendor']) {
  for (const entry of readdirSync(join(shared, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(json|ya?ml)$/i.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, 'utf8');
    if (!/openapi|swagger/.test(text)) continue;
    const document = parsed(text);
    if (!document || !('openapi' in document || 'swagger' in document)) continue;
    documents.set(relative(shared, path), operationsIn(document));
    bytes += text.length;
  }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = text.startsWith('{')
      ? JSON.parse(text)
      : parse(text, { logLevel: 'silent', uniqueKeys: false });
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    // Templates of other tools and several documents in one file: none of them is a specification.
    return null;
  }
}

function operationsIn({ paths }: Record<string, unknown>): number {
  const items = Object.entries((paths ?? {}) as Record<string, Record<string, unknown>>);
  return items
    .filter(([path]) => path.startsWith('/'))
    .reduce((sum, [, item]) => sum + methods.filter((method) => item && method in item).length, 0);
}

describe('documents of other projects', () => {
  let collected: Collected;
  let milliseconds: number;
  const bySource = new Map<string, Sighting[]>();

  beforeAll(async () => {
    const began = performance.now();
    collected = await collect(spec, { paths: ['peers', 'vendor'], maxBytes: 33_554_432 }, shared);
    milliseconds = performance.now() - began;
    for (const sighting of collected.sightings) {
      if (sighting.where.in !== 'document') throw new Error('not in a document');
      bySource.set(sighting.where.file, [...(bySource.get(sighting.where.file) ?? []), sighting]);
    }
    const rate = (bytes / 1_048_576 / (milliseconds / 1_000)).toFixed(1);
    console.log(
      `${documents.size} documents, ${collected.sightings.length} operations, ${(bytes / 1_048_576).toFixed(1)} MB ` +
        `in ${milliseconds.toFixed(0)} ms with everything else in the folders: ${rate} MB/s`,
    );
  }, 120_000);

  test('each is a scope, and nothing else is', () => {
    expect(documents.size).toBeGreaterThan(140);
    expect(collected.reports.map((report) => report.scope).sort()).toEqual([...documents.keys()].sort());
  });

  test('each is read completely', () => {
    const incomplete = (report: ScopeReport) => report.completeness !== 'complete';
    expect(collected.reports.filter(incomplete)).toEqual([]);
  });

  test.each([...documents])('%s has %i operations', (file, operations) => {
    expect(bySource.get(file)?.length ?? 0).toBe(operations);
  });

  test('every sighting is well formed, and stands on the line it names', () => {
    const lines = new Map<string, string[]>();
    for (const sighting of collected.sightings) {
      expect(flaws(sighting, spec)).toEqual([]);
      const { where } = sighting;
      if (where.in !== 'document') throw new Error('not in a document');
      const text = lines.get(where.file) ?? readFileSync(join(shared, where.file), 'utf8').split('\n');
      lines.set(where.file, text);
      const key = where.pointer.slice(where.pointer.lastIndexOf('/') + 1);
      expect(text[(where.line ?? 0) - 1]).toContain(key);
    }
  });

  test.each<[string, string, boolean | undefined, string | undefined]>([
    ['deprecation/deprecated-future.yaml', 'GET', true, '9999-08-10'],
    ['deprecation/deprecated-past.yaml', 'GET', true, '2022-08-10'],
    ['deprecation/deprecated-with-sunset.yaml', 'GET', true, '2023-08-02'],
    ['deprecation/deprecated-path-past.yaml', 'GET', true, '2022-08-10'],
    ['deprecation/deprecated-path-past.yaml', 'POST', true, '2022-07-10'],
    ['deprecation/deprecated-path-mixed.yaml', 'POST', true, '9999-08-10'],
    ['deprecation/deprecated-path-mixed-rfc3339-sunset.yaml', 'GET', true, '2022-08-10'],
    ['deprecation/deprecated-no-sunset.yaml', 'GET', true, undefined],
    ['deprecation/deprecated-invalid.yaml', 'GET', true, undefined],
    ['deprecation/deprecated-with-invalid-sunset.yaml', 'GET', true, undefined],
    ['deprecation/base.yaml', 'GET', undefined, undefined],
    // A date of a parameter or a property is not the operation's.
    ['param-deprecation/deprecated-past.yaml', 'GET', undefined, undefined],
    ['deprecation/property_deprecated.yaml', 'POST', undefined, undefined],
  ])('oasdiff/%s %s: deprecated %s, sunset %s', (file, method, deprecated, sunset) => {
    const path = `peers/oasdiff/${file}`;
    const found = bySource
      .get(path)
      ?.filter((sighting) => sighting.method === method && sighting.path !== '/api/placeholder');
    expect(found?.length).toBe(1);
    expect(found?.[0]?.facts.deprecated).toBe(deprecated);
    expect(found?.[0]?.facts.sunset).toBe(sunset && Date.parse(sunset));
    const told = collected.reports.find((report) => report.scope === path)?.problems.length;
    expect(told).toBe(/invalid/.test(file) ? 1 : 0);
  });
});
