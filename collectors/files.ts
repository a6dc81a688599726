import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import type { Problem } from '#model/scope';

export interface FoundFile {
  /** Relative to the run's root, with forward slashes. */
  path: string;
  absolute: string;
  /** Bytes. */
  size: number;
  /** The folder the file was found under, absolute; its own folder when it was named directly. Nothing it refers to may lie outside. */
  within: string;
}

export interface Listing {
  /** In the order of their paths, each once. */
  files: FoundFile[];
  /** Patterns that gave nothing, links that lead away, entries that could not be read. */
  problems: Problem[];
}

/** Never looked into: what they hold is not the user's own. */
export const foreignFolders = ['**/node_modules/**', '**/.git/**'];

const maxDepth = 64;

/**
 * The regular files that paths in a source's configuration mean: a file, a folder (everything below it), or a glob. A file
 * named directly is taken whatever its name; of folders and globs, those that `accept` takes.
 *
 * Links to folders are not followed, and links to files only where they stay inside the folder that was given.
 */
export async function listFiles(
  root: string,
  patterns: readonly string[],
  accept: (path: string) => boolean,
  ignore: readonly string[] = foreignFolders,
): Promise<Listing> {
  const found = new Map<string, FoundFile>();
  const problems: Problem[] = [];
  for (const pattern of patterns) {
    const before = problems.length;
    const { base, paths } = await expand(root, pattern, ignore, problems);
    let taken = 0;
    for (const absolute of paths) {
      const direct = paths.length === 1 && absolute === resolve(root, pattern);
      if (!direct && !accept(absolute)) continue;
      const file = await regularFile(absolute, base, direct);
      const path = shown(root, absolute);
      if (typeof file === 'number') {
        taken++;
        found.set(absolute, { path, absolute, size: file, within: base });
      } else if (file !== null) {
        problems.push({ ...file, where: path });
      }
    }
    if (taken === 0 && problems.length === before) {
      problems.push({
        message: 'nothing of this kind is there',
        where: pattern,
        mend: 'correct the path, or leave it out of noontide.yaml',
      });
    }
  }
  return { files: [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1)), problems };
}

/** A path as reports show it: relative to the root, with forward slashes. */
export function shown(root: string, absolute: string): string {
  const path = relative(root, absolute) || '.';
  return sep === '/' ? path : path.split(sep).join('/');
}

async function expand(
  root: string,
  pattern: string,
  ignore: readonly string[],
  problems: Problem[],
): Promise<{ base: string; paths: string[] }> {
  const absolute = resolve(root, pattern);
  const trouble: Trouble = (folder, problem) => {
    problems.push({ ...problem, where: shown(root, folder) });
  };
  const kind = await stat(absolute).catch((error: NodeJS.ErrnoException) => error);
  if (!(kind instanceof Error)) {
    if (!kind.isDirectory()) return { base: resolve(absolute, '..'), paths: [absolute] };
    return { base: absolute, paths: await walk(absolute, ignore, () => true, trouble) };
  }
  const missing = kind.code === 'ENOENT' || kind.code === 'ENOTDIR';
  const { base, glob, isGlob } = picomatch.scan(pattern.replace(/^\.\//, ''));
  if (missing && isGlob) {
    const from = resolve(root, base);
    if (!isCheap(glob)) {
      problems.push({
        message: 'this glob has too many wildcards',
        where: pattern,
        mend: 'name a folder, or several globs',
      });
      return { base: root, paths: [] };
    }
    const matches = picomatch(glob, { noextglob: true });
    return { base: from, paths: await walk(from, ignore, matches, trouble) };
  }
  if (missing) {
    problems.push({ message: 'there is no such file or folder', where: pattern, mend: `paths start from ${root}` });
  } else {
    trouble(absolute, unreadable(kind.code));
  }
  return { base: root, paths: [] };
}

/** Whether names of any length are matched soon: each further wildcard of a segment is one more power of its length. */
function isCheap(glob: string): boolean {
  const segments = glob.split('/');
  return (
    glob.length <= 1_000 &&
    segments.filter((segment) => segment.includes('**')).length <= 3 &&
    segments.every((segment) => (segment.match(/\*+/g) ?? []).length <= 3)
  );
}

/** Is told what keeps a folder from being listed whole. */
type Trouble = (folder: string, problem: Pick<Problem, 'message' | 'mend'>) => void;

function unreadable(code: string | undefined): Pick<Problem, 'message' | 'mend'> {
  return { message: `cannot be read (${code})`, mend: 'give the user who scans the right to read it' };
}

const notUtf8 = { message: 'its name is not UTF-8; it was not read', mend: 'rename it' };
const tooDeep = {
  message: `it lies ${maxDepth} folders deep; what is below was not read`,
  mend: 'name that folder itself',
};

/** Files and links below a folder whose relative path matches; folders that are links are not entered. */
async function walk(
  folder: string,
  ignore: readonly string[],
  matches: (path: string) => boolean,
  trouble: Trouble,
): Promise<string[]> {
  const ignored = picomatch([...ignore], { dot: true });
  const found: string[] = [];
  const enter = async (at: string, depth: number): Promise<void> => {
    for (const entry of await entries(join(folder, at), trouble)) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name.startsWith('.') || ignored(`${path}/`)) continue;
        if (depth < maxDepth) await enter(path, depth + 1);
        else trouble(join(folder, path), tooDeep);
      } else if (matches(path) && !ignored(path)) {
        found.push(join(folder, path));
      }
    }
  };
  await enter('', 0);
  return found;
}

async function entries(folder: string, trouble: Trouble): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    // A folder that went away while we looked holds nothing.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT') trouble(folder, unreadable(code));
    else if (isMangled(folder)) trouble(folder, notUtf8);
    return [];
  }
}

/** Its size; `null` when it is no regular file any more; else why it is left out. */
async function regularFile(
  absolute: string,
  base: string,
  direct: boolean,
): Promise<number | null | Pick<Problem, 'message' | 'mend'>> {
  try {
    const found = await lstat(absolute);
    if (found.isFile()) return found.size;
    if (!found.isSymbolicLink()) return null;
    const target = await stat(absolute);
    if (!target.isFile()) return null;
    if (direct || (await realpath(absolute)).startsWith(join(await realpath(base), sep))) return target.size;
    return { message: 'a link leads out of the folder that was given; it was not followed' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT' && isMangled(absolute)) return notUtf8;
    // Gone between listing and looking, or a link that leads nowhere or in a circle: not there.
    return code === 'ENOENT' || code === 'ELOOP' ? null : unreadable(code);
  }
}

/** Bytes of a name that are not UTF-8 are shown as U+FFFD, by which the file cannot be found again. */
function isMangled(path: string): boolean {
  return path.includes('\ufffd');
}
