import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Collector, Registry } from '#collectors/collector';
import { defaultWindows } from '#model/rule';
import type { Config, SourceConfig } from './config.ts';
import { ConfigError, type ConfigProblem } from './error.ts';
import { homeFolder } from './home.ts';
import { extensionsText, type Look, look, readHead } from './look.ts';

/** The path that means standard input. */
export const stdin = '-';

const timeoutMs = 3_600_000;
const concurrency = 4;

/**
 * A configuration for paths given directly, without noontide.yaml: each file becomes a source of the kind that recognises it,
 * each folder one source for every kind that is found in it, and `-` standard input.
 *
 * A source's name and root come from its own place and not from the working folder, so that the same path is the same source
 * wherever the command is run.
 *
 * @throws {ConfigError} For paths that are not there, and those of no known kind, with what was seen.
 */
export async function configForPaths(paths: readonly string[], cwd: string, registry: Registry): Promise<Config> {
  const sources = new Map<string, SourceConfig>();
  const problems: ConfigProblem[] = [];
  for (const path of paths) {
    const found = path === stdin ? stdinSource(cwd, registry) : await sourcesAt(resolve(cwd, path), registry);
    if (Array.isArray(found)) for (const source of found) sources.set(source.name, source);
    else problems.push({ file: path, line: null, column: null, ...found });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { file: null, root: cwd, sources: [...sources.values()], services: [], windows: defaultWindows, concurrency };
}

type Trouble = { message: string; mend: string };

/** Standard input lasts as long as whoever writes it: the longest time that a timer takes. */
const stdinTimeoutMs = 2_147_483_647;

function stdinSource(cwd: string, registry: Registry): SourceConfig[] | Trouble {
  const collector = registry.find(({ stdin }) => stdin !== undefined);
  if (!collector)
    return { message: 'no kind reads standard input', mend: 'write what comes out of it to a file first' };
  return [{ ...source(collector, 'stdin', cwd, collector.stdin), timeoutMs: stdinTimeoutMs }];
}

async function sourcesAt(path: string, registry: Registry): Promise<SourceConfig[] | Trouble> {
  try {
    const real = await realpath(path);
    const kind = await stat(real);
    if (kind.isDirectory()) return await folderSources(real, registry);
    if (kind.isFile()) return await fileSource(real, kind.size, registry);
    return { message: 'this is neither a file nor a folder', mend: 'write what comes out of it to a file first' };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return { message: 'there is no such file or folder', mend: 'check its name' };
    return { message: `cannot be read (${code})`, mend: 'give the user who scans the right to read it' };
  }
}

async function fileSource(path: string, size: number, registry: Registry): Promise<SourceConfig[] | Trouble> {
  const head = await readHead(path);
  for (const collector of registry) {
    const options = collector.sniff?.({ path, folder: false, head }) ?? null;
    if (options !== null) return [source(collector, path, dirname(path), options)];
  }
  const bytes = `${size.toLocaleString('en')} bytes`;
  const seen = size === 0 ? 'it is empty' : `it holds ${bytes} of ${isText(head) ? 'text' : 'binary data'}`;
  return { message: `of no kind that can be read: ${seen}`, mend: readable(registry) };
}

async function folderSources(path: string, registry: Registry): Promise<SourceConfig[] | Trouble> {
  const found = await look(path, registry);
  if (found.kinds.length === 0) return nothingFound(found, registry);
  return found.kinds.flatMap(({ collector, hits }) => {
    const folder = hits.find((hit) => hit.folder && hit.path === '');
    if (folder) return [source(collector, path, path, folder.options)];
    const first = hits[0]!.options;
    if (hasPaths(first)) return [source(collector, path, path, { ...first, paths: [path] })];
    return hits.map((hit) => source(collector, join(path, hit.path), path, hit.options));
  });
}

function nothingFound({ files, cut }: Look, registry: Registry): Trouble {
  const count = `${files.length.toLocaleString('en')}${cut ? ' and more' : ''} ${files.length === 1 ? 'file' : 'files'}`;
  const seen = files.length === 0 ? 'it holds no files' : `it holds ${count} (${extensionsText(files)})`;
  return { message: `nothing in this folder is of a kind that can be read: ${seen}`, mend: readable(registry) };
}

function source(collector: Collector<unknown>, path: string, root: string, options: unknown): SourceConfig {
  const name = `${collector.kind}:${homely(path)}`;
  return { name, kind: collector.kind, environment: '', service: null, root, timeoutMs, options, collector };
}

/** Options that name what to read as a list of paths, as those of collectors of files do. */
export function hasPaths(options: unknown): options is { paths: string[] } {
  if (typeof options !== 'object' || options === null || !('paths' in options)) return false;
  return Array.isArray(options.paths) && options.paths.every((path) => typeof path === 'string');
}

function readable(registry: Registry): string {
  const kinds = registry.filter(({ sniff }) => sniff).map(({ kind }) => kind);
  return kinds.length === 0
    ? 'no kind can be read from a path; write a noontide.yaml'
    : `kinds that can be: ${kinds.join(', ')}`;
}

/** An absolute path with the home folder as `~`, with forward slashes. */
function homely(path: string): string {
  const home = homeFolder();
  const short = home && path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
  return short.split(sep).join('/') || basename(path);
}

function isText(head: Uint8Array): boolean {
  return !head.includes(0);
}
