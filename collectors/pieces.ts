import type { FileHandle } from 'node:fs/promises';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { openRegular } from './open.ts';

const piece = 1_048_576;

/**
 * The bytes of a file in pieces of 1 MiB or less, unpacked when it is gzip (RFC 1952) or zstd (RFC 8878), by its magic. A piece is valid
 * until the next is asked for. `progress` is told how many bytes of the file itself were read.
 *
 * Throws what the file system throws, and zlib's error for data that cannot be unpacked (`ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` for zstd
 * with a Node.js that is too old for it); the file is closed in any case.
 */
export async function* pieces(path: string, progress: (bytes: number) => void): AsyncGenerator<Buffer> {
  const file = await openRegular(path);
  try {
    const buffer = Buffer.allocUnsafeSlow(piece);
    let done = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, piece, done);
      if (bytesRead === 0) return;
      const packing = done === 0 ? packingOf(buffer.subarray(0, bytesRead)) : null;
      if (packing !== null) {
        yield* unpacked(file, unpacker(packing), progress);
        return;
      }
      done += bytesRead;
      yield buffer.subarray(0, bytesRead);
      progress(done);
    }
  } finally {
    await file.close();
  }
}

/** How a file is packed, by its first bytes. */
export function packingOf(head: Uint8Array): 'gzip' | 'zstd' | null {
  if (head[0] === 0x1f && head[1] === 0x8b && head.length > 2) return 'gzip';
  return head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd ? 'zstd' : null;
}

/** A file that was cut gives all that was in it, and its end is noticed by what it lacks. */
function unpacker(packing: 'gzip' | 'zstd'): Transform {
  if (packing === 'gzip') return zlib.createGunzip({ chunkSize: piece, finishFlush: zlib.constants.Z_SYNC_FLUSH });
  // A name of its own could not even be imported where it is missing.
  if (typeof zlib.createZstdDecompress !== 'function')
    throw Object.assign(new Error('zstd needs Node.js 22.15'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
  return zlib.createZstdDecompress({ chunkSize: piece, finishFlush: zlib.constants.ZSTD_e_flush });
}

async function* unpacked(
  file: FileHandle,
  unpack: Transform,
  progress: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const packed = file.createReadStream({ start: 0, autoClose: false });
  packed.on('error', (error) => unpack.destroy(error));
  packed.pipe(unpack);
  try {
    for await (const bytes of unpack as AsyncIterable<Buffer>) {
      yield bytes;
      progress(packed.bytesRead);
    }
  } finally {
    packed.destroy();
    unpack.destroy();
  }
}
