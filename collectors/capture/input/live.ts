import { Worker } from 'node:worker_threads';
import type { LiveBatch, LiveOptions, RecorderEvent } from './recorder.ts';
import type { RecorderWord } from './recorder-thread.ts';

/** Nothing can be recorded; the message says what would help. */
class LiveError extends Error {
  override name = 'LiveError';
}

/** Beside this file, as it stands here and as it is built. */
const thread = new URL(
  import.meta.url.endsWith('.ts') ? './recorder-thread.ts' : './recorder-thread.js',
  import.meta.url,
);

/**
 * Starts to record from an interface, with tcpdump or else dumpcap as a child process: whichever is there and has the right to.
 *
 * @throws {LiveError} When neither can, with what the first one said and what would help.
 */
export async function startRecording(options: LiveOptions): Promise<Recording> {
  const recording = new Recording(options);
  await recording.begun;
  return recording;
}

/**
 * A recording that runs: batches are written as packets come, whether they are taken or not. That is done in a thread of its own, so that
 * packets are fetched while a batch is scanned: the kernel holds no more than 64 MiB of them.
 */
export class Recording {
  /** So far. */
  packets = 0;
  /** Packets that were lost before they could be read; `null` before the program told. */
  dropped: number | null = null;
  /** Why it ended, when that was not by {@link stop}. */
  failure: string | null = null;
  /** The program that records. */
  program = '';
  /** Throws {@link LiveError}. */
  readonly begun: Promise<void>;

  readonly #worker: Worker;
  readonly #batches: LiveBatch[] = [];
  #pid: number | null = null;
  #over = false;
  #wake: () => void = () => undefined;

  /** Use {@link startRecording}. */
  constructor(options: LiveOptions) {
    this.#worker = new Worker(thread, { workerData: options });
    this.begun = new Promise((resolve, reject) => {
      this.#worker.on('message', (event: RecorderEvent) => {
        if (event.type === 'begun') resolve();
        if (event.type === 'refused') reject(new LiveError(`${event.failure.message} (${event.failure.mend})`));
        this.#take(event);
      });
      this.#worker.on('error', (error) => {
        reject(error);
        this.#end(`the recording broke off: ${error.message}`);
      });
    });
  }

  /** Batches that are waiting. */
  get waiting(): number {
    return this.#batches.length;
  }

  /** Ends the recording in a moment: what has passed by now still comes, the rest as a last batch. */
  stop(): void {
    this.#worker.postMessage('stop' satisfies RecorderWord);
  }

  /** Ends it at once, if it is not over. */
  abandon(): void {
    if (this.#pid === null || this.#over) return;
    try {
      process.kill(this.#pid, 'SIGKILL');
    } catch (error) {
      // It ended before that was told.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Whole batches as they come, until the recording is over. A batch is taken when the next one is asked for. */
  async *batches(): AsyncGenerator<LiveBatch> {
    for (;;) {
      const batch = this.#batches.shift();
      if (batch !== undefined) {
        yield batch;
        this.#worker.postMessage('taken' satisfies RecorderWord);
      } else if (this.#over) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #take(event: RecorderEvent): void {
    switch (event.type) {
      case 'begun':
        this.program = event.program;
        this.#pid = event.pid;
        return;
      case 'figures':
        this.packets = event.packets;
        this.dropped = event.dropped;
        return;
      case 'batch':
        this.#batches.push(event.batch);
        this.#wake();
        return;
      case 'over':
        this.#end(event.failure);
        return;
      case 'refused':
    }
  }

  #end(failure: string | null): void {
    this.failure = failure;
    this.#over = true;
    this.#wake();
  }
}
