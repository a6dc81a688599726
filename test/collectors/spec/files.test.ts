import { chmod, mkdir, mkdtemp, realpath, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { spec } from '#collectors/spec/index';
import { type Collected, collect } from '#test/collectors/contract';

const maxBytes = 1_048_576;
let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-spec-')));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(files: Record<string, string | Buffer>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

const run = (...paths: string[]): Promise<Collected> => collect(spec, { paths, maxBytes }, root);
const minimal = (paths: string) => `openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths:\n${paths}`;
const good = minimal('  /a: {get: {}}\n');

function names({ emissions }: Collected): string[] | undefined {
  const last = emissions.at(-1);
  return last?.type === 'scopes' ? last.names : undefined;
}

describe('which files are read', () => {
  test('of folders and globs only OpenAPI documents, each a scope, each once', async () => {
    await write({
      'specs/a.yaml': good,
      'specs/deep/b.json': JSON.stringify({ info: { title: 'B' }, paths: { '/b': { get: {} } }, swagger: '2.0' }),
      'specs/c.yml': `# comment\n"openapi" : 3.1.0\npaths: {}`,
      'specs/d.txt': good,
      'specs/template.json': JSON.stringify({ Resources: { Api: { Body: { swagger: '2.0', paths: {} } } } }),
      'specs/package.json': '{"name": "openapi-tools"}',
      'specs/ci.yaml': 'steps:\n  openapi: lint\n',
      'specs/node_modules/x/openapi.yaml': good,
    });
    const collected = await run('specs', 'specs/**/*.json', './specs/a.yaml');
    expect(collected.reports.map(({ scope, completeness }) => [scope, completeness])).toEqual([
      ['specs/a.yaml', 'complete'],
      ['specs/c.yml', 'complete'],
      ['specs/deep/b.json', 'complete'],
    ]);
    expect(names(collected)).toEqual(['specs/a.yaml', 'specs/c.yml', 'specs/deep/b.json']);
  });

  test('a file that is named is read whatever its name, and in UTF-16', async () => {
    await write({
      'api.spec': good,
      'wide.yaml': Buffer.from(`\ufeff${good}`, 'utf16le'),
      'flow.yaml': '{openapi: 3.0.0, paths: {/a: {get: {}}}}',
    });
    const { reports, sightings } = await run('api.spec', 'wide.yaml', 'flow.yaml');
    expect(reports.map((report) => report.completeness)).toEqual(['complete', 'complete', 'complete']);
    expect(sightings.length).toBe(3);
  });

  test.each([
    ['events.yaml', 'asyncapi: 3.0.0', 'an AsyncAPI document'],
    ['manifest.yaml', 'apiVersion: v1\nkind: Service', 'a Kubernetes manifest'],
    ['collection.json', '{"info": {}, "item": []}', 'a Postman collection'],
    ['edge.har', '{"log": {}}', 'a HAR file'],
    ['old.json', '{"swaggerVersion": "1.2"}', 'Swagger 1.x'],
    ['part.yaml', 'paths: {}', 'a part of an OpenAPI document'],
    ['other.yaml', 'a: 1\nb: 2', 'a mapping of 2 keys'],
    ['list.json', '[1]', 'a list'],
    ['notes.md', 'hello', 'plain text'],
    ['empty.yaml', '', 'an empty or unreadable text'],
  ])('%s, named directly, is told from a document', async (file, content, kind) => {
    await write({ [file]: content });
    const { reports, sightings } = await run(file);
    expect(sightings).toEqual([]);
    expect(reports).toMatchObject([{ scope: file, completeness: 'unsupported', problems: [{ where: file }] }]);
    expect(reports[0]?.saw).toContain(kind);
    expect(reports[0]?.problems[0]?.mend).toContain('OpenAPI 2.0 to 3.2');
  });

  test.each([
    ['openapi: 4.0.0', 'OpenAPI 4.0.0 is not read'],
    ['swagger: 1.2', 'Swagger 1.2 is not read'],
  ])('%s', async (text, message) => {
    await write({ 'a.yaml': text });
    expect((await run('.')).reports).toMatchObject([{ completeness: 'unsupported', problems: [{ message }] }]);
  });

  test('a folder without documents says what it holds instead', async () => {
    await write({ 'k8s/a.yaml': 'kind: Service', 'k8s/b.json': '{}' });
    const { reports } = await run('k8s');
    expect(reports).toMatchObject([
      { scope: 'k8s', completeness: 'failed', saw: 'JSON and YAML files: 2, OpenAPI documents among them: 0' },
    ]);
    expect(reports[0]?.problems[0]?.mend).toBeTruthy();
  });

  test('a pattern that is not there retires nothing', async () => {
    await write({ 'a.yaml': good });
    const collected = await run('a.yaml', 'gone/*.yaml');
    expect(collected.reports.map(({ scope, completeness }) => [scope, completeness])).toEqual([
      ['a.yaml', 'complete'],
      ['gone/*.yaml', 'failed'],
    ]);
    expect(names(collected)).toBeUndefined();
  });

  test('a file over the limit is told, when it is named or begins like a document', async () => {
    await write({ 'big.yaml': good, 'big.json': '{"rows": []}' });
    await truncate(join(root, 'big.yaml'), maxBytes + 1);
    await truncate(join(root, 'big.json'), maxBytes + 1);
    expect((await run('.')).reports).toMatchObject([{ scope: 'big.yaml', completeness: 'unsupported' }]);
    const { reports } = await run('big.json');
    expect(reports).toMatchObject([
      { scope: 'big.json', completeness: 'unsupported', saw: 'nothing: 1 MB are more than the limit of 1 MB' },
    ]);
    expect(reports[0]?.problems[0]?.mend).toContain('maxBytes');
  });

  test('YAML of too many nodes is told before it takes the memory', async () => {
    await write({ 'rich.yaml': `${good}x-list: [${'1,'.repeat(500_000)}]` });
    const { reports } = await run('rich.yaml');
    expect(reports).toMatchObject([{ completeness: 'complete' }]);
    await write({ 'rich.yaml': `${good}x-list: [${','.repeat(1_000_000)}]` });
    expect((await run('rich.yaml')).reports).toMatchObject([
      { completeness: 'unsupported', problems: [{ where: 'rich.yaml' }] },
    ]);
  });

  test('a file that may not be read is denied', async () => {
    await write({ 'a.yaml': good });
    await chmod(root, 0o755);
    await chmod(join(root, 'a.yaml'), 0);
    // Nothing is denied to root: be nobody for as long as it reads.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect((await run('.')).reports).toMatchObject([{ scope: 'a.yaml', completeness: 'denied' }]);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });
});

describe('a path given on the command line', () => {
  const head = (text: string) => new TextEncoder().encode(text).subarray(0, 4_096);
  test.each([
    ['/x/api.yaml', good, true],
    ['/x/api.json', '{"info": {"title": "x"}, "swagger": "2.0", "paths": {', true],
    ['/x/api.json', `{"openapi": "3.1.0", "info": {"description": "${'x'.repeat(5_000)}`, true],
    ['/x/openapi.yaml', `components:\n  schemas:\n${'    A: {}\n'.repeat(1_000)}openapi: 3.0.0`, true],
    ['/x/openapi.json', `{"components": {"schemas": {"A": "${'x'.repeat(5_000)}"}}, "openapi": "3.0.0"}`, true],
    ['/x/openapitools.json', '{"generator-cli": {"version": "7"}}', false],
    ['/x/edge.har', '{"log": {"entries": [{"text": {"openapi": "3.0.0"}}]}}', false],
    ['/x/k.yaml', 'kind: Service\nspec:\n  openapi: 3.0.0', false],
    ['/x/list.json', '[{"openapi": "3.0.0"}]', false],
    ['/x/empty.yaml', '', false],
  ])('%s %#', (path, text, is) => {
    expect(spec.sniff?.({ path, folder: false, head: head(text) })).toEqual(
      is ? { paths: [path], maxBytes: 33_554_432 } : null,
    );
  });

  test('a folder is not for it to say', () => {
    expect(spec.sniff?.({ path: '/x', folder: true, head: new Uint8Array() })).toBeNull();
  });
});

describe('references', () => {
  test('to neighbouring files: paths, operations, parameters, bodies, responses, schemas, and back', async () => {
    await write({
      'api/openapi.yaml': minimal('  $ref: paths/_all.yaml\n').concat(
        'components: {parameters: {p: {name: p, in: query}}}',
      ),
      'api/paths/_all.yaml': '/a: {$ref: a.json}\n/b: {$ref: "b%20c.yaml#/x~1y/0"}\n/c: {get: {$ref: get.yaml}}\n',
      'api/paths/a.json': JSON.stringify({
        parameters: [{ $ref: '../openapi.yaml#/components/parameters/p' }],
        post: {
          requestBody: { $ref: '../lib.yaml#/bodies/A' },
          responses: { 200: { $ref: '../lib.yaml#/responses/R' } },
        },
      }),
      'api/paths/b c.yaml': 'x/y:\n  - get:\n      summary: B\n',
      'api/paths/get.yaml': 'summary: C',
      'api/lib.yaml':
        'bodies: {A: {content: {application/json: {schema: {$ref: "#/A"}}}}}\nA: {properties: {f: {$ref: "#/S"}}}\nS: {type: string}\nresponses: {R: {content: {text/csv: {}}}}',
    });
    const { sightings, reports } = await run('api');
    expect(reports).toMatchObject([{ scope: 'api/openapi.yaml', completeness: 'complete', problems: [] }]);
    expect(sightings.map(({ method, path, facts, where }) => [method, path, facts, where])).toEqual([
      [
        'POST',
        '/a',
        {
          version: '1',
          params: [
            { name: 'p', in: 'query' },
            { name: 'f', in: 'body', type: 'string' },
          ],
          consumes: ['application/json'],
          produces: ['text/csv'],
          responses: ['200'],
        },
        { in: 'document', file: 'api/paths/a.json', pointer: '/post', line: 1 },
      ],
      [
        'GET',
        '/b',
        { version: '1', summary: 'B' },
        { in: 'document', file: 'api/paths/b c.yaml', pointer: '/x~1y/0/get', line: 2 },
      ],
      ['GET', '/c', { version: '1', summary: 'C' }, { in: 'document', file: 'api/paths/get.yaml', pointer: '' }],
    ]);
  });

  test('what stands beside a path’s reference comes first', async () => {
    await write({
      'a.yaml': `${minimal('  /a: {$ref: "#/x-a", get: {summary: own}}\n')}x-a: {get: {summary: other}, put: {}}`,
    });
    const { sightings } = await run('a.yaml');
    expect(sightings.map(({ method, facts }) => [method, facts.summary])).toEqual([
      ['GET', 'own'],
      ['PUT', undefined],
    ]);
  });

  test.each([
    ['https://example.com/items.yaml#/get', 'leads to the network'],
    ['//example.com/items.yaml', 'leads to the network or to an absolute address'],
    ['/etc/hostname', 'leads to the network or to an absolute address'],
    ['file:///etc/hostname', 'leads to the network or to an absolute address'],
    ['C:\\items.yaml', 'leads to the network or to an absolute address'],
    ['../outside.yaml', 'leads out of the folder that was given'],
    ['%2e%2e/outside.yaml', 'leads out of the folder that was given'],
    ['link.yaml', 'leads out of the folder that was given'],
    ['links/outside.yaml', 'leads out of the folder that was given'],
    ['missing.yaml', 'names a file that is not there'],
    ['b.yaml#/nothing/here', 'names nothing that is there'],
    ['#/constructor', 'names nothing that is there'],
    ['#/__proto__', 'names nothing that is there'],
    ['#anchor', 'only JSON Pointers are read'],
    ['#/paths/~1a', 'a chain of more than 32 references'],
    ['%', 'is no URI'],
    ['a\u0000b.yaml', 'cannot be read'],
    [`#/${'x'.repeat(5_000)}`, 'longer than 1,024 characters'],
  ])('to %s lose a path, and say so', async (ref, message) => {
    await write({
      'specs/a.yaml': minimal(`  /a: {$ref: ${JSON.stringify(ref)}}\n  /b: {get: {}}\n`),
      'specs/b.yaml': 'a: 1',
      'outside.yaml': 'get: {}',
    });
    await symlink('../outside.yaml', join(root, 'specs/link.yaml'));
    await symlink('..', join(root, 'specs/links'));
    const { reports, sightings } = await collect(spec, { paths: ['specs/a.yaml', 'specs/b*'], maxBytes }, root);
    const report = reports.find(({ scope }) => scope === 'specs/a.yaml');
    expect(sightings.map(({ path }) => path)).toEqual(['/b']);
    expect(report?.completeness).toBe('partial');
    expect(report?.problems[0]?.message).toContain(message);
    expect(report?.problems[0]).toMatchObject({
      where: expect.stringContaining('specs/a.yaml:4#/paths/~1a'),
      mend: expect.any(String),
    });
  });

  test('that lose a fact only are told, in a complete scope', async () => {
    await write({
      'a.yaml': minimal('  /a: {get: {parameters: [{$ref: "https://u:p4ss@example.com/p?key=s3cret#/p"}]}}\n'),
    });
    const { reports } = await run('a.yaml');
    expect(reports[0]).toMatchObject({
      completeness: 'complete',
      problems: [{ where: 'a.yaml:4#/paths/~1a/get/parameters/0' }],
    });
    expect(JSON.stringify(reports)).not.toMatch(/p4ss|s3cret/);
  });

  test('to a broken neighbour make the scope partial', async () => {
    await write({ 'a.yaml': minimal('  /a: {$ref: b.yaml}\n'), 'b.yaml': 'get: {}\nput: {a: 1' });
    const { reports, sightings } = await run('a.yaml');
    expect(sightings.length).toBe(2);
    expect(reports[0]).toMatchObject({ completeness: 'partial', problems: [{ where: 'b.yaml:2:11' }] });
  });

  test('to very many files end', async () => {
    const files = Array.from({ length: 400 }, (_, i) => [`p${i}.yaml`, 'get: {}'] as const);
    await write({
      ...Object.fromEntries(files),
      'a.yaml': minimal(files.map(([name]) => `  /${name}: {$ref: ${name}}\n`).join('')),
    });
    const { reports, sightings } = await run('a.yaml');
    expect(sightings.length).toBe(256);
    expect(reports[0]?.completeness).toBe('partial');
    expect(reports[0]?.problems.length).toBe(50);
    expect(reports[0]?.saw).toContain('94 further problems');
  });
});

describe('broken documents give what can be read, and say where', () => {
  test.each([
    ['a tab', minimal('  /a:\n    get: {}\n\t/b: {}\n'), 1, 'a.yaml:6:'],
    ['a key twice', minimal('  /a: {get: {}}\n  /a: {put: {}}\n'), 1, 'a.yaml:5:3'],
    ['an open bracket', minimal('  /a: {get: {}}\n  /b: {get: {}\n'), 2, 'a.yaml:6:1'],
    ['bad indentation', minimal('  /a: {get: {}}\n /b: {get: {}}\n'), 1, 'a.yaml:5:1'],
    ['cut JSON', '{"openapi": "3.0.0", "paths": {"/a": {"get": {}, "put": {"summ', 2, 'a.yaml:1:63'],
    [
      'cut JSON before its version',
      '{"info": {},\n"host": "a.example", "paths": {"/a": {"get": {}}}',
      1,
      'a.yaml:2:50',
    ],
    [
      'a wrong byte in JSON',
      '{"openapi": "3.0.0", "paths": {"/a": {"get": {x}}, "/b": {"get": {}}}}',
      2,
      'a.yaml:1:47',
    ],
    ['two documents', `${good}---\nkind: Other`, 1, 'a.yaml:5:1'],
  ])('%s', async (_, text, operations, where) => {
    await write({ 'a.yaml': text });
    const { reports, sightings } = await run('a.yaml');
    expect(sightings.length).toBe(operations);
    expect(reports).toMatchObject([{ completeness: 'partial' }]);
    expect(reports[0]?.problems[0]?.where).toContain(where);
  });

  test('values of the wrong kind lose no more than themselves', async () => {
    await write({
      'a.yaml': minimal('  /a: {get: [], put: text, post: {}}\n  /b: 7\n  c: {get: }\n  x-d: {get: {}}\n'),
    });
    const { reports, sightings } = await run('a.yaml');
    expect(sightings.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /a', 'PUT /a', 'POST /a', 'GET /c']);
    expect(reports).toMatchObject([
      { completeness: 'partial', problems: [{}, {}, { where: 'a.yaml#/paths/~1b' }, { where: 'a.yaml:6#/paths/c' }] },
    ]);
  });
});
