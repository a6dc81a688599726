import { Worker } from 'node:worker_threads';
import { collectGarbage } from '#collectors/garbage';
import { type Outcome, type PackedFolded, type PackedOutcome, type Task, uniteParts, unpackOutcome } from './task.ts';
import { newSeed } from './tcp/flows.ts';

/** The bundle has it beside itself; in development the source runs as it is. */
const inSource = import.meta.url.endsWith('.ts');
const entry = new URL(inSource ? './folding-thread.ts' : './folding-thread.js', import.meta.url);

/** V8 would take 134 MB for what is short-lived; with this it takes as long, and several threads have less to collect with more. */
const youngMegabytes = { alone: 20, several: 48 };

type Heard = (task: Task, bytes: number) => void;

/**
 * Reads and folds the files of a rotation in a thread of its own, or in several: each then reads all of them and follows its own share of
 * the connections, which is less work than to hand packets from one thread to another. Yields the outcome of each file in turn; the threads
 * are at most two files ahead. A thread that hangs ends with the signal.
 *
 * @throws the signal's reason once it is aborted, and what a thread dies of.
 */
export async function* foldInThreads(
  tasks: readonly Task[],
  threads: number,
  signal: AbortSignal,
  progress: Heard,
): AsyncGenerator<Outcome> {
  // What this thread took to begin is not needed while others take their own.
  collectGarbage('last-resort');
  if (threads === 1) {
    for await (const one of inThread<PackedOutcome>(tasks, signal, progress)) yield unpackOutcome(one);
    return;
  }
  const seed = newSeed();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const parts = Array.from({ length: threads }, (_, index) => {
    const shares = tasks.map((task) => ({ ...task, part: { index, of: threads, seed } }));
    return inThread<PackedFolded>(shares, either, index === 0 ? progress : () => undefined);
  });
  try {
    for (const task of tasks) {
      const folded = await Promise.all(parts.map(async (part) => (await part.next()).value as PackedFolded));
      yield uniteParts(task, folded);
    }
  } finally {
    stop.abort();
    await Promise.allSettled(parts.map((part) => part.return(undefined)));
  }
}

/** What the thread says of each file. The last is given once it has ended and its memory is free. */
async function* inThread<T>(tasks: readonly Task[], signal: AbortSignal, progress: Heard): AsyncGenerator<T> {
  signal.throwIfAborted();
  const thread = new Worker(entry, {
    workerData: tasks,
    execArgv: inSource ? ['--conditions=source'] : [],
    resourceLimits: {
      maxYoungGenerationSizeMb: tasks[0]!.part === undefined ? youngMegabytes.alone : youngMegabytes.several,
    },
  });
  const byScope = new Map(tasks.map((task) => [task.scope, task]));
  const said: T[] = [];
  const state: { failure: { reason: unknown } | null; over: boolean } = { failure: null, over: false };
  let wake: () => void = () => undefined;
  const fail = (reason: unknown) => {
    state.failure ??= { reason };
    wake();
  };
  const stop = () => fail(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  thread.on('message', (message: { scope: string; progress: number } | { said: T }) => {
    if ('progress' in message) {
      const task = byScope.get(message.scope);
      if (task !== undefined) progress(task, message.progress);
    } else {
      said.push(message.said);
      wake();
    }
  });
  thread.once('error', fail);
  thread.once('exit', (code) => {
    state.over = true;
    fail(new Error(`a thread that read ${tasks[0]!.scope} ended early, with code ${code}`));
  });
  try {
    for (let left = tasks.length; left > 0; left--) {
      while (said.length === 0 || (left === 1 && !state.over)) {
        signal.throwIfAborted();
        if (said.length === 0 && state.failure !== null) throw state.failure.reason;
        await new Promise<void>((resolve) => (wake = resolve));
      }
      thread.postMessage('taken');
      yield said.shift()!;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await thread.terminate();
  }
}
