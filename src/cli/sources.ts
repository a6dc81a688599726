import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { collectors } from '#collectors/index';
import type { Config } from '#config/config';
import { findConfig } from '#config/find';
import { loadConfig } from '#config/load';
import { configForPaths } from '#config/paths';
import { UsageError } from './exit.ts';

/** What a scan is to read: a configuration, and of its sources those that were named. */
export interface Chosen {
  config: Config;
  only: string[] | null;
}

/**
 * Reads the arguments of `scan`: none (all of noontide.yaml), names of its sources, or paths. For paths, what noontide.yaml says of
 * services still holds. Throws {@link UsageError} and `ConfigError`.
 */
export async function chooseSources(args: readonly string[], configFile: string | undefined): Promise<Chosen> {
  const cwd = process.cwd();
  const file = configFile === undefined ? await findConfig(cwd) : resolve(configFile);
  const config = file === null ? null : await loadConfig(file, collectors, process.env);
  if (args.length === 0) {
    if (config !== null && config.sources.length > 0) return { config, only: null };
    if (config !== null) throw new UsageError(`${file} names no source that is enabled: there is nothing to scan.`);
    throw new UsageError(
      'There is no noontide.yaml here or above. `noontide init` writes one with what it finds; or say what to read: ' +
        '`noontide scan openapi.yaml traffic.har src/`.',
    );
  }
  const names = args.filter((arg) => config?.sources.some(({ name }) => name === arg));
  if (config !== null && names.length === args.length) return { config, only: names };
  if (names.length > 0) {
    throw new UsageError(
      `Give sources or paths, not both: ${names.join(', ')} ${names.length === 1 ? 'is a source' : 'are sources'}.`,
    );
  }
  const missing = await Promise.all(args.map(async (arg) => ((await isThere(arg)) ? null : arg)));
  const [first] = missing.filter((arg) => arg !== null);
  if (first !== undefined) {
    const sources =
      config === null ? '' : ` The sources of ${file} are ${config.sources.map(({ name }) => name).join(', ')}.`;
    throw new UsageError(`There is no file, folder or source "${first}".${sources}`);
  }
  const direct = await configForPaths(args, cwd, collectors);
  const rules = config === null ? {} : { services: config.services, windows: config.windows };
  return { config: { ...direct, ...rules }, only: null };
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
