import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseFile, pipe } from 'stream-json/file/index.js';
import { pick } from 'stream-json/filters/pick.js';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import { har } from '#collectors/har/index';
import { writeLongHar } from '#test/collectors/har/long-har';

const ways = { raw, ours, 'stream-json': streamJson };
type Way = keyof typeof ways;

interface Measure {
  seconds: number;
  peakMegabytes: number;
  entries: number;
}

/**
 * Speed and memory of the HAR collector beside reading the same bytes and beside stream-json, each in a process of its own.
 * `NOONTIDE_BENCH_MEGABYTES` is the size of the archive, 300 unless told.
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'noontide-bench-'));
  try {
    const path = join(folder, 'long.har');
    const file = await open(path, 'w');
    const written = await writeLongHar(file, Number(process.env['NOONTIDE_BENCH_MEGABYTES'] ?? 300));
    await file.close();
    const megabytes = (await stat(path)).size / 1e6;
    console.log(`har: ${megabytes.toFixed(0)} MB, ${written} entries`);
    // Once before it counts, so that all find the file in memory.
    await measured('raw', path);
    const measures = new Map<Way, Measure>();
    for (const way of Object.keys(ways) as Way[]) measures.set(way, await measured(way, path));
    const bare = measures.get('raw') as Measure;
    for (const [way, { seconds, peakMegabytes, entries }] of measures) {
      if (way !== 'raw' && entries !== written) throw new Error(`${way} found ${entries} of ${written} entries`);
      const speed = `${(megabytes / seconds).toFixed(0)} MB/s, ${(seconds / bare.seconds).toFixed(1)} × the time of raw reading`;
      console.log(`har: ${way.padEnd(11)} ${speed}; peak ${peakMegabytes} MB`);
    }
    const ratio = (measures.get('stream-json') as Measure).seconds / (measures.get('ours') as Measure).seconds;
    console.log(`har: ${ratio.toFixed(1)} times as fast as stream-json`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(way: Way, path: string): Promise<Measure> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--conditions=source', fileURLToPath(import.meta.url), way, path],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${way} ended with ${code}`);
  return JSON.parse(output) as Measure;
}

async function raw(path: string): Promise<number> {
  let bytes = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1_048_576 })) bytes += (piece as Buffer).length;
  return bytes;
}

async function ours(path: string): Promise<number> {
  const silent = () => undefined;
  const run = {
    root: '/',
    signal: new AbortController().signal,
    log: { debug: silent, info: silent, warn: silent },
    progress: silent,
  };
  let entries = 0;
  for await (const emission of har.collect({ paths: [path] }, run)) {
    if (emission.type === 'end') entries = Number(/^[0-9,]+/.exec(emission.report.saw)?.[0].replaceAll(',', ''));
  }
  return entries;
}

/** Its fastest way by its own documentation: values whole and not in parts, the file read in blocks, entries only. */
async function streamJson(path: string): Promise<number> {
  const run = pipe(
    parseFile({ streamValues: false, readBlockSize: 1_048_576 }),
    pick({ filter: 'log.entries' }),
    streamArray(),
  );
  let entries = 0;
  for await (const _ of run(path)) entries++;
  return entries;
}

const [, started, way, path] = process.argv;
if (started === fileURLToPath(import.meta.url) && way && path) {
  const before = performance.now();
  const entries = await ways[way as Way](path);
  const seconds = (performance.now() - before) / 1_000;
  const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1_024);
  console.log(JSON.stringify({ seconds, peakMegabytes, entries }));
}
