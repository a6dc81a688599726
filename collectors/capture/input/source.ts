import { closeSync, readSync } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { openRegularSync } from '#collectors/open';

/** Where a capture's bytes come from. */
export interface ByteSource {
  /** Bytes taken so far. */
  readonly taken: number;
  /** Fills `into` from `from` to its end, or as far as there is something; answers how many bytes those are: 0 at the end only. */
  fill(into: Buffer, from: number): number | Promise<number>;
  /** Gives back what it holds. */
  close(): void | Promise<void>;
}

/**
 * A regular file, read synchronously: a block is there in a fraction of a millisecond, while a read that is awaited costs a turn of the
 * thread pool, and reading ahead into a second buffer costs more than it gains.
 */
export class FileSource implements ByteSource {
  taken = 0;
  readonly #file: number;

  /** Throws what the file system does. */
  constructor(path: string) {
    this.#file = openRegularSync(path);
  }

  fill(into: Buffer, from: number): number {
    const read = readSync(this.#file, into, from, into.length - from, this.taken);
    this.taken += read;
    return read;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** A stream, such as standard input. An aborted signal ends it with an error. It is destroyed by `close`. */
export function streamSource(stream: Readable, signal: AbortSignal): ByteSource {
  return new ChunkSource(addAbortSignal(signal, stream));
}

/** Chunks of any size. What came before an error is given before it. */
export class ChunkSource implements ByteSource {
  taken = 0;
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer | null = null;
  /** How much of the chunk in hand was given. */
  #given = 0;
  #error: { reason: unknown } | null = null;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async fill(into: Buffer, from: number): Promise<number> {
    let at = from;
    while (at < into.length && (await this.#more())) {
      const chunk = this.#chunk!;
      const copied = chunk.copy(into, at, this.#given);
      this.#given += copied;
      at += copied;
      if (this.#given === chunk.length) this.#chunk = null;
    }
    if (at === from && this.#error !== null) throw this.#error.reason;
    this.taken += at - from;
    return at - from;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Whether there is a chunk in hand. */
  async #more(): Promise<boolean> {
    if (this.#chunk !== null) return true;
    if (this.#error !== null) return false;
    try {
      const next = await this.#chunks.next();
      if (next.done) return false;
      this.#chunk = next.value;
      this.#given = 0;
      return true;
    } catch (reason) {
      this.#error = { reason };
      return false;
    }
  }
}
