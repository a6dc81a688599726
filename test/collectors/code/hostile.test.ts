import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { code } from '#collectors/code/index';
import { grammarLibrary, indentsTooDeep, loads, nestsTooDeep, registerPython } from '#collectors/code/parse';
import { scanFolder } from '#collectors/code/scan';
import type { Emission } from '#collectors/collector';
import { collect, flaws, testRun } from '#test/collectors/contract';
import { read, shown } from './routes.ts';

const app = `const express = require('express'); const app = express();\napp.get('/x', h);\n`;

/** What is made of a hostile file beside a good one, which must be read in any case. */
async function beside(file: string, content: string | Uint8Array) {
  const result = await read({ [file]: content, 'good.js': app });
  expect(shown(result)).toContain('GET /x');
  for (const sighting of result.sightings) expect(flaws(sighting, code)).toEqual([]);
  return result.report;
}

describe('no file stops a scan', () => {
  const many = (text: string, count: number) => text.repeat(count);
  const python = 'from fastapi import FastAPI\napp = FastAPI()\n';
  test.each<[string, string, string | Uint8Array, string]>([
    ['brackets', 'a.js', `${app}${many('(\n', 500_000)}`, 'partial'],
    ['lists', 'a.js', `${app}${many('[\n', 200_000)}`, 'partial'],
    ['blocks', 'a.js', `${app}${many('{', 390)}${many('}', 390)}`, 'complete'],
    ['a long chain', 'a.js', `${app}app${many(".get('/y', h)\n", 20_000)};`, 'partial'],
    ['a long sum', 'a.js', `${app}app.get('/y'${many("\n+ '/z'", 20_000)}, h);`, 'partial'],
    ['a long else', 'a.js', `${app}${many('if (a) b();\nelse ', 20_000)};`, 'partial'],
    ['long arrows', 'a.js', `${app}${many('a =>\n', 20_000)}b;`, 'partial'],
    ['long ternaries', 'a.js', `${app}x = ${many('a ? b :\n', 20_000)}c;`, 'partial'],
    ['nested assignments', 'a.js', `${app}${many('a[', 300)}0${many('] += 1', 300)};`, 'partial'],
    ['calls of calls', 'a.js', `${app}${doubling(40)}`, 'partial'],
    ['a recursion', 'a.js', `${app}function f(n) { app.get('/r', h); return f(n) + f(n); } f(1);`, 'complete'],
    [
      'a class of its own base',
      'a.js',
      `${app}class A extends B {} class B extends A { constructor() { super(); } } new A().x;`,
      'complete',
    ],
    [
      'an export of itself',
      'a.js',
      `${app}export * from './a.js'; export { y } from './a.js'; import { y } from './a.js'; app.get(y, h);`,
      'complete',
    ],
    ['a minified file', 'a.js', `${app.replaceAll('\n', '')}${many('a.b(c);', 100_000)}`, 'complete'],
    ['a large file', 'a.js', `${app}${many('// a comment that goes on\n', 100_000)}`, 'partial'],
    [
      'bytes that are no text',
      'a.js',
      Buffer.concat([Buffer.from(app), Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])]),
      'partial',
    ],
    [
      'names of prototypes',
      'a.js',
      `${app}const t = { __proto__: { a: '/p' }, constructor: '/c' }; app.get(t.__proto__.a, h); app.get(t.constructor, h); app.toString('/x', h); ({}).hasOwnProperty.get('/x', h);`,
      'complete',
    ],
    [
      'indentation',
      'a.py',
      `${python}${Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}if a:`).join('\n')}\n`,
      'partial',
    ],
    [
      'indentation of two lines',
      'a.py',
      `${python}${Array.from({ length: 900 }, (_, i) => `${many(' \\\n', i % 400)} if a:`)
        .slice(0, 400)
        .join('\n')}\n`,
      'partial',
    ],
    ['a long union', 'a.py', `${python}x = ${many('a |\\\n', 5_000)}b\n`, 'partial'],
    ['nested f-strings', 'a.py', `${python}x = ${many('f"{', 300)}1${many('}"', 300)}\n`, 'partial'],
    ['half a file', 'a.py', `${python}@app.get("/y")\ndef y(`, 'partial'],
  ])(
    '%s',
    async (_, file, content, completeness) => {
      const report = await beside(file, content);
      expect([report.completeness, report.problems]).toEqual([completeness, report.problems]);
    },
    60_000,
  );

  function doubling(depth: number): string {
    const functions = Array.from({ length: depth }, (_, i) => `function f${i}() { f${i + 1}(); f${i + 1}(); }`);
    return `${functions.join('\n')}\nfunction f${depth}() { app.get('/d', h); } f0();`;
  }

  test('routers that mount each other without end', async () => {
    const mounts = Array.from(
      { length: 40 },
      (_, i) => `const r${i + 1} = express.Router(); r${i}.use('/a', r${i + 1}); r${i}.use('/b', r${i + 1});`,
    );
    const source = `${app}const r0 = express.Router(); app.use(r0);\n${mounts.join('\n')}\nr40.get('/y', h);`;
    const { report, sightings } = await read({ 'a.js': source });
    expect(sightings.length).toBeLessThanOrEqual(100_000);
    expect(report.completeness).toBe('partial');
    expect(report.problems[0]?.message).toContain('more than 100,000 routes');
  }, 60_000);

  test('links in circles and out of the folder', async () => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-links-')));
    try {
      await mkdir(join(root, 'repo/src'), { recursive: true });
      await writeFile(join(root, 'repo/src/app.js'), app);
      await writeFile(join(root, 'outside.js'), `require('express')().get('/outside', h);`);
      await symlink('..', join(root, 'repo/src/up'));
      await symlink('../../outside.js', join(root, 'repo/src/out.js'));
      await symlink('nowhere.js', join(root, 'repo/src/dead.js'));
      const { sightings, reports } = await collect(code, code.config.parse({ paths: ['repo'] }), root);
      expect(sightings.map(({ path }) => path)).toEqual(['/x']);
      expect(reports[0]?.problems.map(({ where }) => where)).toEqual(['repo/src/out.js']);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });

  test('an import that leads out of the folder is not followed', async () => {
    const result = await read(
      {
        'repo/app.js': `const app = require('express')(); app.use('/a', require('../outside')); app.use('/b', require('/etc/passwd')); app.get('/x', h);`,
        'outside.js': `module.exports = require('express').Router().get('/y', h);`,
      },
      { paths: ['repo'] },
    );
    expect(shown(result)).toEqual(['GET /x']);
  });
});

describe('files that were cut or changed', () => {
  const folder = fileURLToPath(new URL('fixtures/', import.meta.url));
  const files = [
    'library/src/app.ts',
    'library/src/routes/books.ts',
    'library/src/routes/loans.ts',
    'tickets/tickets/main.py',
    'tickets/tickets/api/tickets.py',
    'tickets/tickets/security.py',
  ];

  test('never throw, and give sightings that are well formed', async () => {
    const sources = new Map(
      await Promise.all(files.map(async (file) => [file, await readFile(join(folder, file))] as const)),
    );
    const edit = fc.record({
      file: fc.constantFrom(...files),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(40),
      insert: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.constantFrom(
          '(',
          ')',
          '{',
          '}',
          '"',
          '`',
          "'",
          '\\',
          '\n',
          '${',
          'f"{',
          '@',
          '=>',
          '...',
          '**',
          '\0',
          '\uFFFF',
        ),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        const changed = new Map(sources);
        for (const { file, at, length, insert } of edits) {
          const source = changed.get(file)!;
          const from = Math.floor(at * source.length);
          changed.set(
            file,
            Buffer.concat([source.subarray(0, from), Buffer.from(insert), source.subarray(from + length)]),
          );
        }
        const { sightings, report } = await read(Object.fromEntries(changed));
        for (const sighting of sightings) expect(flaws(sighting, code)).toEqual([]);
        expect(report.saw).not.toBe('');
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});

