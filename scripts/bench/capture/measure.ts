/**
 * One way to read a capture, in a process of its own so that its peak of memory is its own: `measure.ts WAY FILE`. Prints a
 * {@link Measure} as JSON. What it holds is expected beside it, in FILE.json.
 */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readExchanges } from '#collectors/capture/exchanges';
import { capture } from '#collectors/capture/index';
import { newReading } from '#collectors/capture/reading';
import { Matcher } from '#test/collectors/capture/made/match';
import type { Truth } from '#test/collectors/capture/made/truth';

export interface Measure {
  seconds: number;
  peakMegabytes: number;
  /** Requests that were found, those of the truth that were not, and those that nobody made; `null` where nobody looked. */
  found: number | null;
  missed: number | null;
  invented: number | null;
  /** Some of what differs. */
  differences: string[];
}

type Found = Omit<Measure, 'seconds' | 'peakMegabytes'>;

const nothing: Found = { found: null, missed: null, invented: null, differences: [] };

/**
 * - `raw`: the file in blocks of 1 MiB, and nothing done with them.
 * - `exchanges`: every exchange as it was read, counted.
 * - `match`: the same, each compared with the truth by method, host, template and status.
 * - `collect`, `collect-2`: what a scan does, up to the sightings, in one thread and in two.
 */
const ways = {
  raw,
  exchanges,
  match,
  collect: (path: string) => collect(path, 1),
  'collect-2': (path: string) => collect(path, 2),
};
export type Way = keyof typeof ways;

export const timed: readonly Way[] = ['raw', 'exchanges', 'collect', 'collect-2'];

function raw(path: string): Found {
  const file = openSync(path, 'r');
  const block = Buffer.allocUnsafeSlow(1_048_576);
  while (readSync(file, block, 0, block.length, null) > 0);
  closeSync(file);
  return nothing;
}

async function exchanges(path: string): Promise<Found> {
  let found = 0;
  for await (const _ of readExchanges(path, new AbortController().signal, newReading())) found++;
  return { ...nothing, found };
}

async function match(path: string): Promise<Found> {
  const matcher = new Matcher(JSON.parse(await readFile(`${path}.json`, 'utf8')) as Truth);
  for await (const exchange of readExchanges(path, new AbortController().signal, newReading())) matcher.add(exchange);
  return matcher.result();
}

async function collect(path: string, threads: number): Promise<Found> {
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent };
  const run = { root: '/', signal: new AbortController().signal, log, progress: silent };
  let found = 0;
  for await (const emission of capture.collect({ paths: [path], threads }, run)) {
    if (emission.type !== 'sighting') continue;
    const { statuses = {} } = emission.sighting.facts;
    for (const count of Object.values(statuses)) found += count;
  }
  return { ...nothing, found };
}

/** The most memory that this process had. Linux's maxRSS begins with that of the process which started it, so its own account first. */
async function peak(): Promise<number> {
  const status = existsSync('/proc/self/status') ? await readFile('/proc/self/status', 'utf8') : '';
  const own = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return Math.round(Number(own ?? process.resourceUsage().maxRSS) / 1_024);
}

const [, started, way, path] = process.argv;
if (started === fileURLToPath(import.meta.url) && way && path) {
  const before = performance.now();
  const found = await ways[way as Way](path);
  const seconds = (performance.now() - before) / 1_000;
  const peakMegabytes = await peak();
  console.log(JSON.stringify({ seconds, peakMegabytes, ...found } satisfies Measure));
}
