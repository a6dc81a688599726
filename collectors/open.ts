import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * Opens a regular file for reading, whatever was in its place when it was listed. A pipe or a device would block: it opens
 * without waiting, and is refused with the code EINVAL. Throws what the file system throws.
 */
export async function openRegular(absolute: string): Promise<FileHandle> {
  const file = await open(absolute, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await file.stat()).isFile()) throw Object.assign(new Error('no regular file'), { code: 'EINVAL' });
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
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