describe('the Python grammar', () => {
  test('is loaded from where it was shipped, without an install script', () => {
    expect(registerPython()).toBe(null);
    const folder = fileURLToPath(new URL('../../../node_modules/@ast-grep/lang-python', import.meta.url));
    expect(grammarLibrary(folder, 'linux', 'arm64')).toBe(join(folder, 'prebuilds/prebuild-Linux-ARM64/parser.so'));
    expect(grammarLibrary(folder, 'darwin', 'x64')).toBe(join(folder, 'prebuilds/prebuild-macOS-X64/parser.so'));
    expect(grammarLibrary(folder, 'freebsd', 'x64')).toBe(null);
    expect(grammarLibrary(folder, 'linux', 'riscv64')).toBe(null);
  });

  test('is asked for before it may end the process', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'noontide-grammar-'));
    try {
      await writeFile(join(folder, 'parser.so'), 'no library');
      expect(grammarLibrary(folder, 'plan9', 'x64')).toBe(join(folder, 'parser.so'));
      expect(loads(join(folder, 'parser.so'))).toBe(false);
      expect(loads(join(folder, 'missing.so'))).toBe(false);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('without it, JavaScript is read, and Python is told', async () => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-no-python-')));
    try {
      await writeFile(join(root, 'app.js'), app);
      await writeFile(
        join(root, 'main.py'),
        'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/y")\ndef y(): ...\n',
      );
      const run = testRun(root, new AbortController().signal);
      const emissions: Emission[] = [];
      const scan = scanFolder('.', root, code.config.parse({ paths: ['.'] }), run, 'there is no build');
      let next = await scan.next();
      for (; !next.done; next = await scan.next()) emissions.push(next.value);
      expect(next.value).toBe(1);
      expect(emissions.flatMap((each) => (each.type === 'sighting' ? [each.sighting.path] : []))).toEqual(['/x']);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});

test('guards of the parser', () => {
  expect(nestsTooDeep(Buffer.from(`${'('.repeat(400)}${')'.repeat(400)}`))).toBe(false);
  expect(nestsTooDeep(Buffer.from('('.repeat(401)))).toBe(true);
  expect(nestsTooDeep(Buffer.from('(]{'.repeat(200)))).toBe(false);
  expect(indentsTooDeep(Buffer.from('if a:\n    b\n'.repeat(10_000)))).toBe(false);
  expect(indentsTooDeep(Buffer.from(Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}x`).join('\n')))).toBe(true);
});
