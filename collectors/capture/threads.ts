import { Worker } from 'node:worker_threads';
import { type Outcome, type PackedFolded, type PackedOutcome, type Task, uniteParts, unpack } from './task.ts';
import { newSeed } from './tcp/flows.ts';

/** The bundle has it beside itself; in development the source runs as it is. */
const inSource = import.meta.url.endsWith('.ts');
const entry = new URL(inSource ? './folding-thread.ts' : './folding-thread.js', import.meta.url);

/** V8 would take 134 MB for what is short-lived; with this it takes as long. */
const youngMegabytes = 24;

/**
 * Reads and folds a capture file in a thread of its own, or in several: each then reads the whole file and follows its own share of the
 * connections, which is less work than to hand packets from one thread to another. A thread that hangs ends with the signal.
 *
 * @throws the signal's reason once it is aborted, and what a thread dies of.
 */
export async function foldInThreads(
  task: Task,
  threads: number,
  signal: AbortSignal,
  progress: (bytes: number) => void,
): Promise<Outcome> {
  if (threads === 1) return unpack(await inThread<PackedOutcome>(task, 'outcome', signal, progress));
  const seed = newSeed();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const parts = Array.from({ length: threads }, (_, index) =>
    inThread<PackedFolded>(
      { ...task, part: { index, of: threads, seed } },
      'part',
      either,
      index === 0 ? progress : () => undefined,
    ),
  );
  try {
    return uniteParts(task, await Promise.all(parts));
  } catch (error) {
    stop.abort(error);
    await Promise.allSettled(parts);
    throw error;
  }
}

/** What the thread says last, once it has ended and its memory is free. */
function inThread<T>(
  task: Task,
  last: 'outcome' | 'part',
  signal: AbortSignal,
  progress: (bytes: number) => void,
): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const thread = new Worker(entry, {
      workerData: task,
      execArgv: inSource ? ['--conditions=source'] : [],
      resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
    });
    let said: T | undefined;
    const stop = () => {
      reject(signal.reason);
      void thread.terminate();
    };
    signal.addEventListener('abort', stop, { once: true });
    thread.on('message', (message: { progress: number } & Record<typeof last, T>) => {
      if ('progress' in message) progress(message.progress);
      else said = message[last];
    });
    thread.once('error', reject);
    thread.once('exit', (code) => {
      signal.removeEventListener('abort', stop);
      if (said !== undefined) resolve(said);
      else reject(new Error(`a thread that read ${task.scope} ended early, with code ${code}`));
    });
  });
}
