/**
 * Runs one collector in this process and prints how many sightings it gave and the most memory the process held, in MB.
 * Arguments: the module that exports the collector, the export's name, its configuration as JSON, the run's root.
 */
import type { Collector } from '#collectors/collector';

const [path = '', name = '', config = '', root = ''] = process.argv.slice(2);
const module = (await import(path)) as Record<string, Collector<unknown>>;
const collector = module[name];
if (!collector) throw new Error(`${path} exports no ${name}`);

const silent = () => undefined;
let sightings = 0;
const run = {
  root,
  signal: new AbortController().signal,
  log: { debug: silent, info: silent, warn: silent },
  progress: silent,
};
for await (const emission of collector.collect(JSON.parse(config), run)) {
  if (emission.type === 'sighting') sightings++;
}
// Linux and macOS alike: libuv gives kilobytes.
console.log(JSON.stringify({ sightings, peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1_024) }));
