import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** What is packed cannot be unpacked to its end: it is cut or corrupt. */
export class UnpackError extends Error {
  override name = 'UnpackError';
}

/** What is made at once, and so lost at most where a file is corrupt. */
const chunkSize = 262_144;

/** zstd came to Node with 22.15 and 23.8. */
export function unpacks(format: 'gzip' | 'zstd'): boolean {
  return format === 'gzip' || typeof zlib.createZstdDecompress === 'function';
}

/**
 * Unpacks gzip (with several members, RFC 1952) or zstd (with several frames, RFC 8878; windows to 128 MiB) in a thread of Node's, never
 * further ahead than a few pieces, whatever the ratio. What stands behind gzip and is none is passed over, as `gunzip` does.
 *
 * @throws {UnpackError} and what `packed` throws.
 */
export async function* unpacked(packed: AsyncIterable<Buffer>, format: 'gzip' | 'zstd'): AsyncGenerator<Buffer> {
  let engine = new Engine(format);
  try {
    for await (let chunk of packed) {
      for (;;) {
        yield* engine.write(chunk);
        chunk = chunk.subarray(engine.taken);
        if (chunk.length === 0) break;
        // Node's zstd ends with a frame, where its gunzip goes on with the next member.
        if (format === 'gzip') return;
        engine.destroy();
        engine = new Engine(format);
      }
    }
    yield* engine.end();
  } finally {
    engine.destroy();
  }
}

/** One of Node's engines, driven write by write: so an end that comes too early takes nothing with it that was before. */
class Engine {
  /** Bytes of the last write that were used; fewer than there were when the frame has ended. */
  taken = 0;
  readonly #stream: Transform & zlib.Zlib;
  #error: Error | null = null;
  #wake: () => void = () => undefined;

  constructor(format: 'gzip' | 'zstd') {
    this.#stream = format === 'gzip' ? zlib.createGunzip({ chunkSize }) : zlib.createZstdDecompress({ chunkSize });
    this.#stream.on('readable', () => this.#wake());
    this.#stream.on('error', (error) => {
      this.#error = error;
      this.#wake();
    });
  }

  async *write(chunk: Buffer): AsyncGenerator<Buffer> {
    const before = this.#stream.bytesWritten;
    yield* this.#outcome((done) => this.#stream.write(chunk, done));
    this.taken = this.#stream.bytesWritten - before;
  }

  end(): AsyncGenerator<Buffer> {
    return this.#outcome((done) => this.#stream.on('end', done).end());
  }

  destroy(): void {
    this.#stream.destroy();
  }

  /** What comes out until an act is done. An engine that fails forgets to say that it is done. */
  async *#outcome(act: (done: (error?: Error | null) => void) => void): AsyncGenerator<Buffer> {
    let over = false;
    act((error) => {
      this.#error ??= error ?? null;
      over = true;
      this.#wake();
    });
    for (;;) {
      const piece: Buffer | null = this.#stream.read();
      if (piece !== null) yield piece;
      else if (this.#error !== null) throw new UnpackError(this.#error.message);
      else if (over) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
