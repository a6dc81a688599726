import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** How a file is packed: gzip (RFC 1952) or zstd (RFC 8878). */
export type Packing = 'gzip' | 'zstd';

/** How a file is packed, by its first bytes. */
export function packingOf(head: Uint8Array): Packing | null {
  if (head[0] === 0x1f && head[1] === 0x8b && head.length > 2) return 'gzip';
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd ? 'zstd' : null;
}

/** zstd came to Node with 22.15 and 23.8. */
export function unpacks(packing: Packing): boolean {
  return packing === 'gzip' || typeof zlib.createZstdDecompress === 'function';
}

/**
 * What the first bytes of a gzip file unpack to, about a thousand times as much at most; as they are when they are not gzip, `null` when they
 * cannot be unpacked. Of zstd the first bytes are not enough to look inside.
 */
export function unpackedHead(head: Uint8Array): Uint8Array | null {
  if (packingOf(head) !== 'gzip') return head;
  try {
    return zlib.gunzipSync(head, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
  } catch {
    // Whoever looks ahead learns that there is nothing to see; whoever reads the file tells why.
    return null;
  }
}

/** What is packed cannot be unpacked to its end: it is corrupt, or cut. */
export class UnpackError extends Error {
  override name = 'UnpackError';
  /** Of zlib or zstd: `Z_DATA_ERROR`. */
  readonly code: string;
  /** There was no more, and should have been: everything that was there has been given. */
  readonly cut: boolean;

  constructor({ message, code }: NodeJS.ErrnoException, cut: boolean) {
    super(message);
    this.code = code ?? 'Z_UNKNOWN';
    this.cut = cut;
  }
}

/** What is made at once, and so lost at most where a file is corrupt. */
const chunkSize = 262_144;

/**
 * Unpacks gzip (with several members) or zstd (with several frames; windows to 128 MiB) in a thread of Node's, never further ahead than a few
 * pieces of 256 KiB, whatever the ratio. Zeros behind gzip, as tapes leave them, are passed over.
 *
 * @throws {UnpackError} and what `packed` throws; a zstd file needs {@link unpacks}.
 */
export async function* unpacked(packed: AsyncIterable<Buffer>, packing: Packing): AsyncGenerator<Buffer> {
  let engine = new Engine(packing);
  try {
    for await (let chunk of packed) {
      for (;;) {
        yield* engine.write(chunk);
        chunk = chunk.subarray(engine.taken);
        if (chunk.length === 0) break;
        // Node's zstd ends with a frame, where its gunzip goes on with the next member.
        if (packing === 'gzip') return;
        engine.destroy();
        engine = new Engine(packing);
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
  #ending = false;
  #wake: () => void = () => undefined;

  constructor(packing: Packing) {
    this.#stream = packing === 'gzip' ? zlib.createGunzip({ chunkSize }) : zlib.createZstdDecompress({ chunkSize });
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
    this.#ending = true;
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
      else if (this.#error !== null) throw new UnpackError(this.#error, this.#ending);
      else if (over) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
