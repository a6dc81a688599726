import { z } from 'zod';
import type { Collector, Emission, Run, Sniff } from '#collectors/collector';
import { type FoundFile, listFiles } from '#collectors/files';
import { absent } from '#collectors/traffic/absent';
import { Fold } from '#collectors/traffic/fold';
import { hostFilter, hostsOption } from '#collectors/traffic/own-hosts';
import { counted, figure } from '#model/figure';
import type { ScopeReport } from '#model/scope';
import type { Sighting } from '#model/sighting';
import { type Log, readLog } from './log.ts';

const config = z
  .strictObject({
    paths: z
      .array(z.string().min(1))
      .min(1)
      .describe('HAR files (also gzip), folders of them, or globs; relative to noontide.yaml.'),
    hosts: hostsOption,
  })
  .describe('HTTP archives (HAR 1.2) that browsers, proxies and test tools record.');

export type HarConfig = z.infer<typeof config>;

export const har: Collector<HarConfig> = {
  kind: 'har',
  plane: 'observed',
  about: 'Operations that answered, from HTTP archives (HAR 1.2) of browsers, proxies and test tools.',
  config,
  sniff,
  async *collect({ paths, hosts }, run) {
    const { files, problems } = await listFiles(run.root, paths, isHarName);
    for (const file of files) yield* collectFile(file, hosts, run);
    yield* absent(problems, new Set(files.map((file) => file.path)));
  },
};

function sniff({ path, folder, head }: Sniff): HarConfig | null {
  if (folder) return null;
  if (isHarName(path)) return { paths: [path] };
  const text = Buffer.from(head).toString('latin1');
  const isHar =
    /^(?:\xef\xbb\xbf)?\s*\{\s*"log"\s*:\s*\{/.test(text) && /"(?:creator|entries|pages|browser)"\s*:/.test(text);
  return isHar ? { paths: [path] } : null;
}

function isHarName(path: string): boolean {
  return /\.har(?:\.gz)?$/i.test(path);
}

async function* collectFile(file: FoundFile, hosts: HarConfig['hosts'], run: Run): AsyncGenerator<Emission> {
  const scope = file.path;
  yield { type: 'begin', scope, plane: 'observed' };
  const fold = new Fold(scope, {}, hostFilter(hosts));
  const log = await readLog(file.absolute, scope, fold, run.signal, (done) =>
    run.progress({ done, total: file.size, unit: 'bytes', at: scope }),
  );
  const { covers, saw, problems } = fold.summary();
  for (const sighting of fold.sightings())
    yield { type: 'sighting', sighting: log.stripped ? withoutAnonymous(sighting) : sighting };
  const report: ScopeReport = {
    scope,
    plane: 'observed',
    completeness: log.completeness,
    saw: sawOf(log, saw),
    problems: [...log.problems, ...problems],
    covers,
  };
  yield { type: 'end', report };
}

/** An export without credentials cannot show that an operation answers without them. */
function withoutAnonymous(sighting: Sighting): Sighting {
  const { auth, anonymousSuccess, ...facts } = sighting.facts;
  const seen = auth && auth.mechanisms.length > 0 ? { auth: { ...auth, required: 'unknown' as const } } : {};
  return { ...sighting, facts: { ...facts, ...seen } };
}

function sawOf({ entries, cached, elsewhere, stripped }: Log, folded: string): string {
  if (entries === 0) return '0 entries: nothing was recorded';
  const asides = [
    cached > 0 && `${figure(cached)} from a cache`,
    elsewhere > 0 && `${figure(elsewhere)} not over HTTP left out`,
  ].filter((aside) => aside !== false);
  const said = `${counted(entries, 'entry', 'entries')}${asides.length > 0 ? ` (${asides.join(', ')})` : ''}`;
  return `${said}: ${folded}${stripped ? '; the browser left credentials out of its export' : ''}`;
}
