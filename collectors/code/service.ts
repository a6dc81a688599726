import { readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { isManifest } from './files.ts';
import { fieldOf, type Project, readDocument } from './project.ts';

/** The service that a file belongs to: the name in the nearest manifest, or of the folder that has one. */
export function serviceNames(project: Project): (file: string) => string {
  const names = new Map<string, string | null>();
  const folders = new Set(
    [...project.files].filter((file) => isManifest(posix.basename(file))).map((file) => posix.dirname(file)),
  );
  const nameOf = (folder: string): string | null => {
    let name = names.get(folder);
    if (name === undefined) {
      name = folders.has(folder) ? manifestName(project, folder) : null;
      names.set(folder, name);
    }
    return name;
  };
  return (file) => {
    for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
      const name = nameOf(folder);
      if (name !== null) return name;
      if (folder === '.' || folder === '/') return basename(project.folder);
    }
  };
}

function manifestName(project: Project, folder: string): string {
  const own = folder === '.' ? basename(project.folder) : posix.basename(folder);
  const written = fieldOf(readDocument(project, posix.join(folder, 'package.json')), 'name');
  if (typeof written === 'string' && written.trim() !== '') return written.trim().slice(0, 214);
  const pyproject = posix.join(folder, 'pyproject.toml');
  return (project.files.has(pyproject) ? pyprojectName(join(project.folder, pyproject)) : null) ?? own;
}

/** `name` in `[project]` (PEP 621) or `[tool.poetry]`. */
function pyprojectName(file: string): string | null {
  let section = '';
  for (const line of readText(file).split('\n')) {
    const header = /^\s*\[([^[\]]+)\]/.exec(line);
    if (header) section = header[1]!.trim();
    const name = /^\s*name\s*=\s*(?:"([^"\\]{1,214})"|'([^']{1,214})')/.exec(line);
    if (name && (section === 'project' || section === 'tool.poetry')) return name[1] ?? name[2] ?? null;
  }
  return null;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, 262_144);
  } catch {
    // Gone since it was listed: the folder's name serves.
    return '';
  }
}
