import { stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '#cli/exit';
import { examples, settings } from '#cli/globals';
import { jsonText } from '#cli/text/json';
import { printable } from '#cli/text/printable';
import { counted } from '#model/figure';

interface InitOptions {
  force?: boolean;
  print?: boolean;
  json?: boolean;
}

export function initCommand(program: Command): void {
  const command = program
    .command('init')
    .description('Looks at a folder and writes a noontide.yaml with what it found.')
    .argument('[folder]', 'the folder', '.')
    .option('--force', 'replace a noontide.yaml that is there')
    .option('--print', 'print it, write nothing')
    .option('--json', 'say what was found as JSON')
    .action((folder: string, _, self: Command) => init(folder, self));
  examples(command, ['noontide init --print', 'noontide init --force']);
}

async function init(given: string, command: Command): Promise<void> {
  const { terminal, force, print, json } = settings<InitOptions>(command);
  const folder = resolve(given);
  if (!(await isFolder(folder))) throw new UsageError(`There is no folder ${folder}.`);
  const file = join(folder, 'noontide.yaml');
  const [{ proposeConfig }, { collectors }] = await Promise.all([
    import('#config/propose'),
    import('#collectors/index'),
  ]);
  const text = await proposeConfig(folder, collectors);
  if (print) {
    await terminal.out(text);
    return;
  }
  await write(file, text, force === true);
  const { loadConfig } = await import('#config/load');
  const { sources } = await loadConfig(file, collectors, process.env);
  if (json) {
    const found = sources.map(({ name, kind }) => ({ name, kind }));
    await terminal.out(jsonText({ version: 1, file, sources: found }));
    return;
  }
  await terminal.out(`${printable(file)}: ${counted(sources.length, 'source')}\n`);
  for (const { name, kind, collector } of sources) await terminal.out(`  ${name}  (${kind}, ${collector.plane})\n`);
  terminal.note(sources.length === 0 ? 'Name your sources in it, then run `noontide scan`.' : 'Next: noontide scan');
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}.`);
  }
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new UsageError(`${file} is there already. --force replaces it, --print shows what would be written.`);
    }
    throw new UsageError(`${file} cannot be written: ${message}.`);
  }
}
