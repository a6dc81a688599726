import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { collectors } from '#collectors/index';
import type { Config, SourceConfig } from '#config/config';
import { findConfig } from '#config/find';
import { loadConfig } from '#config/load';
import { configForPaths, stdin } from '#config/paths';
import { UsageError } from './exit.ts';

/** What a scan is to read: a configuration, and of its sources those that were named. */
export interface Chosen {
  config: Config;
  only: string[] | null;
}

/**
 * Reads the arguments of `scan`: none (all of noontide.yaml), names of its sources, or paths (`-` is standard input). For paths, what noontide.yaml says of
 * services still holds. A TLS key log goes to the captures among them. Throws {@link UsageError} and `ConfigError`.
 */
export async function chooseSources(
  args: readonly string[],
  configFile: string | undefined,
  keyLog?: string,
): Promise<Chosen> {
  const cwd = process.cwd();
  const file = configFile === undefined ? await findConfig(cwd) : resolve(configFile);
  const config = file === null ? null : await loadConfig(file, collectors, process.env);
  if (keyLog !== undefined) await checkKeyLog(args, keyLog);
  if (args.length === 0) {
    if (config !== null && config.sources.length > 0) return { config, only: null };
    if (config !== null) throw new UsageError(`${file} names no source that is enabled: there is nothing to scan.`);
    throw new UsageError(
      'There is no noontide.yaml here or above. `noontide init` writes one with what it finds; or say what to read: ' +
        '`noontide scan openapi.yaml traffic.har src/`.',
    );
  }
  const names = args.filter((arg) => config?.sources.some(({ name }) => name === arg));
  if (keyLog !== undefined && names.length > 0) throw new UsageError(keyLogOfSources);
  if (config !== null && names.length === args.length) return { config, only: names };
  if (names.length > 0) {
    throw new UsageError(
      `Give sources or paths, not both: ${names.join(', ')} ${names.length === 1 ? 'is a source' : 'are sources'}.`,
    );
  }
  if (args.includes(stdin) && process.stdin.isTTY) {
    throw new UsageError(
      'Standard input is a terminal. Write a capture into it: `tcpdump -i any -w - tcp | noontide scan -`.',
    );
  }
  const missing = await Promise.all(args.map(async (arg) => (arg === stdin || (await isThere(arg)) ? null : arg)));
  const [first] = missing.filter((arg) => arg !== null);
  if (first !== undefined) {
    const sources =
      config === null ? '' : ` The sources of ${file} are ${config.sources.map(({ name }) => name).join(', ')}.`;
    throw new UsageError(`There is no file, folder or source "${first}".${sources}`);
  }
  const direct = await configForPaths(args, cwd, collectors);
  const rules = config === null ? {} : { services: config.services, windows: config.windows };
  const sources = keyLog === undefined ? direct.sources : withKeyLog(direct.sources, resolve(cwd, keyLog));
  return { config: { ...direct, ...rules, sources }, only: null };
}

const keyLogOfSources =
  '--tls-keylog is for captures given directly (noontide scan edge.pcap --tls-keylog FILE). For a source of noontide.yaml, set its `keylog:`.';

async function checkKeyLog(args: readonly string[], keyLog: string): Promise<void> {
  if (args.length === 0) throw new UsageError(keyLogOfSources);
  if (!(await isThere(keyLog))) throw new UsageError(`There is no key log "${keyLog}": check its name.`);
}

function withKeyLog(sources: readonly SourceConfig[], keylog: string): SourceConfig[] {
  if (!sources.some(({ kind }) => kind === 'capture')) {
    throw new UsageError('--tls-keylog decrypts captures, and none of these paths is one.');
  }
  return sources.map((source) =>
    source.kind === 'capture' ? { ...source, options: { ...(source.options as object), keylog } } : source,
  );
}

/** What noontide.yaml says of how to judge, without a source. Throws `ConfigError`. */
export async function judging(configFile: string | undefined): Promise<Config> {
  const cwd = process.cwd();
  const file = configFile === undefined ? await findConfig(cwd) : resolve(configFile);
  const none = await configForPaths([], cwd, collectors);
  if (file === null) return none;
  const { services, windows } = await loadConfig(file, collectors, process.env);
  return { ...none, services, windows };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}.`);
  }
}
