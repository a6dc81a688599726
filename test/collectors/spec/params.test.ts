import { describe, expect, test } from 'vitest';
import { operation, read } from './read.ts';

const id = { name: 'id', in: 'path', required: true };
const params = (members: object, document: object = {}) => operation(members, document).facts.params;

describe('parameters', () => {
  test('of OpenAPI 3.x, with what their schema says', () => {
    expect(
      params(
        {
          parameters: [
            {
              name: 'id',
              in: 'path',
              schema: { type: 'string', format: 'uuid', pattern: '^a', minLength: 2, maxLength: 9 },
            },
            {
              name: 'q',
              in: 'query',
              required: true,
              schema: { type: ['null', 'string'], enum: ['a', 1, true, null] },
            },
            { name: 'X-H', in: 'header', schema: { allOf: [{ $ref: '#/components/schemas/H' }] } },
            { name: 'c', in: 'cookie', content: { 'application/json': { schema: { type: 'object' } } } },
            { name: 'k', in: 'query', schema: { const: 'one' } },
            { name: 'elsewhere', in: 'path', schema: { type: 'string' } },
            { name: 'odd', in: 'matrix' },
            { in: 'query' },
            'noise',
            null,
          ],
        },
        { components: { schemas: { H: { type: 'integer' } } } },
      ),
    ).toEqual([
      { ...id, type: 'string', format: 'uuid', pattern: '^a', minLength: 2, maxLength: 9 },
      { name: 'q', in: 'query', required: true, type: 'string', enum: ['a', '1', 'true'] },
      { name: 'X-H', in: 'header', type: 'integer' },
      { name: 'c', in: 'cookie', type: 'object' },
      { name: 'k', in: 'query', enum: ['one'] },
    ]);
  });

  test('an operation’s win over its path’s, and a template’s own are there', () => {
    const { sightings } = read(
      JSON.stringify({
        swagger: '2.0',
        info: { title: 'T' },
        paths: {
          '/{a}/{b}': {
            parameters: [
              { name: 'a', in: 'path', type: 'string' },
              { name: 'p', in: 'query', type: 'string' },
            ],
            get: {
              parameters: [
                { name: 'a', in: 'path', type: 'integer', minLength: '3' },
                { name: 'f', in: 'formData', type: 'file' },
              ],
            },
          },
        },
      }),
    );
    expect(sightings[0]?.facts.params).toEqual([
      { name: 'a', in: 'path', required: true, type: 'integer', minLength: 3 },
      { name: 'p', in: 'query', type: 'string' },
      { name: 'f', in: 'body', type: 'file' },
      { name: 'b', in: 'path', required: true },
    ]);
  });

  test('a greedy or odd name is that of the template', () => {
    const paths = {
      '/x/{proxy+}': { get: { parameters: [{ name: 'proxy', in: 'path', schema: { type: 'string' } }] } },
    };
    const { sightings } = read(JSON.stringify({ openapi: '3.0.0', info: { title: 'T' }, paths }));
    expect(sightings[0]).toMatchObject({
      path: '/x/{proxy*}',
      facts: { params: [{ name: 'proxy', in: 'path', required: true, type: 'string' }] },
    });
  });

  test.each([
    ['too many values', Array.from({ length: 65 }, (_, i) => i)],
    ['a secret among them', ['a', 'Bearer abcdefgh']],
    ['values that are none', ['a', {}]],
    ['no value', []],
  ])('an enumeration with %s says nothing', (_, values) => {
    expect(params({ parameters: [{ name: 'id', in: 'path', schema: { enum: values } }] })).toEqual([id]);
  });
});

describe('fields of a body', () => {
  const body = (schema: object, document: object = {}, type = 'application/json') =>
    params(
      { requestBody: { content: { 'text/plain': { schema: { properties: { t: {} } } }, [type]: { schema } } } },
      document,
    )?.slice(1);

  test.each([
    'application/json',
    'application/vnd.acme+json; charset=utf-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
  ])('of %s', (type) => {
    const schema = { required: ['a'], properties: { a: { type: 'string' }, b: { type: 'integer', format: 'int32' } } };
    expect(body(schema, {}, type)).toEqual([
      { name: 'a', in: 'body', type: 'string', required: true },
      { name: 'b', in: 'body', type: 'integer', format: 'int32' },
    ]);
  });

  test('through references, allOf and circles', () => {
    const schemas = {
      Base: { required: ['id'], properties: { id: { type: 'integer' }, made: { type: 'string', readOnly: true } } },
      Node: {
        allOf: [{ $ref: '#/components/schemas/Base' }, { $ref: '#/components/schemas/Node' }],
        properties: { next: { $ref: '#/components/schemas/Node' } },
      },
      Alias: { $ref: '#/components/schemas/Node' },
    };
    expect(body({ $ref: '#/components/schemas/Alias' }, { components: { schemas } })).toEqual([
      { name: 'next', in: 'body' },
      { name: 'id', in: 'body', type: 'integer', required: true },
    ]);
  });

  test('a reference keeps what stands beside it', () => {
    const schemas = { S: { properties: { a: {} } } };
    expect(body({ $ref: '#/components/schemas/S', required: ['a'] }, { components: { schemas } })).toEqual([
      { name: 'a', in: 'body', required: true },
    ]);
  });

  test('no more than 64', () => {
    const properties = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`f${i}`, { type: 'string' }]));
    expect(body({ properties })?.length).toBe(64);
  });

  test('a sighting stays below 64 KiB whatever is declared', () => {
    const wide = { enum: Array.from({ length: 64 }, (_, i) => `${i}`.padEnd(120, '"')) };
    const sighting = operation({
      tags: Array.from({ length: 100 }, (_, i) => `${i}"`.repeat(100)),
      security: Array.from({ length: 32 }, (_, i) => ({
        o: Array.from({ length: 64 }, (_, j) => `${i}-${j}`.padEnd(128, '"')),
      })),
      parameters: Array.from({ length: 256 }, (_, i) => ({ name: `p${i}`, in: 'query', schema: wide })),
      servers: Array.from({ length: 64 }, (_, i) => ({ url: `/${i}/${'x/'.repeat(900)}` })),
    });
    expect(JSON.stringify(sighting).length).toBeLessThan(65_536);
    expect(sighting.path).toBe('/a/{id}');
  });
});
