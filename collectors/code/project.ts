import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** The files of one scope, as module resolution needs them. */
export interface Project {
  /** The scope's folder, absolute. */
  folder: string;
  /** Every file that may be read, relative to the folder. */
  files: ReadonlySet<string>;
  /** Manifests and configurations that were read, by file. */
  documents: Map<string, unknown>;
  /** Folders of JavaScript packages by their names. */
  workspaces: Map<string, string>;
}

export function makeProject(folder: string, files: ReadonlySet<string>): Project {
  const project: Project = { folder, files, documents: new Map(), workspaces: new Map() };
  for (const file of files) {
    if (posix.basename(file) !== 'package.json') continue;
    const name = fieldOf(readDocument(project, file), 'name');
    if (typeof name === 'string' && !project.workspaces.has(name)) project.workspaces.set(name, posix.dirname(file));
  }
  return project;
}

/** A field of a JSON object that is its own. */
export function fieldOf(document: unknown, name: string): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
  return Object.hasOwn(document, name) ? (document as Record<string, unknown>)[name] : undefined;
}

const maxDocumentLength = 1_048_576;

/** A JSON file, comments and trailing commas allowed; `null` when it is not there or not JSON. */
export function readDocument(project: Project, file: string): unknown {
  if (!project.files.has(file)) return null;
  if (!project.documents.has(file)) project.documents.set(file, parseDocument(join(project.folder, file)));
  return project.documents.get(file);
}

function parseDocument(file: string): unknown {
  try {
    const source = readFileSync(file, 'utf8');
    return source.length > maxDocumentLength ? null : JSON.parse(plainJson(source));
  } catch {
    // A manifest that cannot be read resolves nothing; the routes that needed it are reported as tails.
    return null;
  }
}

/** JSON without the comments and trailing commas that tsconfig.json may have. */
export function plainJson(source: string): string {
  return source
    .replace(/^\uFEFF/, '')
    .replace(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string: string | undefined) => string ?? '')
    .replace(/("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])/g, (_, string: string | undefined) => string ?? '');
}

/** The nearest of the named files at or above a file's folder, relative to the scope's folder. */
export function nearest(project: Project, file: string, names: readonly string[]): string | null {
  for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
    for (const name of names) {
      const candidate = posix.join(folder, name);
      if (project.files.has(candidate)) return candidate;
    }
    if (folder === '.' || folder === '/') return null;
  }
}
