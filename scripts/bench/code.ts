import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { code } from '#collectors/code/index';
import { writeLongTree } from '#test/collectors/code/long-tree';

const ways = { read: plainly, scan: ours };
type Way = keyof typeof ways;

interface Measure {
  seconds: number;
  peakMegabytes: number;
  /** Files read, or routes found. */
  count: number;
  saw: string;
}

/**
 * Speed and memory of the code collector over trees that it makes, of which a tenth of the files have routes, beside reading
 * the same files; each in a process of its own. `NOONTIDE_BENCH_FOLDER` is scanned as well when it is set.
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'noontide-bench-'));
  try {
    for (const files of [2_000, 8_000]) {
      const tree = join(folder, String(files));
      const { bytes, routes } = await writeLongTree(tree, files);
      const { count } = await compare(tree, files, bytes);
      if (count !== routes) throw new Error(`${count} of ${routes} routes were found`);
    }
    const own = process.env['NOONTIDE_BENCH_FOLDER'];
    if (own) await compare(own, null, null);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(tree: string, files: number | null, bytes: number | null): Promise<Measure> {
  // Once before it counts, so that both find the files in memory.
  const first = await measured('read', tree);
  const read = await measured('read', tree);
  const scan = await measured('scan', tree);
  const total = files ?? first.count;
  const size = bytes === null ? '' : `, ${(bytes / 1e6).toFixed(1)} MB`;
  const speed = `${(total / scan.seconds).toFixed(0)} files/s${bytes === null ? '' : `, ${(bytes / 1e6 / scan.seconds).toFixed(1)} MB/s`}`;
  const ratio = (scan.seconds / read.seconds).toFixed(1);
  console.log(`code: ${total} files${size}: ${speed}, ${ratio} × the time of reading; peak ${scan.peakMegabytes} MB`);
  console.log(`code: ${scan.saw}`);
  return scan;
}

async function measured(way: Way, tree: string): Promise<Measure> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--conditions=source', fileURLToPath(import.meta.url), way, tree],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${way} ended with ${status}`);
  return JSON.parse(output) as Measure;
}

async function plainly(tree: string): Promise<[count: number, saw: string]> {
  let count = 0;
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    await readFile(join(entry.parentPath, entry.name));
    count++;
  }
  return [count, ''];
}

async function ours(tree: string): Promise<[count: number, saw: string]> {
  const silent = () => undefined;
  const run = {
    root: tree,
    signal: new AbortController().signal,
    log: { debug: silent, info: silent, warn: silent },
    progress: silent,
  };
  let count = 0;
  let saw = '';
  for await (const emission of code.collect({ paths: ['.'], exclude: [], includeTests: false }, run)) {
    if (emission.type === 'sighting') count++;
    if (emission.type === 'end') saw = emission.report.saw;
  }
  return [count, saw];
}

const [way, tree] = process.argv.slice(2);
if (process.argv[1] === fileURLToPath(import.meta.url) && way && tree) {
  const start = performance.now();
  const [count, saw] = await ways[way as Way](tree);
  const seconds = (performance.now() - start) / 1_000;
  const measure: Measure = { seconds, peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1_024), count, saw };
  console.log(JSON.stringify(measure));
}
