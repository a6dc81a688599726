import type { FileHandle } from 'node:fs/promises';
import { openRegular } from './open.ts';
import { packingOf, UnpackError, unpacked, unpacks } from './unpack.ts';

const piece = 1_048_576;
/** Of what is packed: an engine that fails keeps what it made of the piece at hand. */
const packedPiece = 65_536;

/**
 * The bytes of a file in pieces of 1 MiB or less, unpacked when it is gzip or zstd, by its magic. A piece is valid until the next is asked
 * for. `progress` is told how many bytes of the file itself were read. A packed file that was cut gives all that was in it, and its end is
 * noticed by what it lacks.
 *
 * Throws what the file system throws, {@link UnpackError} for data that is corrupt, and an error with the code
 * `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` for zstd with a Node.js that is too old for it; the file is closed in any case.
 */
export async function* pieces(path: string, progress: (bytes: number) => void): AsyncGenerator<Buffer> {
  const file = await openRegular(path);
  try {
    const reader = new Reader(file);
    const first = await reader.next(packedPiece);
    for await (const bytes of opened(first, reader)) {
      yield bytes;
      progress(reader.done);
    }
  } catch (error) {
    if (!(error instanceof UnpackError && error.cut)) throw error;
  } finally {
    await file.close();
  }
}

function opened(first: Buffer, reader: Reader): AsyncIterable<Buffer> {
  const packing = packingOf(first);
  if (packing === null) return reader.from(first, piece);
  if (unpacks(packing)) return unpacked(reader.from(first, packedPiece), packing);
  throw Object.assign(new Error('zstd needs Node.js 22.15'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}

/** A file from its beginning, into one buffer that is used again. */
class Reader {
  /** Bytes that were read so far. */
  done = 0;
  readonly #file: FileHandle;
  readonly #buffer = Buffer.allocUnsafeSlow(piece);

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** At most `length` bytes; none at the end only. */
  async next(length: number): Promise<Buffer> {
    const { bytesRead } = await this.#file.read(this.#buffer, 0, length, this.done);
    this.done += bytesRead;
    return this.#buffer.subarray(0, bytesRead);
  }

  /** `bytes`, which were read already, and what follows them, `length` bytes at a time. */
  async *from(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
    for (; bytes.length > 0; bytes = await this.next(length)) yield bytes;
  }
}
