import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Emission, Run } from '#collectors/collector';
import type { FoundFile } from '#collectors/files';
import { Fold } from '#collectors/traffic/fold';
import { hostFilter } from '#collectors/traffic/own-hosts';
import { findCaptures } from './find.ts';
import { inOrder } from './in-order.ts';
import type { CaptureConfig } from './index.ts';
import { newReading } from './reading.ts';
import { plane, reportOf } from './scope-report.ts';
import { foldFile, type Outcome, outcomeOf, readInto, type Task } from './task.ts';
import { foldInThreads } from './threads.ts';
import { noSecrets, readKeyLog } from './tls/read-key-log.ts';

/** From so many bytes on, a thread of its own is worth its beginning. */
const threadedBytes = 32 * 1_048_576;

/** The sightings of every capture, in the order of recording; as many files are read at once as there are processors. */
export async function* collect(config: CaptureConfig, run: Run): AsyncGenerator<Emission> {
  if (config.paths.includes('-')) yield* collectStdin(config, run);
  const paths = config.paths.filter((path) => path !== '-');
  if (paths.length > 0) yield* collectFiles(paths, config, run);
}

async function* collectFiles(paths: readonly string[], config: CaptureConfig, run: Run): AsyncGenerator<Emission> {
  const { captures, failures } = await findCaptures(paths, run);
  for (const report of failures) {
    yield { type: 'begin', scope: report.scope, plane };
    yield { type: 'end', report };
  }
  const cores = availableParallelism();
  const stop = new AbortController();
  const stoppable = { ...run, signal: AbortSignal.any([run.signal, stop.signal]) };
  const read = async (file: FoundFile) => ({ file, outcome: await readFound(file, config, stoppable) });
  try {
    for await (const { file, outcome } of inOrder(captures, cores, read)) {
      yield { type: 'begin', scope: file.path, plane };
      yield* told(file.path, outcome, run);
    }
  } finally {
    // Whoever wanted the sightings may want no more of them, or one file may have failed: the next are under way.
    stop.abort();
  }
}

async function readFound(file: FoundFile, config: CaptureConfig, run: Run): Promise<Outcome> {
  const { path: scope, absolute: path, size } = file;
  const { hosts, threads } = config;
  const task: Task = { path, size, scope, hosts, keyLog: keyLogOf(config, run), part: undefined };
  const progress = (done: number) => run.progress({ done, total: size, unit: 'bytes', at: scope });
  if (size < threadedBytes) return outcomeOf(await foldFile(task, run.signal, progress));
  try {
    return await foldInThreads(task, threads ?? 1, run.signal, progress);
  } catch (error) {
    run.signal.throwIfAborted();
    return died(task, error as NodeJS.ErrnoException);
  }
}

/** A thread that dies, for want of memory perhaps, is one file that failed. */
function died({ scope }: Task, { code, message }: NodeJS.ErrnoException): Outcome {
  const reading = newReading();
  const problem = {
    message: `the thread that read it died: ${code ?? message}`,
    mend: 'split it (editcap -c 1000000 IN OUT), or report it',
  };
  reading.trouble = { completeness: 'failed', problem };
  return outcomeOf({ fold: new Fold(scope), reading, keyLogProblem: null });
}

/**
 * A scope is named for its first packet's time: another capture that is piped in later does not take the place of this one, and the
 * same one does.
 */
async function* collectStdin(config: CaptureConfig, run: Run): AsyncGenerator<Emission> {
  const keyLog = keyLogOf(config, run);
  const secrets = keyLog === undefined ? noSecrets() : await readKeyLog(keyLog.path, keyLog.name, run.signal);
  const reading = newReading();
  const scope = () => (reading.first === null ? 'stdin' : `stdin ${new Date(reading.first).toISOString()}`);
  let fold: Fold | null = null;
  const newFold = () => new Fold(scope(), {}, hostFilter(config.hosts));
  const progress = (done: number) => run.progress({ done, unit: 'bytes', at: 'stdin' });
  const first: Pick<Fold, 'add' | 'firstBelow'> = {
    get firstBelow() {
      fold ??= newFold();
      return fold.firstBelow;
    },
    add(exchange) {
      fold ??= newFold();
      fold.add(exchange);
    },
  };
  await readInto(first, process.stdin, reading, secrets.keys, run.signal, progress);
  yield { type: 'begin', scope: scope(), plane };
  const folded = { fold: fold ?? newFold(), reading, keyLogProblem: secrets.problem };
  yield* told(scope(), outcomeOf(folded), run);
}

function keyLogOf({ keylog }: CaptureConfig, { root }: Run): Task['keyLog'] {
  return keylog === undefined ? undefined : { path: resolve(root, keylog), name: keylog };
}

function* told(scope: string, outcome: Outcome, run: Run): Generator<Emission> {
  for (const sighting of outcome.sightings) {
    run.signal.throwIfAborted();
    yield { type: 'sighting', sighting };
  }
  yield { type: 'end', report: reportOf(scope, outcome) };
}
