import { posix } from 'node:path';
import { fieldOf, nearest, type Project, readDocument } from '#collectors/code/project';

const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json'];

/** Extensions as they are imported, and what they are in the source. */
const written: Record<string, string[]> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/**
 * The file that an import means: relative paths, tsconfig.json `paths` and `baseUrl`, package.json `imports`, names of
 * packages in the same repository, aliases of `module-alias`.
 */
export function resolveModule(spec: string, from: string, project: Project): string | null {
  if (spec.length > 512 || spec.includes('\0')) return null;
  if (/^\.{1,2}(?:\/|$)/.test(spec)) return existing(posix.join(posix.dirname(from), spec), project);
  if (spec.startsWith('#')) return fromImports(spec, from, project);
  return fromPaths(spec, from, project) ?? fromAliases(spec, from, project) ?? fromWorkspaces(spec, project);
}

/** A file at a path without or with another extension, or the index of a folder. */
function existing(path: string, project: Project): string | null {
  const at = posix.normalize(path).replace(/\/$/, '');
  if (at.startsWith('..') || at.startsWith('/')) return null;
  if (project.files.has(at)) return at;
  const extension = posix.extname(at);
  for (const other of written[extension] ?? []) {
    const candidate = at.slice(0, -extension.length) + other;
    if (project.files.has(candidate)) return candidate;
  }
  for (const each of extensions) if (project.files.has(at + each)) return at + each;
  const manifest = readDocument(project, posix.join(at, 'package.json'));
  const main = fieldOf(manifest, 'main');
  if (typeof main === 'string' && !/^\.?\/?$/.test(main)) {
    const entry = existing(posix.join(at, main), project);
    if (entry !== null) return entry;
  }
  for (const each of extensions) {
    const index = posix.join(at, `index${each}`);
    if (project.files.has(index)) return index;
  }
  return null;
}

/** What is built has its source beside it. */
function existingOrSource(path: string, project: Project): string | null {
  return existing(path, project) ?? (built.test(path) ? existing(path.replace(built, '$1src/'), project) : null);
}

const built = /(^|\/)(?:dist|build|lib|out)\//;

/** Every path in a value of `exports` or `imports`, whatever its condition; the source's own first. */
function targets(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 6) return [];
  const entries = Object.entries(value).sort(([a], [b]) => Number(b === 'source') - Number(a === 'source'));
  return entries.flatMap(([, inner]) => targets(inner, depth + 1));
}

/** Matches `pattern` with at most one `*`; what the star took, or `null`. */
function star(pattern: string, spec: string): string | null {
  const at = pattern.indexOf('*');
  if (at < 0) return pattern === spec ? '' : null;
  const [head, tail] = [pattern.slice(0, at), pattern.slice(at + 1)];
  if (spec.length < head.length + tail.length || !spec.startsWith(head) || !spec.endsWith(tail)) return null;
  return spec.slice(head.length, spec.length - tail.length);
}

/** The entry of a map of patterns with the longest literal beginning that matches, with the star filled in. */
function mapped(map: unknown, spec: string): string[] {
  if (typeof map !== 'object' || map === null) return [];
  const entries = Object.entries(map).sort(([a], [b]) => b.split('*')[0]!.length - a.split('*')[0]!.length);
  for (const [pattern, value] of entries) {
    const taken = star(pattern, spec);
    if (taken !== null) return targets(value).map((target) => target.replace('*', () => taken));
  }
  return [];
}

function firstExisting(paths: string[], project: Project): string | null {
  for (const path of paths) {
    const found = existingOrSource(path, project);
    if (found !== null) return found;
  }
  return null;
}

function fromImports(spec: string, from: string, project: Project): string | null {
  const manifest = nearest(project, from, ['package.json']);
  if (manifest === null) return null;
  const folder = posix.dirname(manifest);
  const paths = mapped(fieldOf(readDocument(project, manifest), 'imports'), spec).map((path) =>
    posix.join(folder, path),
  );
  return firstExisting(paths, project) ?? fromPaths(spec, from, project);
}

/** tsconfig.json `compilerOptions.paths`, relative to `baseUrl` or to the file that has them. */
function fromPaths(spec: string, from: string, project: Project): string | null {
  const config = nearest(project, from, ['tsconfig.json', 'jsconfig.json', 'tsconfig.base.json']);
  return config === null ? null : pathsOf(config, spec, project, 0);
}

function pathsOf(config: string, spec: string, project: Project, depth: number): string | null {
  const document = readDocument(project, config);
  const options = fieldOf(document, 'compilerOptions');
  const folder = posix.dirname(config);
  const written = fieldOf(options, 'baseUrl');
  const base = posix.join(folder, typeof written === 'string' ? written : '.');
  const mappedTo = mapped(fieldOf(options, 'paths'), spec).map((path) => posix.join(base, path));
  const found =
    firstExisting(mappedTo, project) ??
    (typeof written === 'string' ? existing(posix.join(base, spec), project) : null);
  if (found !== null || depth > 8) return found;
  const parents = [fieldOf(document, 'extends')]
    .flat()
    .filter((each) => typeof each === 'string' && each.startsWith('.'));
  for (const parent of parents as string[]) {
    const path = posix.join(folder, parent);
    const inherited = pathsOf(path.endsWith('.json') ? path : `${path}.json`, spec, project, depth + 1);
    if (inherited !== null) return inherited;
  }
  // Of a solution the parts have the paths.
  for (const reference of ([fieldOf(document, 'references')].flat() as unknown[]).slice(0, 32)) {
    const path = fieldOf(reference, 'path');
    if (typeof path !== 'string') continue;
    const part = posix.join(folder, path);
    const inner = pathsOf(part.endsWith('.json') ? part : posix.join(part, 'tsconfig.json'), spec, project, depth + 4);
    if (inner !== null) return inner;
  }
  return null;
}

function fromAliases(spec: string, from: string, project: Project): string | null {
  const manifest = nearest(project, from, ['package.json']);
  if (manifest === null) return null;
  const aliases = fieldOf(readDocument(project, manifest), '_moduleAliases');
  if (typeof aliases !== 'object' || aliases === null) return null;
  for (const [alias, target] of Object.entries(aliases)) {
    if (typeof target !== 'string' || (spec !== alias && !spec.startsWith(`${alias}/`))) continue;
    const found = existingOrSource(posix.join(posix.dirname(manifest), target, spec.slice(alias.length)), project);
    if (found !== null) return found;
  }
  return null;
}

function fromWorkspaces(spec: string, project: Project): string | null {
  const name = spec.split('/', spec.startsWith('@') ? 2 : 1).join('/');
  const folder = project.workspaces.get(name);
  if (folder === undefined) return null;
  const manifest = readDocument(project, posix.join(folder, 'package.json'));
  const inner = spec.slice(name.length + 1);
  const exported = mapped(exportsOf(manifest), inner === '' ? '.' : `./${inner}`);
  const entries = inner === '' ? ['source', 'main', 'module', 'types'].map((field) => fieldOf(manifest, field)) : [];
  const paths = [...exported, ...entries, posix.join('src', inner), inner === '' ? '.' : inner];
  return firstExisting(
    paths.filter((path) => typeof path === 'string').map((path) => posix.join(folder, path)),
    project,
  );
}

function exportsOf(manifest: unknown): unknown {
  const exported = fieldOf(manifest, 'exports');
  const keyed =
    typeof exported === 'object' && exported !== null && Object.keys(exported).some((key) => key.startsWith('.'));
  return keyed ? exported : { '.': exported };
}
