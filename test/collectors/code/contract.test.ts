import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { code } from '#collectors/code/index';
import { collectorContract } from '#test/collectors/contract';
import { writeLongTree } from './long-tree.ts';

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
  /** Files of some 5 KB, a tenth of which have routes. */
  async long(folder, megabytes) {
    const into = join(folder, `repository-${megabytes}`);
    await rm(into, { recursive: true, force: true });
    await writeLongTree(into, megabytes * 200);
    return { paths: [into], ...rest };
  },
});
