import { resolve } from 'node:path';
import { z } from 'zod';
import type { Collector, Emission, Run } from '#collectors/collector';
import { type FoundFile, listFiles } from '#collectors/files';
import { openRegular, readUpTo } from '#collectors/open';
import { Fold } from '#collectors/traffic/fold';
import { hostFilter, hostsOption } from '#collectors/traffic/own-hosts';
import type { Problem, ScopeReport } from '#model/scope';
import { newReading, type Reading, readExchanges } from './exchanges.ts';
import { formatOf, type Trouble } from './input/format.ts';
import { losses, sawPackets, whyNothing } from './report.ts';

const plane = 'observed';

const config = z.strictObject({
  paths: z
    .array(z.string().min(1))
    .min(1)
    .describe(
      'Packet captures: files, folders, globs. What a file is, its first bytes tell; its name does not matter.',
    ),
  hosts: hostsOption,
});

export type CaptureConfig = z.infer<typeof config>;

/** Names that promise a capture: such a file is reported even when it holds none. */
const captureName = /\.(p?cap|pcapng|dmp)[0-9]*(\.gz|\.zst)?$/i;

/** HTTP/1 in classic pcap files. One scope a file; a capture stays true after it is deleted, so scopes are never retired. */
export const capture: Collector<CaptureConfig> = {
  kind: 'capture',
  plane,
  about: 'HTTP/1 requests and responses in packet captures (classic pcap, as tcpdump writes them).',
  config,
  sniff: ({ path, folder, head }) => (!folder && isPromising(path, head) ? { paths: [path] } : null),
  collect,
};

async function* collect({ paths, hosts }: CaptureConfig, run: Run): AsyncGenerator<Emission> {
  const { files, problems } = await listFiles(run.root, paths, () => true);
  const named = new Set(paths.map((path) => resolve(run.root, path)));
  let scopes = 0;
  for (const scope of new Set(problems.map(placeOf))) {
    scopes++;
    yield* failed(
      scope,
      problems.filter((problem) => placeOf(problem) === scope),
    );
  }
  for (const file of files) {
    run.signal.throwIfAborted();
    if (!named.has(file.absolute) && !(await holdsCapture(file, run))) continue;
    scopes++;
    yield* collectFile(file, hosts, run);
  }
  if (scopes > 0) return;
  const problem = { message: `none of ${files.length} files is a packet capture`, where: paths.join(', ') };
  yield* failed(problem.where, [{ ...problem, mend: 'name the folder that holds captures' }]);
}

async function* collectFile(file: FoundFile, hosts: CaptureConfig['hosts'], run: Run): AsyncGenerator<Emission> {
  yield { type: 'begin', scope: file.path, plane };
  const fold = new Fold(file.path, {}, hostFilter(hosts));
  const reading = newReading();
  const progress = (done: number) => run.progress({ done, total: file.size, unit: 'bytes', at: file.path });
  try {
    for await (const exchange of readExchanges(file.absolute, run.signal, reading, progress)) fold.add(exchange);
  } catch (error) {
    run.signal.throwIfAborted();
    // Only what the file system says is expected here.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    reading.trouble = unreadable(error as NodeJS.ErrnoException);
  }
  for (const sighting of fold.sightings()) {
    run.signal.throwIfAborted();
    yield { type: 'sighting', sighting };
  }
  yield { type: 'end', report: reportOf(file.path, fold, reading) };
}

function reportOf(scope: string, fold: Fold, { tally, trouble, from, to }: Reading): ScopeReport {
  const summary = fold.summary();
  const lost = losses(tally, scope);
  const problems: Problem[] = [...lost, ...summary.problems];
  if (trouble !== null) {
    const { where } = trouble.problem;
    problems.unshift({ ...trouble.problem, where: where === undefined ? scope : `${scope}: ${where}` });
  }
  const nothing = trouble !== null && tally.packets === 0 ? 'nothing was read' : whyNothing(tally);
  const met = tally.requests + tally.responses > 0 ? summary.saw : nothing;
  return {
    scope,
    plane,
    completeness: trouble?.completeness ?? (lost.length > 0 ? 'partial' : 'complete'),
    saw: `${sawPackets(tally)}; ${met}`,
    problems,
    // The capture's span, not that of its exchanges: silence was observed too.
    covers: { ...summary.covers, ...(from === null || to === null ? {} : { from, to }) },
  };
}

async function holdsCapture(file: FoundFile, run: Run): Promise<boolean> {
  try {
    const handle = await openRegular(file.absolute);
    try {
      return isPromising(file.path, await readUpTo(handle, 4));
    } finally {
      await handle.close();
    }
  } catch (error) {
    run.log.debug({ path: file.path, code: (error as NodeJS.ErrnoException).code }, 'cannot be read');
    // By its name a capture: its report gives the reason.
    return captureName.test(file.path);
  }
}

/** A capture by its first bytes, or by its name one in another format. */
function isPromising(path: string, head: Uint8Array): boolean {
  const format = formatOf(head);
  return format === 'pcap' || format?.name === 'pcapng' || captureName.test(path);
}

function unreadable({ code }: NodeJS.ErrnoException): Trouble {
  const denied = code === 'EACCES' || code === 'EPERM';
  return {
    completeness: denied ? 'denied' : 'failed',
    problem: { message: `cannot be read (${code})`, mend: 'give the user who scans the right to read it' },
  };
}

function placeOf({ where }: Problem): string {
  return where ?? '.';
}

function* failed(scope: string, problems: Problem[]): Generator<Emission> {
  yield { type: 'begin', scope, plane };
  const saw = problems.map((problem) => problem.message).join('; ');
  yield { type: 'end', report: { scope, plane, completeness: 'failed', saw, problems, covers: {} } };
}
