/**
 * Runs one collector in this process and prints how many sightings it gave, and the most memory that was in use and could not be
 * freed at any time, in MB: it looks every 50 ms, after a collection, so that the figure does not depend on when the engine clears up.
 * Arguments: the module that exports the collector, the export's name, its configuration as JSON, the run's root.
 */
import type { Collector } from '#collectors/collector';

const [path = '', name = '', config = '', root = ''] = process.argv.slice(2);
const module = (await import(path)) as Record<string, Collector<unknown>>;
const collector = module[name];
if (!collector) throw new Error(`${path} exports no ${name}`);

const silent = () => undefined;
let sightings = 0;
let peak = 0;
const look = (): void => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  peak = Math.max(peak, heapUsed + external);
};
const watch = setInterval(look, 50);
const run = {
  root,
  signal: new AbortController().signal,
  log: { debug: silent, info: silent, warn: silent },
  progress: silent,
};
for await (const emission of collector.collect(JSON.parse(config), run)) {
  if (emission.type === 'sighting') sightings++;
}
clearInterval(watch);
look();
console.log(JSON.stringify({ sightings, peakMegabytes: Math.round(peak / 1_048_576) }));
