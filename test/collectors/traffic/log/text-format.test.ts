import fc from 'fast-check';
import { expect, test } from 'vitest';
import { field } from '#collectors/traffic/log/field';
import { AmbiguousFormat, type Piece, TextFormat } from '#collectors/traffic/log/text-format';
import { type Escape, unescaped } from '#collectors/traffic/log/unescape';

const here = { host: '', zone: 0 };

/** What the servers do with what would break their lines. */
const printed: Record<Escape, (text: string) => string> = {
  backslash: (text) =>
    text.replace(
      /["\\\x00-\x1f\x7f-\xff]/g,
      (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
    ),
  json: (text) => JSON.stringify(text).slice(1, -1),
  hash: (text) =>
    text.replace(
      /[#"{|}\x00-\x1f\x7f-\xff]/g,
      (char) => `#${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
    ),
  none: (text) => text,
};

test.each(['backslash', 'json', 'hash'] as const)('%s: what was escaped is what it was', (way) => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)) }),
      (text) => {
        expect(unescaped(printed[way](text), way)).toBe(text);
      },
    ),
  );
});

test('escapes of Apache', () => {
  expect(unescaped('a\\"b\\\\c\\n\\t\\x7f', 'backslash')).toBe('a"b\\c\n\t\x7f');
  expect(unescaped('\\ud83d\\ude00', 'json')).toBe(Buffer.from('😀').toString('latin1'));
  expect(unescaped('\\u12', 'json')).toBe('\\u12');
});

test('a declared format, printed and read', () => {
  const literal = fc.constantFrom(' ', ' - ', '" "', '" [', '] "', '|', ' x="', ';');
  const value = fc.string({
    unit: fc.constantFrom('a', 'B', '1', '/', '"', '\\', '\t', '%', '?', '#'),
    minLength: 1,
    maxLength: 10,
  });
  const ways = fc.constantFrom<Escape>('backslash', 'json');
  fc.assert(
    fc.property(
      ways,
      fc.array(fc.tuple(literal, value), { minLength: 1, maxLength: 8 }),
      fc.constantFrom('', '"', ' end'),
      (way, parts, tail) => {
        const pieces: Piece[] = [...parts.flatMap(([text]): Piece[] => [`<${text}`, field('target')]), tail];
        const format = new TextFormat('made', { pieces, escaping: way }, here);
        const line = parts.map(([text, each]) => `<${text}${printed[way](each)}`).join('') + tail;
        const values: string[] = [];
        expect(format.split(line, values)).toBe(true);
        expect(values).toEqual(parts.map(([, each]) => each));
      },
    ),
  );
});

test('two fields in a row are refused; a path and its query are one', () => {
  expect(() => new TextFormat('x', { pieces: [field('path'), field('status')], escaping: 'none' }, here)).toThrow(
    AmbiguousFormat,
  );
  const format = new TextFormat(
    'x',
    { pieces: [field('path'), field('query'), ' ', field('status')], escaping: 'none' },
    here,
  );
  const values: string[] = [];
  expect(format.split('/a?b=1 200', values)).toBe(true);
  expect(values).toEqual(['/a?b=1', '200']);
});

test('any line is read or not, and never throws', () => {
  const pieces = [
    '[',
    field('time'),
    '] "',
    field('request'),
    '" ',
    field('status'),
    ' ',
    { role: 'ignored', list: true } as const,
    ' "',
    field('client'),
    '"',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom<Escape>('backslash', 'json', 'hash', 'none'),
      fc.string({
        unit: fc.constantFrom(
          '[',
          ']',
          '"',
          ' ',
          '\\',
          '#',
          ',',
          ':',
          'a',
          '1',
          'HTTP/',
          '\xff',
          '-',
          '2026-03-02T09:30:00Z',
        ),
        maxLength: 60,
      }),
      (escaping, line) => void new TextFormat('x', { pieces, escaping, open: true }, here).read(line, 1),
    ),
  );
});
