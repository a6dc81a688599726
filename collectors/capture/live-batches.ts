import type { Collector, Emission, Run } from '#collectors/collector';
import { listFiles } from '#collectors/files';
import { type CaptureConfig, capture } from './index.ts';
import { memoryKeeper } from './memory.ts';
import { newReading } from './reading.ts';
import { RotationReader } from './rotation/reader.ts';
import { told } from './scope-report.ts';
import { type Folded, newFold, outcomeOf, type Task } from './task.ts';

/**
 * Reads the batches of one recording, which come one after another: connections go on from each to the next. Only what was read last is
 * kept, for what waits in it until the recording ends.
 */
export class LiveBatches {
  readonly #reader = new RotationReader({ alike: true });
  #last: { scope: string; folded: Folded } | null = null;
  #told = 0;

  /** Reads the batch that its configuration names. */
  get collector(): Collector<CaptureConfig> {
    return { ...capture, collect: (config, run) => this.#collect(config, run) };
  }

  /** The last batch once more, whatever its configuration names, with what {@link finish} added. */
  get lastAgain(): Collector<CaptureConfig> {
    return { ...capture, collect: (_, run) => this.#lastOnceMore(run) };
  }

  /** The recording is over: what waits for an answer gets none. False when nothing did. */
  finish(): boolean {
    this.#reader.close();
    return this.#last !== null && heard(this.#last.folded) > this.#told;
  }

  async *#collect({ paths }: CaptureConfig, run: Run): AsyncGenerator<Emission> {
    const keepMemory = memoryKeeper();
    const { files } = await listFiles(run.root, paths, () => true);
    for (const { path: scope, absolute: path, size } of files) {
      const task: Task = { path, size, scope, hosts: undefined, keyLog: undefined, part: undefined };
      const folded: Folded = { fold: newFold(task), reading: newReading(), keyLogProblem: null };
      const { fold, reading } = folded;
      this.#last = { scope, folded };
      const file = { input: path, name: scope, reading, to: fold };
      let whole = false;
      try {
        for await (const done of this.#reader.read(file, run.signal)) {
          run.progress({ done, total: size, unit: 'bytes', at: scope });
          keepMemory();
        }
        whole = true;
      } finally {
        // Half of it was read: what comes next cannot go on with it.
        if (!whole) this.#reader.close();
      }
      this.#reader.pause();
      yield* this.#tell(run);
    }
  }

  async *#lastOnceMore(run: Run): AsyncGenerator<Emission> {
    yield* this.#tell(run);
  }

  *#tell({ signal }: Run): Generator<Emission> {
    if (this.#last === null) return;
    const outcome = outcomeOf(this.#last.folded);
    this.#told = heard(this.#last.folded);
    yield* told(this.#last.scope, outcome, signal);
  }
}

/** Exchanges, and connections of TLS of which it is known whether they stay closed. */
function heard({ fold, reading }: Folded): number {
  let connections = 0;
  for (const host of reading.tally.tlsHosts) connections += host.connections;
  return fold.summary().exchanges + connections;
}
