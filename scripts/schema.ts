/**
 * Writes what is made from the configuration's schemas: schema/noontide.schema.json for editors, and the tables in
 * docs/configuration.md. With `--check` it writes nothing, and fails when one of them is not what it would write.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { collectors } from '#collectors/index';
import { configSchema } from '#config/json-schema';
import { filled, referenceTables } from '#config/tables';

const root = new URL('../', import.meta.url);
const check = process.argv.includes('--check');
const schemaFile = new URL('schema/noontide.schema.json', root);
const pageFile = new URL('docs/configuration.md', root);

const page = await readFile(pageFile, 'utf8');
const made: [URL, string][] = [
  [schemaFile, `${JSON.stringify(configSchema(collectors), null, 2)}\n`],
  [pageFile, filled(page, referenceTables(collectors))],
];
for (const [file, text] of made) {
  const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '';
  });
  if (before === text) continue;
  if (check) {
    console.error(`${file.pathname} is not what its schemas say: npm run schema`);
    process.exitCode = 1;
  } else await writeFile(file, text);
}
