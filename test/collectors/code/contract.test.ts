import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { code } from '#collectors/code/index';
import { collectorContract } from '#test/collectors/contract';

const rest = { exclude: [], includeTests: false };

collectorContract({
  collector: code,
  module: { path: '#collectors/code/index', name: 'code' },
  fixtures: fileURLToPath(new URL('fixtures', import.meta.url)),
  config: { paths: ['.'], ...rest },
  bad: [
    { config: {}, names: 'paths' },
    { config: { paths: [] }, names: 'paths' },
    { config: { paths: [''] }, names: 'paths' },
    { config: { paths: ['.'], exclude: 'vendor' }, names: 'exclude' },
    { config: { paths: ['.'], includeTests: 'yes' }, names: 'includeTests' },
    { config: { paths: ['.'], include: [] }, names: 'include' },
  ],
  missing: { paths: ['nowhere'], ...rest },
  breakable: 'library/src/app.ts',
  secrets: [
    'sk_live_5tJq0ZrW8hLxYb2N',
    'Tr0ub4dor-3',
    'eyJhbGciOiJIUzI1NiJ9',
    'whsec_0f9e8d7c6b5a4938',
    '1a2b3c4d5e6f7a8b9c0d1e2f',
    'correct-horse-battery',
    '0123456789abcdef0123456789abcdef',
    'tok_9f8e7d6c5b4a3f2e1d0c',
  ],
  /** Files of 8 KiB, a tenth of which have routes. */
  async long(folder, megabytes) {
    const into = join(folder, `repository-${megabytes}`);
    await rm(into, { recursive: true, force: true });
    await mkdir(into);
    await writeFile(
      join(into, 'app.js'),
      `const app = require('express')();\napp.get('/health', (req, res) => res.end());\n`,
    );
    for (let i = 0; i < megabytes * 128; i++) {
      await writeFile(join(into, `file-${i}.js`), i % 10 === 0 ? withRoutes(i) : without(i));
    }
    return { paths: [into], ...rest };
  },
});

function withRoutes(number: number): string {
  const routes = Array.from(
    { length: 20 },
    (_, i) =>
      `router.get('/thing-${i}/:id', authenticate, async (req, res) => {\n  const thing = await things.find(req.params.id);\n  if (!thing) return res.status(404).json({ error: 'there is none' });\n  res.json({ id: thing.id, name: thing.name, links: thing.links.map((link) => link.href) });\n});\n`,
  );
  return `const router = require('express').Router();\nrequire('./app').use('/part-${number}', router);\n${routes.join('')}module.exports = router;\n`;
}

function without(number: number): string {
  const functions = Array.from(
    { length: 40 },
    (_, i) =>
      `export function compute${i}(values) {\n  const sum = values.reduce((total, value) => total + value * ${i}, 0);\n  return { sum, mean: sum / values.length, tag: 'part-${number}' };\n}\n`,
  );
  return functions.join('');
}
