import type { Command } from 'commander';
import { chooseColumns, columnNames, drawn, parseSort } from '#cli/columns';
import { exit, UsageError } from '#cli/exit';
import { failsEndpoint, parseFailOn } from '#cli/fail-on';
import { addFilters, type FilterOptions, passing, positive, readFilter } from '#cli/filters';
import { examples, settings } from '#cli/globals';
import { type Place, withInventory } from '#cli/inventory';
import { endpointPieces } from '#cli/pieces';
import { tally } from '#cli/text/words';
import { type Endpoint, type VerdictName, verdicts } from '#model/endpoint';
import { counted, figure } from '#model/figure';

interface ListOptions extends FilterOptions, Place {
  columns?: string;
  sort?: string;
  limit?: number;
  json?: boolean;
  csv?: boolean;
  failOn?: string;
}

export function listCommand(program: Command): void {
  const command = program
    .command('list')
    .description('Endpoints of the inventory, as a table.')
    .option('--columns <names>', `a comma list of ${columnNames.join(', ')}`)
    .option('--sort <field>', 'by this field, or several with commas; lastSeen:desc turns it round')
    .option('--limit <n>', 'at most so many', positive)
    .option('--json', 'as the catalog, see docs/catalog.md')
    .option('--csv', 'the columns as CSV')
    .option('--fail-on <verdict>', 'exit code 1 when one with this verdict or leaf is listed')
    .action((_, self: Command) => list(self));
  addFilters(command);
  examples(command, [
    'noontide list --verdict shadow,zombie',
    "noontide list --service 'orders*' --path '/v1/**' --sort lastCall:desc --limit 20",
    'noontide list --plane observed --not-plane declared --columns method,path,hosts',
    `noontide list --where 'calls > 100 && !hosts.exists(h, h.endsWith(".internal"))' --csv`,
  ]);
}

async function list(command: Command): Promise<void> {
  const { terminal, ...options } = settings<ListOptions>(command);
  if (options.json && options.csv) throw new UsageError('--json and --csv: one of them.');
  const now = Date.now();
  const columns = chooseColumns(options.columns);
  const order = parseSort(options.sort);
  const failOn = parseFailOn(options.failOn);
  if (failOn?.severity) throw new UsageError('Endpoints have no severity: `noontide findings` takes one.');
  const { condition, residual } = await readFilter(options, now);
  await withInventory({ ...options, terminal }, async (store) => {
    const seen = { endpoints: 0, failing: 0, verdicts: {} as Partial<Record<VerdictName, number>> };
    const where = condition === null ? {} : { where: condition };
    const limit = options.limit === undefined || residual ? {} : { limit: options.limit };
    async function* listed(): AsyncGenerator<Endpoint> {
      for await (const endpoint of passing(store.endpoints({ ...where, ...limit, order }), residual, options.limit)) {
        seen.endpoints++;
        seen.verdicts[endpoint.verdict.verdict] = (seen.verdicts[endpoint.verdict.verdict] ?? 0) + 1;
        if (failOn && failsEndpoint(failOn, endpoint)) seen.failing++;
        yield endpoint;
      }
    }
    const format = options.json ? 'json' : options.csv ? 'csv' : 'table';
    for await (const piece of endpointPieces(listed(), format, columns, drawn(columns, terminal), terminal, now)) {
      await terminal.out(piece);
      if (terminal.closed()) return;
    }
    const cut = seen.endpoints === options.limit && residual === null;
    const all = cut ? await store.countEndpoints(condition ?? undefined) : seen.endpoints;
    const kinds = tally(seen.verdicts, verdicts);
    const shown = all > seen.endpoints ? `${figure(seen.endpoints)} of ` : '';
    terminal.note(`${shown}${counted(all, 'endpoint')}${kinds === '' ? '' : `: ${kinds}`}`);
    if (seen.failing > 0) process.exitCode = exit.findings;
  });
}
