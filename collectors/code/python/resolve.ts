import { posix } from 'node:path';
import type { Project } from '#collectors/code/project';

/**
 * The file that a module's name means (docs.python.org, "The import system"). Relative names count packages from the
 * importing file; absolute ones are looked for from each folder above it, since the search path is not part of the source.
 * Folders that are packages themselves come last: they are seldom on the search path.
 */
export function resolveModule(spec: string, from: string, project: Project): string | null {
  if (spec.length > 512 || !/^\.*[\w.]*$/.test(spec)) return null;
  const dots = /^\.*/.exec(spec)![0].length;
  const path = spec.slice(dots).replaceAll('.', '/');
  if (dots > 0) {
    const up = Array.from({ length: dots - 1 }, () => '..');
    return existing(posix.join(posix.dirname(from), ...up, path), project);
  }
  const folders = above(from);
  const isPackage = (folder: string) => project.files.has(posix.join(folder, '__init__.py'));
  for (const folder of [...folders.filter((each) => !isPackage(each)), ...folders.filter(isPackage)]) {
    const found = existing(posix.join(folder, path), project) ?? existing(posix.join(folder, 'src', path), project);
    if (found !== null && found !== from) return found;
  }
  return null;
}

function above(file: string): string[] {
  const folders: string[] = [];
  for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
    folders.push(folder);
    if (folder === '.' || folder === '/') return folders;
  }
}

function existing(path: string, project: Project): string | null {
  const at = posix.normalize(path);
  if (at.startsWith('..') || at.startsWith('/')) return null;
  if (at !== '.' && project.files.has(`${at}.py`)) return `${at}.py`;
  const init = posix.join(at, '__init__.py');
  return project.files.has(init) ? init : null;
}
