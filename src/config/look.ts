import { dirname, extname, join } from 'node:path';
import type { Collector, Registry } from '#collectors/collector';
import { foreignFolders, listFiles } from '#collectors/files';
import { openRegular, readUpTo } from '#collectors/open';

/** Something in a folder that a collector recognised. */
export interface Hit {
  /** Relative to the folder that was looked at, with forward slashes; `''` is that folder. */
  path: string;
  folder: boolean;
  /** What the collector made of it: options of a source. */
  options: unknown;
}

/** What a folder holds, by kind. */
export interface Look {
  /** In the registry's order; kinds of which nothing was found are left out. Of folders within each other the outermost. */
  kinds: { collector: Collector<unknown>; hits: Hit[]; inner: Hit[] }[];
  /** All files that were looked at, relative. */
  files: string[];
  /** True when there were more than 50,000, and the rest was not looked at. */
  cut: boolean;
}

const maxFiles = 50_000;
const headBytes = 4_096;
const filesAtOnce = 16;
const othersFolders = [...foreignFolders, '**/venv/**', '**/__pycache__/**', '**/site-packages/**'];

/** Shows every folder and file below a folder, by its first 4 KiB, to every collector. Bounded in files, depth and bytes. */
export async function look(folder: string, registry: Registry): Promise<Look> {
  let seen = 0;
  const { files: listed } = await listFiles(folder, ['.'], () => ++seen <= maxFiles, othersFolders);
  const files = listed.map(({ path }) => path);
  const folders = foldersOf(files);
  const kinds = registry
    .filter((collector) => collector.sniff)
    .map((collector) => ({ collector, hits: [] as Hit[], inner: [] as Hit[] }));

  for (const path of folders) {
    for (const { collector, hits, inner } of kinds) {
      const options = collector.sniff!({ path: join(folder, path), folder: true, head: new Uint8Array() });
      if (options === null) continue;
      (hits.some((outer) => isWithin(path, outer.path)) ? inner : hits).push({ path, folder: true, options });
    }
  }
  for (let from = 0; from < listed.length; from += filesAtOnce) {
    const batch = listed.slice(from, from + filesAtOnce);
    const heads = await Promise.all(batch.map(({ absolute }) => headIfReadable(absolute)));
    for (const [index, { path, absolute }] of batch.entries()) {
      const head = heads[index];
      if (!head) continue;
      for (const { collector, hits } of kinds) {
        if (hits.some((outer) => outer.folder && isWithin(path, outer.path))) continue;
        const options = collector.sniff!({ path: absolute, folder: false, head });
        if (options === null) continue;
        hits.push({ path, folder: false, options });
        break;
      }
    }
  }
  return { kinds: kinds.filter(({ hits }) => hits.length > 0), files, cut: seen > maxFiles };
}

/** The first 4 KiB of a file. Throws what the file system throws. */
export async function readHead(file: string): Promise<Uint8Array> {
  const handle = await openRegular(file);
  try {
    return await readUpTo(handle, headBytes);
  } finally {
    await handle.close();
  }
}

/** How many files have which extension, the most first: `12 .md, 3 .txt`. */
export function extensionsText(files: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const file of files) {
    const extension = extname(file) || 'without extension';
    counts.set(extension, (counts.get(extension) ?? 0) + 1);
  }
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return ranked
    .slice(0, 5)
    .map(([extension, count]) => `${count} ${extension}`)
    .join(', ');
}

/** A file that cannot be read is the scan's to report, once a source covers it. */
async function headIfReadable(file: string): Promise<Uint8Array | null> {
  try {
    return await readHead(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return null;
  }
}

/** Every folder that holds one of the files, outer before inner; `''` is the folder itself. */
function foldersOf(files: readonly string[]): string[] {
  const folders = new Set<string>(['']);
  for (const file of files) {
    for (let at = dirname(file); at !== '.' && !folders.has(at); at = dirname(at)) folders.add(at);
  }
  return [...folders].sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
}

function depth(path: string): number {
  return path === '' ? 0 : path.split('/').length;
}

function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
