import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spec } from '#collectors/spec/index';
import { readYaml } from '#collectors/spec/yaml';
import { flaws } from '#test/collectors/contract';
import { read } from './read.ts';

const fixtures = ['orders.yaml', 'billing.json'].map(
  (name) => readYaml(readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)), 'utf8')).value,
);

/** Every node of a document, as the steps that lead to it. */
function paths(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, held]) => paths(held, [...at, key]))];
}

function replaced(value: unknown, [step, ...rest]: string[], by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (String(i) === step ? replaced(item, rest, by) : item));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, held]) => [key, key === step ? replaced(held, rest, by) : held]),
  );
}

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    '',
    '/',
    '$ref',
    '#',
    '#/',
    'x'.repeat(5_000),
    '\u0000',
    '../../etc/passwd',
    'https://u:p@h/',
    '\ud800',
  ),
  fc.constantFrom('#/paths', '#/components', '#/components/schemas/Order', 'a.yaml#/x').map(($ref) => ({ $ref })),
  fc.constantFrom(-1, 0.5, 1e308, true, null, [], {}, [[[]]], { __proto__: null, $ref: 7 }),
);

test('any value in place of any node neither throws nor gives a sighting that is malformed', () => {
  for (const document of fixtures) {
    const places = paths(document).filter((at) => !['', 'openapi', 'swagger'].includes(at[0] ?? ''));
    fc.assert(
      fc.property(fc.constantFrom(...places), odd, (at, value) => {
        const { sightings, report } = read(JSON.stringify(replaced(document, at, value)));
        for (const sighting of sightings) expect(flaws(sighting, spec)).toEqual([]);
        expect(report.saw).not.toBe('');
        expect(report.completeness === 'complete' || report.problems.length > 0).toBe(true);
      }),
      { numRuns: 1_500 },
    );
  }
});

test('a document whose values refer to one another in every way ends', () => {
  const all =
    '&x {$ref: "#/x", allOf: [*x, *x], properties: *x, get: *x, parameters: [*x, *x], paths: *x, content: *x, schema: *x}';
  const { report } = read(`openapi: 3.0.0\nx: ${all}\npaths: {/a: {get: *x}, /b: *x}\ncomponents: {schemas: *x}`);
  expect(report.completeness).toBe('partial');
});
