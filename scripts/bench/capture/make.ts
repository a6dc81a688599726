/**
 * Makes one capture and, beside it, what it holds as JSON:
 *
 *   node --conditions=source scripts/bench/capture/make.ts plain 300 /tmp/plain300.pcap
 *
 * The words are a variant of variants.ts, the size in megabytes, and the file; the truth is in /tmp/plain300.pcap.json.
 * `NOONTIDE_BENCH_KEEP=FOLDER npm run bench -- capture` keeps the captures of the benchmark there, and takes those that are there.
 */
import { writeFile } from 'node:fs/promises';
import { type Variant, variants } from './variants.ts';

const [, , variant = '', megabytes, path] = process.argv;
if (!Object.hasOwn(variants, variant) || !(Number(megabytes) > 0) || path === undefined) {
  console.error(`usage: make.ts VARIANT MEGABYTES FILE; there are ${Object.keys(variants).join(', ')}`);
  process.exit(2);
}
const before = performance.now();
const truth = variants[variant as Variant](path, Number(megabytes) * 1e6);
await writeFile(`${path}.json`, JSON.stringify(truth));
const { counts, ...figures } = truth;
const seconds = (performance.now() - before) / 1_000;
console.log({ ...figures, counts: Object.keys(counts).length, seconds, megabytes: truth.bytes / 1e6 / seconds });
