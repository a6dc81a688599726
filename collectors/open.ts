import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * Opens a regular file for reading, whatever was in its place when it was listed. A pipe or a device would block: it opens
 * without waiting, and is refused with the code EINVAL. Throws what the file system throws.
 */
export async function openRegular(absolute: string): Promise<FileHandle> {
  const file = await open(absolute, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await file.stat()).isFile()) throw notRegular();
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** {@link openRegular} at once, for a descriptor: for many files that are small, waiting takes longer than opening. */
export function openRegularSync(absolute: string): number {
  const file = openSync(absolute, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!fstatSync(file).isFile()) throw notRegular();
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function notRegular(): Error {
  return Object.assign(new Error('no regular file'), { code: 'EINVAL' });
}

/** What a file holds from its beginning, at most so many bytes, whatever size it says it has. */
export async function readUpTo(file: FileHandle, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  let filled = 0;
  while (filled < bytes) {
    const { bytesRead } = await file.read(buffer, filled, bytes - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
