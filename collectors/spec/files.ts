import { type FileHandle, realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { type FoundFile, shown } from '#collectors/files';
import { openRegular, readUpTo } from '#collectors/open';
import { type Document, decode, parseDocument } from './document.ts';
import { localFile, type Neighbours, refOf } from './refs.ts';
import type { Value } from './value.ts';

/** Files one document may draw in; with them no more than twice `maxBytes`. */
const maxNeighbours = 256;

/** A file's text; `null` when it holds more than `maxBytes`. Throws what the file system throws. */
export function readText(absolute: string, maxBytes: number): Promise<string | null> {
  return withFile(absolute, (file, size) => (size > maxBytes ? null : readBytes(file, size)));
}

/** The first 64 KiB of a file that is too large to be read. */
export function readHead(absolute: string): Promise<string> {
  return withFile(absolute, (file, size) => readBytes(file, Math.min(size, 65_536)));
}

async function withFile<T>(absolute: string, use: (file: FileHandle, size: number) => T | Promise<T>): Promise<T> {
  const file = await openRegular(absolute);
  try {
    return await use(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

/** To the size that the file had when it was opened: one that grows meanwhile is not followed. */
async function readBytes(file: FileHandle, size: number): Promise<string> {
  return decode(await readUpTo(file, size));
}

/**
 * Reads every file that a document refers to, and that those refer to, within the folder that was given. What cannot be read
 * is kept as a reason, to be told only where it is needed: most of what a document refers to says nothing of its operations.
 */
export async function readNeighbours(
  main: Document,
  { within }: FoundFile,
  root: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Neighbours> {
  const found = new Map<string, Document | string>([[main.absolute, main]]);
  const fence = join(await realpath(within), sep);
  let room = maxBytes * 2;
  const queue: Document[] = [main];
  for (let document = queue.shift(); document; document = queue.shift()) {
    for (const file of referredFiles(document.value)) {
      const absolute = resolve(dirname(document.absolute), file);
      if (found.has(absolute)) continue;
      if (found.size > maxNeighbours) return found;
      signal.throwIfAborted();
      const read = await readNeighbour(absolute, fence, root, Math.min(maxBytes, room));
      found.set(absolute, read.document ?? read.reason);
      if (read.document) {
        room -= read.size;
        queue.push(read.document);
      }
    }
  }
  return found;
}

type Neighbour = { document: Document; size: number } | { document?: never; reason: string };

async function readNeighbour(absolute: string, fence: string, root: string, maxBytes: number): Promise<Neighbour> {
  try {
    const real = await realpath(absolute);
    if (!real.startsWith(fence)) return { reason: 'leads out of the folder that was given, and is not followed' };
    const text = await readText(real, maxBytes);
    if (text === null) return { reason: 'names a file that is too large' };
    const document = parseDocument(shown(root, absolute), absolute, text);
    return 'refused' in document ? { reason: 'names a file that is too large' } : { document, size: text.length };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    return {
      reason:
        code === 'ENOENT' || code === 'ENOTDIR'
          ? 'names a file that is not there'
          : `names a file that cannot be read (${code})`,
    };
  }
}

/** Every file that a `$ref` anywhere in a value names, each once. Iterative: values may be deep, shared and circular. */
function referredFiles(value: Value): Set<string> {
  const files = new Set<string>();
  const seen = new Set<object>();
  const stack: Value[] = [value];
  while (stack.length > 0) {
    const at = stack.pop();
    if (typeof at !== 'object' || at === null || seen.has(at)) continue;
    seen.add(at);
    const ref = refOf(at);
    const file = ref === undefined ? null : localFile(ref);
    if (file !== null && files.size <= maxNeighbours) files.add(file);
    for (const held of Array.isArray(at) ? at : Object.values(at)) {
      if (typeof held === 'object' && held !== null) stack.push(held);
    }
  }
  return files;
}
