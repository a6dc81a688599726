import { type CaptureInput, readBlocks } from '#collectors/capture/input/read';
import { Pipeline, type PipelineOptions } from '#collectors/capture/pipeline';
import { newReading, type Reading } from '#collectors/capture/reading';
import { unreadable } from '#collectors/capture/unreadable';
import type { Counter } from '#collectors/traffic/exchange';
import { readBeginning } from './beginning.ts';
import { longestSilence } from './chain.ts';

/** A capture of a rotation, and where goes what is read of it. */
export interface RotatedFile {
  input: CaptureInput;
  /** How exchanges that end in a later file name it. */
  name: string;
  reading: Reading;
  /** Gets each exchange that ends in it. */
  to: Counter;
}

/** Packets of several interfaces or processors may be this much out of order, milliseconds. */
const disorder = 10;

/**
 * Reads the files of a rotation one after another: `read`, then `end`. Connections go on from each file to the next, as long as nothing is
 * wrong with a file, and as the next one is where it should be.
 */
export class RotationReader {
  readonly #options: PipelineOptions;
  #pipeline: Pipeline | null = null;
  #reading: Reading = newReading();

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /**
   * Reads a capture block by block, and yields how many bytes were taken. What keeps it from being read is told in the reading's trouble.
   *
   * @throws the signal's reason once it is aborted.
   */
  async *read({ input, name, reading, to }: RotatedFile, signal: AbortSignal): AsyncGenerator<number, void> {
    this.#pipeline ??= new Pipeline(this.#options);
    this.#pipeline.begin(name, reading, to);
    this.#reading = reading;
    try {
      reading.trouble = (yield* readBlocks(input, this.#pipeline, signal)) ?? reading.trouble;
    } catch (error) {
      signal.throwIfAborted();
      reading.trouble = unreadable(error);
    }
  }

  /** What was read has ended; `next` is the path of the file that may go on with it, `null` when there is none. */
  async end(next: string | null, signal: AbortSignal): Promise<void> {
    this.#pipeline?.end();
    if (next === null || !(await this.#goesOn(next, signal))) this.close();
  }

  /** {@link end}, of a recording whose next file is certain, and not there yet. */
  pause(): void {
    if (this.#reading.trouble === null) this.#pipeline?.end();
    else this.close();
  }

  /** The recording is over: what waits is told in the file that was read last. */
  close(): void {
    this.#pipeline?.close();
    this.#pipeline = null;
  }

  async #goesOn(next: string, signal: AbortSignal): Promise<boolean> {
    const { trouble, to } = this.#reading;
    if (trouble !== null || to === null) return false;
    try {
      const { first, underWay } = await readBeginning(next, signal);
      if (first === null || first < to - disorder || first > to + longestSilence) return false;
      return this.#pipeline?.isForeign(underWay) === false;
    } catch (error) {
      signal.throwIfAborted();
      // Whatever it is, its own report will tell.
      unreadable(error);
      return false;
    }
  }
}
