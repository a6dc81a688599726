import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { parseSort } from '#cli/columns';
import { UsageError } from '#cli/exit';
import { addFilters, type FilterOptions, passing, readFilter } from '#cli/filters';
import { examples, settings } from '#cli/globals';
import { type Place, withInventory } from '#cli/inventory';
import { forTerminal } from '#cli/pieces';
import { printableJson } from '#cli/text/printable';
import type { Endpoint } from '#model/endpoint';
import { counted } from '#model/figure';

type Format = 'csv' | 'json' | 'ndjson';

interface ExportOptions extends FilterOptions, Place {
  format: Format;
  output?: string;
  bom?: boolean;
}

export function exportCommand(program: Command): void {
  const command = program
    .command('export')
    .description('The catalog as a file for other tools.')
    .addOption(new Option('--format <format>', 'of the file').choices(['csv', 'json', 'ndjson']).makeOptionMandatory())
    .option('-o, --output <file>', 'written beside and put in place when whole; - or none is standard output')
    .option('--bom', 'CSV with a byte order mark, for Excel')
    .action((_, self: Command) => exported(self));
  addFilters(command);
  examples(command, [
    'noontide export --format csv --bom -o catalog.csv',
    'noontide export --format json --verdict shadow,zombie -o wrong.json',
    'noontide export --format ndjson --service orders | head -n 1',
  ]);
}

async function exported(command: Command): Promise<void> {
  const { terminal, ...options } = settings<ExportOptions>(command);
  if (options.bom && options.format !== 'csv') throw new UsageError('--bom is for --format csv.');
  const now = Date.now();
  const { condition, residual } = await readFilter(options, now);
  await withInventory({ ...options, terminal }, async (store) => {
    let written = 0;
    async function* chosen(): AsyncGenerator<Endpoint> {
      const query = { order: parseSort(undefined), ...(condition === null ? {} : { where: condition }) };
      for await (const endpoint of passing(store.endpoints(query), residual)) {
        written++;
        yield endpoint;
      }
    }
    const pieces = await inFormat(options.format, chosen(), options.bom === true, now);
    if (options.output === undefined || options.output === '-') {
      for await (const piece of pieces) {
        await terminal.out(options.format === 'csv' ? forTerminal(piece, terminal) : printableJson(piece));
        if (terminal.closed()) return;
      }
      return;
    }
    const { stopOnSignals } = await import('#cli/signals');
    const stop = stopOnSignals(() => terminal.note('Stopping; no file is written. Once more ends at once.'));
    try {
      const whole = await putInPlace(resolve(options.output), pieces, stop.signal);
      if (whole) terminal.note(`${counted(written, 'endpoint')} in ${options.output}`);
      else process.exitCode = stop.code();
    } finally {
      stop.release();
    }
  });
}

async function inFormat(
  format: Format,
  endpoints: AsyncIterable<Endpoint>,
  bom: boolean,
  now: number,
): Promise<AsyncIterable<string>> {
  if (format === 'csv') {
    const { csv } = await import('#export/csv');
    return csv(endpoints, { bom });
  }
  const { json, ndjson } = await import('#export/json');
  return format === 'json' ? json(endpoints, now) : ndjson(endpoints);
}

/** Whoever reads the file has the one before or the whole new one, never a part. False when it was stopped before its end. */
async function putInPlace(file: string, pieces: AsyncIterable<string>, signal: AbortSignal): Promise<boolean> {
  const beside = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(beside, 'wx');
    try {
      let waiting = '';
      for await (const piece of pieces) {
        waiting += piece;
        if (signal.aborted) break;
        if (waiting.length < 65_536) continue;
        await handle.write(waiting);
        waiting = '';
      }
      await handle.write(waiting);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (signal.aborted) await rm(beside, { force: true });
    else await rename(beside, file);
    return !signal.aborted;
  } catch (error) {
    await rm(beside, { force: true });
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}.`);
  }
}
