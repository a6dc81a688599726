/**
 * Writes what is made from schemas: of the configuration schema/noontide.schema.json, for editors, and the tables in
 * docs/configuration.md; of the catalog schema/catalog.schema.json. With `--check` it writes nothing, and fails when one of them is not what it would write.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { collectors } from '#collectors/index';
import { configSchema } from '#config/json-schema';
import { filled, referenceTables } from '#config/tables';
import { catalogJsonSchema } from '#export/schema';

const root = new URL('../', import.meta.url);
const schemaFile = 'schema/noontide.schema.json';
const catalogFile = 'schema/catalog.schema.json';
const pageFile = 'docs/configuration.md';

const page = await readFile(new URL(pageFile, root), 'utf8');
const made: [file: string, text: string][] = [
  [schemaFile, JSON.stringify(configSchema(collectors), null, 2)],
  [catalogFile, JSON.stringify(catalogJsonSchema(), null, 2)],
  [pageFile, filled(page, referenceTables(collectors))],
];
for (const [file, text] of made) {
  const there = new URL(file, root);
  const before = await readFile(there, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '';
  });
  const after = formatted(file, text);
  if (before === after) continue;
  if (process.argv.includes('--check')) {
    console.error(`${file} is not what the schemas say: npm run schema`);
    process.exitCode = 1;
  } else await writeFile(there, after);
}

/** As the formatter would leave it, so that the two never undo each other. */
function formatted(file: string, text: string): string {
  const biome = fileURLToPath(import.meta.resolve('@biomejs/biome/bin/biome'));
  const run = { cwd: fileURLToPath(root), input: text, encoding: 'utf8' } as const;
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${file}`], run);
}
