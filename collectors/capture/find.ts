import { resolve } from 'node:path';
import type { Run } from '#collectors/collector';
import { type FoundFile, listFiles } from '#collectors/files';
import { compareText } from '#model/order';
import type { ScopeReport } from '#model/scope';
import { formatInside } from './input/format.ts';
import { type Opening, readOpening } from './input/opening.ts';
import { FileSource } from './input/source.ts';
import { type FoundCapture, rotationsOf } from './rotation/chain.ts';
import { failedReport } from './scope-report.ts';

/** What is looked at of a file, one after another. */
const looked = Buffer.alloc(4_096);

/** Names that promise a capture: such a file is reported even when it holds none. */
const captureName = /\.(p?cap|pcapng|dmp)[0-9]*(\.gz|\.zst)?$/i;

/** What paths name. */
export interface Found {
  /** The captures, files of one rotation together, in the order of their first packets. */
  rotations: FoundFile[][];
  /** A report for each place where something is wrong. */
  failures: ScopeReport[];
}

/** The captures among what paths name. */
export async function findCaptures(paths: readonly string[], run: Run): Promise<Found> {
  const { files, problems } = await listFiles(run.root, paths, () => true);
  const named = new Set(paths.map((path) => resolve(run.root, path)));
  const failures = [...Map.groupBy(problems, ({ where }) => where ?? '.')].map(([scope, found]) =>
    failedReport(scope, found),
  );
  const captures: FoundFile[] = [];
  for (const file of files) {
    run.signal.throwIfAborted();
    if (named.has(file.absolute) || holdsCapture(file, run)) captures.push(file);
  }
  if (failures.length + captures.length === 0) {
    const problem = { message: `none of ${files.length} files is a packet capture`, where: paths.join(', ') };
    failures.push(failedReport(problem.where, [{ ...problem, mend: 'name the folder that holds captures' }]));
  }
  return { rotations: await inRotations(captures, run), failures };
}

/** In the order in which they were recorded; those that do not tell come last, by name. */
async function inRotations(files: readonly FoundFile[], run: Run): Promise<FoundFile[][]> {
  if (files.length < 2) return files.map((file) => [file]);
  const captures: FoundCapture[] = [];
  for (const file of files) captures.push({ ...file, opening: await openingOf(file, run) });
  const first = ({ opening }: FoundCapture) => opening.first ?? Number.MAX_VALUE;
  return rotationsOf(captures.sort((a, b) => first(a) - first(b) || compareText(a.path, b.path)));
}

async function openingOf({ absolute }: FoundFile, run: Run): Promise<Opening> {
  try {
    return await readOpening(absolute, run.signal);
  } catch (error) {
    run.signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    // Its own report will tell.
    return { first: null, header: '' };
  }
}

function holdsCapture(file: FoundFile, run: Run): boolean {
  try {
    const source = new FileSource(file.absolute);
    try {
      return isPromising(file.path, looked.subarray(0, source.fill(looked, 0)));
    } finally {
      source.close();
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
