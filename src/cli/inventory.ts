import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { findConfig } from '#config/find';
import { homeFolder } from '#config/home';
import { InventoryError, type InventoryStore } from '#db/store';
import type { Terminal } from './terminal.ts';

const fileName = 'noontide.db';

export interface Place {
  /** `--db`. */
  db?: string;
  /** `--config`. */
  config?: string;
}

/**
 * Where the inventory is: `--db`, `NOONTIDE_DB`, `noontide.db` in the folder of noontide.yaml, or the user's data folder.
 * Absolute; whether it is there is another question.
 */
export async function inventoryFile(place: Place, env: NodeJS.ProcessEnv, cwd: string): Promise<string> {
  const given = place.db ?? env['NOONTIDE_DB'];
  if (given) return resolve(cwd, given);
  const config = place.config === undefined ? await findConfig(cwd) : resolve(cwd, place.config);
  return config === null
    ? join(dataFolder(env, process.platform, homeFolder()), fileName)
    : join(dirname(config), fileName);
}

/** The user's folder for this program's data, by the platform's own rule (on Linux the XDG base directories). */
export function dataFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: string | null): string {
  const local = env['LOCALAPPDATA'];
  if (platform === 'win32' && local) return join(local, 'noontide');
  const data = env['XDG_DATA_HOME'];
  // The specification has relative paths ignored.
  if (platform !== 'win32' && platform !== 'darwin' && data?.startsWith('/')) return join(data, 'noontide');
  if (home === null) {
    throw new InventoryError(
      'The inventory has no place: this user has no home folder. Name it with --db or NOONTIDE_DB, or run where there is a noontide.yaml.',
    );
  }
  if (platform === 'win32') return join(home, 'AppData', 'Local', 'noontide');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'noontide');
  return join(home, '.local', 'share', 'noontide');
}

/** Runs something on the inventory as it is, without the right to change it. */
export async function withInventory<T>(
  place: Place & { terminal: Terminal },
  use: (store: InventoryStore) => Promise<T>,
): Promise<T> {
  const file = await inventoryFile(place, process.env, process.cwd());
  if (!(await exists(file))) {
    throw new InventoryError(
      `There is no inventory at ${file} yet. \`noontide scan\` makes one: run it in a folder with a noontide.yaml ` +
        '(`noontide init` writes one), or give it what to read, as in `noontide scan openapi.yaml traffic.har src/`.',
    );
  }
  const { openInventory } = await import('#db/sqlite/open');
  const store = await openInventory(file, { readonly: true });
  try {
    if (!(await store.viewIsCurrent())) {
      place.terminal.note(
        'The last scan was stopped before it had judged what it read: `noontide scan` makes this current.',
      );
    }
    return await use(store);
  } finally {
    await store.close();
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new InventoryError(`The inventory ${file} cannot be read: ${(error as Error).message}.`);
  }
}
