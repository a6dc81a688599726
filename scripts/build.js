/**
 * Builds what is shipped into dist/: our own modules and Kysely's, 400 of them, in a few files, because opening each by itself is
 * most of what a short command would take. Every other package is left to the user's installation. JavaScript, because
 * Node.js before 22.18 runs no TypeScript.
 */
import { readFileSync } from 'node:fs';
import { build } from 'rolldown';

const license = readFileSync(new URL('../node_modules/kysely/LICENSE', import.meta.url), 'utf8').trim();

await build({
  // All but the first are entries of threads.
  input: {
    bin: 'src/cli/bin.ts',
    'folding-thread': 'collectors/capture/folding-thread.ts',
    'recorder-thread': 'collectors/capture/input/recorder-thread.ts',
  },
  platform: 'node',
  resolve: { conditionNames: ['source', 'node', 'import', 'default'] },
  external: (id, _importer, resolved) => !resolved && /^[@\w]/.test(id) && id !== 'kysely',
  output: {
    dir: 'dist/src/cli',
    cleanDir: true,
    entryFileNames: '[name].js',
    codeSplitting: { groups: [{ name: 'kysely', test: /node_modules[\\/]kysely/ }] },
    // What is copied carries its licence.
    banner: (chunk) => (chunk.name === 'kysely' ? `/*! Kysely\n\n${license}\n*/` : ''),
  },
});
