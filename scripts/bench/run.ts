/**
 * Runs the benchmarks, or those that are named: `npm run bench`, `npm run bench -- store har`. Each prints figures with their
 * ratio to a peer or a physical limit that was measured in the same run; none of them is a test. With the word `large` those that have
 * a longer form (capture) run that.
 */
import { readdir } from 'node:fs/promises';

const folder = new URL('.', import.meta.url);
const known = (await readdir(folder))
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.slice(0, -3))
  .sort();
const words = process.argv.slice(2);
const wanted = words.filter((word) => word !== 'large');
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`there is no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(2);
}

for (const name of wanted.length > 0 ? wanted : known) {
  const { bench } = (await import(new URL(`${name}.ts`, folder).href)) as {
    bench(how: { large: boolean }): Promise<void>;
  };
  console.log(`\n${name}`);
  await bench({ large: words.includes('large') });
}
