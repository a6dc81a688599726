import { readFileSync } from 'node:fs';

/** From package.json, which lies two folders above the sources and three above what is built of them. */
export function version(): string {
  for (const up of ['../../package.json', '../../../package.json']) {
    const found = packageVersion(new URL(up, import.meta.url));
    if (found !== null) return found;
  }
  throw new Error('package.json is not where it is shipped');
}

function packageVersion(file: URL): string | null {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    return name === 'noontide' && version ? version : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
