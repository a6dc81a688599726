import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/** The repository that a folder is in: its top, and the commit that is checked out, read from files alone. */
export interface Repository {
  top: string;
  commit: string | null;
}

/** `null` when the folder is in none (git-scm.com/docs/gitrepository-layout). */
export function repositoryOf(folder: string): Repository | null {
  for (let top = folder; ; top = dirname(top)) {
    const git = gitFolder(top);
    if (git !== null) return { top, commit: commitOf(git) };
    if (top === dirname(top)) return null;
  }
}

/** `.git` is a folder, or in worktrees and submodules a file that names one. */
function gitFolder(top: string): string | null {
  const path = join(top, '.git');
  try {
    if (statSync(path).isDirectory()) return path;
  } catch {
    return null;
  }
  const named = /^gitdir: (.+)$/m.exec(readText(path))?.[1];
  return named ? resolve(top, named.trim()) : null;
}

const maxHops = 5;

function commitOf(git: string): string | null {
  // Worktrees have a HEAD of their own; branches are with the main repository.
  const common = readText(join(git, 'commondir')).trim();
  const shared = common === '' ? git : isAbsolute(common) ? common : resolve(git, common);
  let value = readText(join(git, 'HEAD')).trim();
  for (let hop = 0; hop < maxHops; hop++) {
    const ref = /^ref: (refs\/[\w./+@#-]{1,200})$/.exec(value)?.[1];
    if (ref === undefined || ref.includes('..')) break;
    value = readText(join(git, ref)).trim() || readText(join(shared, ref)).trim() || packed(shared, ref);
  }
  return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(value) ? value : null;
}

function packed(git: string, ref: string): string {
  const line = readText(join(git, 'packed-refs'))
    .split('\n')
    .find((each) => each.slice(41) === ref || each.slice(65) === ref);
  return line?.split(' ')[0] ?? '';
}

const maxLength = 16 * 1_048_576;

/** A file of the repository's own; empty when it is not there. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, maxLength);
  } catch {
    return '';
  }
}
