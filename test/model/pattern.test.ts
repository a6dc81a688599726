import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameGlob, pathGlob } from '#filter/glob';
import { patternFlaw, patternSteps } from '#model/pattern';

interface Part {
  source: string;
  takes(character: string): boolean;
  least: number;
  most: number;
}

/** Characters that a backtracking matcher looks at in a sequence of parts before it knows. */
function countSteps(parts: readonly Part[], anchored: boolean, text: string): number {
  let steps = 0;
  const takes = (part: Part, at: number) => at < text.length && ++steps > 0 && part.takes(text.charAt(at));
  const matches = (index: number, at: number): boolean => {
    const part = parts[index];
    if (!part) return true;
    let end = at;
    while (end - at < part.most && takes(part, end)) end++;
    for (; end - at >= part.least; end--) if (matches(index + 1, end)) return true;
    return false;
  };
  for (let from = 0; from <= (anchored ? 0 : text.length); from++) if (matches(0, from)) break;
  return steps;
}

const atoms: Pick<Part, 'source' | 'takes'>[] = [
  { source: 'a', takes: (c) => c === 'a' },
  { source: 'b', takes: (c) => c === 'b' },
  { source: '\\/', takes: (c) => c === '/' },
  { source: '.', takes: () => true },
  { source: '[^\\/]', takes: (c) => c !== '/' },
  { source: '[ab]', takes: (c) => c === 'a' || c === 'b' },
];
const times = [
  ['', 1, 1],
  ['*', 0, Number.POSITIVE_INFINITY],
  ['+', 1, Number.POSITIVE_INFINITY],
  ['?', 0, 1],
  ['{3}', 3, 3],
  ['{2,5}', 2, 5],
] as const;
const part: fc.Arbitrary<Part> = fc
  .tuple(
    fc.constantFrom(...atoms),
    fc.oneof({ weight: 2, arbitrary: fc.constant(times[0]) }, fc.constantFrom(...times)),
  )
  .map(([{ source, takes }, [suffix, least, most]]) => ({ source: source + suffix, takes, least, most }));
const texts = ['a', 'b', '/', 'ab', 'aab', '/a', '/ab', '/a/b', '//a'].map((piece) => piece.repeat(48).slice(0, 48));

test('a matcher takes no more steps than a pattern is held to take', () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 7 }), fc.boolean(), (parts, anchored) => {
      const pattern = (anchored ? '^' : '') + parts.map(({ source }) => source).join('');
      const bound = patternSteps(pattern, 48);
      fc.pre(bound !== null && patternFlaw(pattern) === null);
      // What every part reads once, at each beginning.
      const once = 48 * 4 * parts.length;
      for (const text of texts)
        expect(countSteps(parts, anchored, text)).toBeLessThan(4 * (bound ?? 0) * parts.length + once);
    }),
    { numRuns: 2_000 },
  );
});

describe('a power of the text', () => {
  test.each([
    '^.*.*.*x',
    '^.*.*a*b',
    'a*a*b',
    '.*.*x',
    'x.*y.*z',
    '^(?:.*)(?:.*)(?:.*)x',
    '^[ab]*[bc]*[ca]*x',
    '^.*.*a{900}b',
    `^.*.*${'a'.repeat(200)}b`,
    '^.*.*(?:ab){500}x',
    '^.*.*(?:a|b)(?:a|b)(?:a|b)(?:a|b)(?:a|b)x',
    '^.{0,900}.{0,900}.{0,900}x',
    '^.*x|.*.*y',
  ])('%s is refused', (pattern) => {
    expect(patternFlaw(pattern)).toContain('too many repetitions overlap');
  });

  test.each([
    '^.*.*x',
    'a*b',
    'orders.*items',
    '/[^/]+/[^/]+/items$',
    '^(?:/v1|/v2)/.*/admin/.*/x$',
    '^/internal/customers/.*/addresses/.*/history$',
    '^[a-z]+(-[a-z]+)?\\.internal$',
  ])('%s is not refused', (pattern) => {
    expect(patternFlaw(pattern)).toBeNull();
  });

  test.each([
    '/**/x/**/y',
    '/**/x/**',
    '/**/x/**/y/**',
    '/**/users/*/items',
    '/**/x/**/*',
    '/a/**/{id}/**/*/y',
    '**/admin/**',
    '*/*/*/*/*/*',
  ])('the glob %s is not refused', (glob) => {
    expect(patternFlaw(pathGlob(glob))).toBeNull();
  });

  test.each(['*.example.*', 'api-*-*'])('the glob %s over names is not refused', (glob) => {
    expect(patternFlaw(nameGlob(glob))).toBeNull();
  });
});

test('a long pattern is judged soon', () => {
  expect(patternFlaw('a{999}'.repeat(85))).toBeNull();
});
