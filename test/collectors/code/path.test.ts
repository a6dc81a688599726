import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expressTemplates, trivialPath } from '#collectors/code/express/path';
import { fastapiTemplates, operationId } from '#collectors/code/fastapi/path';
import { below } from '#collectors/code/router';
import { encodeLiteral, knownPart, normaliseTemplate } from '#collectors/code/template';
import type { Piece } from '#collectors/code/value';
import { normalisePath } from '#path/normalise';

const paths = (templates: { path: string }[]) => templates.map(({ path }) => path);

describe('Express', () => {
  test.each<[string, string[]]>([
    ['/', ['/']],
    ['', ['/']],
    ['/users/', ['/users']],
    ['users', ['/users']],
    ['/users/:id', ['/users/{id}']],
    ['/users/:id(\\d+)', ['/users/{id}']],
    ['/users/:id?', ['/users/{id}', '/users']],
    ['/:a/:b?/c', ['/{a}/{b}/c', '/{a}/c']],
    ['/:from-:to', ['/{from}-{to}']],
    ['/:file.:ext?', ['/{file}.{ext}', '/{file}']],
    ['/:path+', ['/{path}']],
    ['/:a*/b', ['/{a}', '/']],
    ['*', ['/{path*}']],
    ['/*', ['/{path*}']],
    ['/files/*', ['/files/{path*}']],
    ['/files/*rest', ['/files/{rest*}']],
    ['/files/*/meta', ['/files/{path*}']],
    ['/users*', ['/users', '/users/{path*}']],
    ['/users{/:id}', ['/users/{id}', '/users']],
    ['/users{/:id{/edit}}', ['/users/{id}/edit', '/users/{id}', '/users']],
    ['/colou?r', ['/colour', '/color']],
    ['/a/?', ['/a']],
    ['/a(bc)?', ['/abc', '/a']],
    ['/:id\\:cancel', ['/{id}:cancel']],
    ['/:"odd name"', ['/{oddname}']],
    ['/naïve/ü', ['/na%C3%AFve/%C3%BC']],
    ['/a b', ['/a%20b']],
  ])('%s', (path, expected) => {
    expect(paths(expressTemplates([path]))).toEqual(expected);
  });

  test.each(['/a+b', '/(a|b)c', '/[ab]', '/:id(\\d+', '/{a'])('%s is a regular expression', (path) => {
    expect(expressTemplates([path])).toMatchObject([{ kind: 'regex', path }]);
  });

  test('constraints are types', () => {
    const [{ types } = { types: {} }] = expressTemplates(['/:id(\\d+)/:kind(a|b)/:rest([a-z]{3})']);
    expect(types).toEqual({
      id: { type: 'integer' },
      kind: { type: 'string', enum: ['a', 'b'] },
      rest: { type: 'string', pattern: '^(?:[a-z]{3})$' },
    });
  });

  test.each([
    [/^\/users$/, '/users'],
    [/^\/users\/?$/, '/users'],
    [/^\/a\/b-c(?=\/|$)$/, '/a/b-c'],
    [/^\/users/, null],
    [/\/users\/(\d+)$/, null],
  ])('%s is the path %s', ({ source }, expected) => {
    expect(trivialPath(source)).toBe(expected);
  });
});

describe('FastAPI', () => {
  test.each([
    ['/', '/'],
    ['', '/'],
    ['/users/', '/users'],
    ['/users/{id}', '/users/{id}'],
    ['/users/{id:int}/x', '/users/{id}/x'],
    ['/files/{path:path}', '/files/{path*}'],
    ['/files/{path:path}/meta', '/files/{path}/meta'],
    ['/{a}-{b}.json', '/{a}-{b}.json'],
    ['/a?b#c;d', '/a%3Fb%23c%3Bd'],
  ])('%s', (path, expected) => {
    expect(paths(fastapiTemplates([path]))).toEqual([expected]);
  });

  test('its own ids of operations', () => {
    expect(operationId('read_item', '/items/{item_id}', 'GET')).toBe('read_item_items__item_id__get');
    expect(operationId('read', '/files/{p:path}', 'POST')).toBe('read_files__p__post');
  });
});

describe('what is known of a path with holes', () => {
  const gap = { hole: 'x' };
  test.each<[Piece[], string, string, boolean]>([
    [['/a'], '/a', 'template', true],
    [[gap, '/users'], '/users', 'template', false],
    [[gap, 's/users'], '/users', 'template', false],
    [['/api', gap, '/users'], '/users', 'template', false],
    [[gap, '/a', gap, '/b'], '/b', 'template', false],
    [['/files/', gap], '/files', 'prefix', false],
    [['/files/x', gap], '/files', 'prefix', false],
    [['/', gap], '/', 'prefix', false],
    [[gap, '/'], '/', 'template', false],
    [[gap, '/a/', gap], '/a', 'prefix', false],
    [[gap], '/', 'prefix', false],
    [[gap, 'users'], '/', 'prefix', false],
  ])('%j', (pieces, text, kind, anchored) => {
    expect(knownPart(pieces)).toMatchObject({ text, kind, anchored });
  });

  test.each<[Piece[], Piece[], Piece[]]>([
    [['/a'], ['/b'], ['/a/b']],
    [['/a/'], ['/b'], ['/a/b']],
    [['/a'], ['b'], ['/a/b']],
    [['/a'], [], ['/a']],
    [[], ['/b'], ['/b']],
    [[gap], ['/b'], [gap, '/b']],
    [['/a'], [gap, '/b'], ['/a', gap, '/b']],
  ])('%j above %j', (prefix, path, expected) => {
    expect(below(prefix, path)).toEqual(expected);
  });
});

test.each([
  ['/hooks/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', '/hooks/{jwt}'],
  ['/of/jane@mail.example', '/of/{email}'],
  ['/v1/users', '/v1/users'],
])('%s in a template', (path, expected) => {
  expect(normaliseTemplate(encodeLiteral(path))).toBe(expected);
});

test('whatever is written, a template is in its normal form, and no secret of the runtime', () => {
  const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[/:*?(){}\\[\]+.a-z0-9"-]{0,40}$/));
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.constant({ hole: 'x' })), { maxLength: 5 }), (pieces) => {
      for (const { path, kind } of [...expressTemplates(pieces), ...fastapiTemplates(pieces)]) {
        if (kind === 'regex') continue;
        expect(normalisePath(path)).toBe(path);
        expect(path.replace(/\{[^{}]*\}/g, '')).toMatch(/^[\x21-\x7e]+$/);
      }
    }),
    { numRuns: 1_000 },
  );
});
