import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Emission, Run } from '#collectors/collector';
import type { FoundFile } from '#collectors/files';
import type { Counter } from '#collectors/traffic/exchange';
import { Fold } from '#collectors/traffic/fold';
import { hostFilter } from '#collectors/traffic/own-hosts';
import { findCaptures } from './find.ts';
import { inOrder } from './in-order.ts';
import type { CaptureConfig } from './index.ts';
import { growFreely, memoryKeeper } from './memory.ts';
import { newReading } from './reading.ts';
import { foldRotation } from './rotation/fold.ts';
import { RotationReader } from './rotation/reader.ts';
import { plane, told } from './scope-report.ts';
import { type Outcome, outcomeOf, type Task } from './task.ts';
import { foldInThreads } from './threads.ts';
import { noSecrets, readKeyLog } from './tls/read-key-log.ts';

/** From so many bytes on, of all files of a rotation, a thread of its own is worth its beginning. */
const threadedBytes = 32 * 1_048_576;

/** The sightings of every capture; as many rotations, or captures that stand alone, are read at once as there are processors. */
export async function* collect(config: CaptureConfig, run: Run): AsyncGenerator<Emission> {
  const paths = config.paths.filter((path) => path !== '-');
  try {
    if (paths.length < config.paths.length) yield* collectStdin(config, run);
    if (paths.length > 0) yield* collectFiles(paths, config, run);
  } finally {
    growFreely();
  }
}

async function* collectFiles(paths: readonly string[], config: CaptureConfig, run: Run): AsyncGenerator<Emission> {
  const { rotations, failures } = await findCaptures(paths, run);
  for (const report of failures) {
    yield { type: 'begin', scope: report.scope, plane };
    yield { type: 'end', report };
  }
  const cores = availableParallelism();
  const stop = new AbortController();
  const stoppable = { ...run, signal: AbortSignal.any([run.signal, stop.signal]) };
  const read = (files: readonly FoundFile[]) => readRotation(files, config, stoppable);
  try {
    for await (const { file, outcome } of inOrder(rotations, cores, read)) {
      yield* told(file.path, outcome, run.signal, hostFilter(config.hosts));
    }
  } finally {
    // Whoever wanted the sightings may want no more of them, or one file may have failed: the next are under way.
    stop.abort();
  }
}

interface ReadFile {
  file: FoundFile;
  outcome: Outcome;
}

/** A thread that dies, for want of memory perhaps, is one file that failed: what comes behind it begins anew. */
async function* readRotation(files: readonly FoundFile[], config: CaptureConfig, run: Run): AsyncGenerator<ReadFile> {
  const { hosts, threads = 1 } = config;
  const keyLog = keyLogOf(config, run);
  const tasks = files.map(
    ({ path, absolute, size }): Task => ({ path: absolute, size, scope: path, hosts, keyLog, part: undefined }),
  );
  const progress = ({ scope, size }: Task, done: number) =>
    run.progress({ done, total: size, unit: 'bytes', at: scope });
  const isLarge = tasks.reduce((sum, { size }) => sum + size, 0) >= threadedBytes;
  for (let done = 0; done < files.length; ) {
    try {
      const left = tasks.slice(done);
      const outcomes = isLarge
        ? foldInThreads(left, threads, run.signal, progress)
        : foldHere(left, run.signal, progress);
      for await (const outcome of outcomes) yield { file: files[done++]!, outcome };
    } catch (error) {
      run.signal.throwIfAborted();
      if (!isLarge) throw error;
      const file = files[done++]!;
      yield { file, outcome: died(file.path, error as NodeJS.ErrnoException) };
    }
  }
}

async function* foldHere(...rotation: Parameters<typeof foldRotation>): AsyncGenerator<Outcome> {
  for await (const folded of foldRotation(...rotation)) yield outcomeOf(folded);
}

function died(scope: string, { code, message }: NodeJS.ErrnoException): Outcome {
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
  const first = (): Fold => {
    fold ??= newFold();
    return fold;
  };
  const to: Counter = {
    get firstBelow() {
      return first().firstBelow;
    },
    add: (exchange) => first().add(exchange),
  };
  const reader = new RotationReader({ alike: true, keys: secrets.keys });
  const keepMemory = memoryKeeper();
  for await (const bytes of reader.read({ input: process.stdin, name: 'stdin', reading, to }, run.signal)) {
    progress(bytes);
    keepMemory();
  }
  reader.close();
  const folded = { fold: fold ?? newFold(), reading, keyLogProblem: secrets.problem };
  yield* told(scope(), outcomeOf(folded), run.signal, hostFilter(config.hosts));
}

function keyLogOf({ keylog }: CaptureConfig, { root }: Run): Task['keyLog'] {
  return keylog === undefined ? undefined : { path: resolve(root, keylog), name: keylog };
}
