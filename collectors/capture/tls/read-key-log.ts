import { openRegular } from '#collectors/open';
import { counted } from '#model/figure';
import type { Problem } from '#model/scope';
import { KeyLog, maxLineLength } from './key-log.ts';

/** What a key log gave, and what was wrong with it. */
export interface Secrets {
  keys: KeyLog;
  problem: Problem | null;
}

const maxBytes = 256 * 1_048_576;
const chunkLength = 1_048_576;

export function noSecrets(): Secrets {
  return { keys: new KeyLog(), problem: null };
}

/**
 * Reads a key log file, in pieces of 1 MiB and at most 256 MiB of it. What hinders is a problem that names the file as `where`, never
 * an exception, and never tells what stands in it.
 *
 * @throws the signal's reason once it is aborted.
 */
export async function readKeyLog(path: string, where: string, signal: AbortSignal): Promise<Secrets> {
  const keys = new KeyLog();
  try {
    const file = await openRegular(path);
    try {
      const chunk = Buffer.allocUnsafe(chunkLength);
      let rest = '';
      let bytes = 0;
      while (bytes < maxBytes) {
        signal.throwIfAborted();
        const { bytesRead } = await file.read(chunk, 0, chunkLength, bytes);
        bytes += bytesRead;
        if (bytesRead === 0) break;
        const text = rest + chunk.toString('latin1', 0, bytesRead);
        const end = text.lastIndexOf('\n') + 1;
        keys.add(text.slice(0, end));
        // A line too long to be one is cut into pieces, none of which is.
        rest = text.length - end > maxLineLength ? '' : text.slice(end);
        if (text.length - end > maxLineLength) keys.broken++;
      }
      keys.add(rest);
      return { keys, problem: problemOf(keys, bytes, where) };
    } finally {
      await file.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    const { code } = error as NodeJS.ErrnoException;
    // Only what the file system says is expected here.
    if (code === undefined) throw error;
    return { keys, problem: unreadable(code, where) };
  }
}

function problemOf(keys: KeyLog, bytes: number, where: string): Problem | null {
  if (bytes >= maxBytes) {
    const message = 'the key log is larger than 256 MiB; what follows was not read';
    return { message, where, mend: 'keep the lines of the time that was captured' };
  }
  if (keys.size > 0) return null;
  const lines = keys.broken === 0 ? '' : `: ${counted(keys.broken, 'line')} of something else`;
  const message = `the key log holds no TLS secrets${lines}`;
  return { message, where, mend: 'let client or server write one: SSLKEYLOGFILE=FILE, or node --tls-keylog=FILE' };
}

function unreadable(code: string, where: string): Problem {
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return { message: 'there is no such key log', where, mend: 'check its name' };
  }
  const mend = code === 'EINVAL' ? 'name a regular file' : 'give the user who scans the right to read it';
  return { message: `the key log cannot be read (${code})`, where, mend };
}
