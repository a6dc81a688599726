import { resolve } from 'node:path';
import type { Run } from '#collectors/collector';
import { type FoundFile, listFiles } from '#collectors/files';
import { openRegular, readUpTo } from '#collectors/open';
import { compareText } from '#model/order';
import type { ScopeReport } from '#model/scope';
import { firstTime } from './input/first-time.ts';
import { formatInside } from './input/format.ts';
import { failedReport } from './scope-report.ts';

/** Names that promise a capture: such a file is reported even when it holds none. */
const captureName = /\.(p?cap|pcapng|dmp)[0-9]*(\.gz|\.zst)?$/i;

/** The captures among what paths name, in the order of their first packets; and a report for each place where something is wrong. */
export async function findCaptures(
  paths: readonly string[],
  run: Run,
): Promise<{ captures: readonly FoundFile[]; failures: ScopeReport[] }> {
  const { files, problems } = await listFiles(run.root, paths, () => true);
  const named = new Set(paths.map((path) => resolve(run.root, path)));
  const failures = [...Map.groupBy(problems, ({ where }) => where ?? '.')].map(([scope, found]) =>
    failedReport(scope, found),
  );
  const captures: FoundFile[] = [];
  for (const file of files) {
    run.signal.throwIfAborted();
    if (named.has(file.absolute) || (await holdsCapture(file, run))) captures.push(file);
  }
  if (failures.length + captures.length === 0) {
    const problem = { message: `none of ${files.length} files is a packet capture`, where: paths.join(', ') };
    failures.push(failedReport(problem.where, [{ ...problem, mend: 'name the folder that holds captures' }]));
  }
  return { captures: await byFirstPacket(captures, run), failures };
}

/** In the order in which they were recorded; those that do not tell come last, by name. */
async function byFirstPacket(files: readonly FoundFile[], run: Run): Promise<readonly FoundFile[]> {
  if (files.length < 2) return files;
  const times = new Map<FoundFile, number>();
  for (const file of files) times.set(file, await firstTimeOf(file, run));
  return files.toSorted((a, b) => times.get(a)! - times.get(b)! || compareText(a.path, b.path));
}

async function firstTimeOf({ absolute }: FoundFile, run: Run): Promise<number> {
  try {
    return (await firstTime(absolute, run.signal)) ?? Number.MAX_VALUE;
  } catch (error) {
    run.signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    // Its own report will tell.
    return Number.MAX_VALUE;
  }
}

async function holdsCapture(file: FoundFile, run: Run): Promise<boolean> {
  try {
    const handle = await openRegular(file.absolute);
    try {
      return isPromising(file.path, await readUpTo(handle, 4_096));
    } finally {
      await handle.close();
    }
  } catch (error) {
    run.log.debug({ path: file.path, code: (error as NodeJS.ErrnoException).code }, 'cannot be read');
    // By its name a capture: its report gives the reason.
    return captureName.test(file.path);
  }
}

/** A capture by its first bytes, also inside of gzip; or by its name, where they tell of none or cannot tell. */
export function isPromising(path: string, head: Uint8Array): boolean {
  const format = formatInside(head);
  return format === 'pcap' || format === 'pcapng' || captureName.test(path);
}
