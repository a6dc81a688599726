import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { homeFolder } from './home.ts';

const configNames = ['noontide.yaml', 'noontide.yml'];

/** The nearest noontide.yaml of a folder and those above it, up to the home folder or the file system's root. */
export async function findConfig(cwd: string): Promise<string | null> {
  const home = homeFolder();
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    for (const name of configNames) {
      const file = join(folder, name);
      const found = await stat(file).catch(() => null);
      if (found?.isFile()) return file;
    }
    if (folder === home || folder === dirname(folder)) return null;
  }
}
