import type { FileHandle } from 'node:fs/promises';
import { constants, createGunzip } from 'node:zlib';
import { openRegular } from '#collectors/open';

const piece = 1_048_576;

/**
 * The bytes of a file in pieces of 1 MiB or less, unpacked when it is gzip (RFC 1952, by its magic). A piece is valid until the
 * next is asked for. `progress` is told how many bytes of the file itself were read.
 *
 * Throws what the file system throws, and zlib's error for data that cannot be unpacked; the file is closed in any case.
 */
export async function* pieces(path: string, progress: (bytes: number) => void): AsyncGenerator<Buffer> {
  const file = await openRegular(path);
  try {
    const buffer = Buffer.allocUnsafeSlow(piece);
    let done = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, piece, done);
      if (bytesRead === 0) return;
      if (done === 0 && buffer[0] === 0x1f && buffer[1] === 0x8b && bytesRead > 2) {
        yield* unpacked(file, progress);
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

async function* unpacked(file: FileHandle, progress: (bytes: number) => void): AsyncGenerator<Buffer> {
  const packed = file.createReadStream({ start: 0, autoClose: false });
  // A file that was cut gives all that was in it, and its end is noticed by what it lacks.
  const unpack = createGunzip({ chunkSize: piece, finishFlush: constants.Z_SYNC_FLUSH });
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
