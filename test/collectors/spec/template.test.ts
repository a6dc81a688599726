import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathTemplate } from '#collectors/spec/template';
import { normalisePath } from '#path/normalise';

describe('paths of documents', () => {
  test.each([
    ['/users/{id}', '/users/{id}'],
    ['/users/{id}/', '/users/{id}'],
    ['/', '/'],
    ['users', '/users'],
    ['/a//b/../c', '/a/c'],
    ['/files/{path}', '/files/{path}'],
    ['/{proxy+}', '/{proxy*}'],
    ['/files/{+path}', '/files/{path*}'],
    ['/files/{path*}/', '/files/{path*}'],
    ['/files/{path+}/raw', '/files/{path}/raw'],
    ['/v{v+}', '/v{v}'],
    ['/reports/{id}.{format}', '/reports/{id}.{format}'],
    ['/orders/{id}:cancel', '/orders/{id}:cancel'],
    ['/search{?q,page}', '/search'],
    ['/search?q={q}', '/search'],
    ['/a/{user/id}', '/a/{user_id}'],
    ['/a/{ user id }', '/a/{user_id}'],
    ['/a/{}', '/a/{_}'],
    ['/städte/{näme}', '/st%C3%A4dte/{näme}'],
    ['/a b/100%', '/a%20b/100%25'],
    ['/a%2fb/%7Euser', '/a%2Fb/~user'],
    ['/x/{open', '/x/{open'],
    ['/a;v=1/b', '/a/b'],
    ['/\ud800', '/%EF%BF%BD'],
  ])('%s is %s', (key, template) => {
    expect(pathTemplate(key)).toBe(template);
  });

  test('any key gives a normal path', () => {
    const piece = fc.constantFrom(
      '/',
      '{',
      '}',
      '%',
      '2',
      'F',
      'a',
      '.',
      ';',
      '?',
      '#',
      '*',
      '+',
      ' ',
      'ä',
      '{id}',
      ';rev=1',
      '%41',
    );
    const key = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 20 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(key, (text) => {
        const template = pathTemplate(text);
        expect(normalisePath(template)).toBe(template);
        expect(template.replace(/\{[^{}]*\}/g, '')).toMatch(/^\/[\x21-\x7e]*$/);
      }),
      { numRuns: 2_000 },
    );
  });
});
