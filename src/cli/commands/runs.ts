import type { Command } from 'commander';
import { positive } from '#cli/filters';
import { examples, settings } from '#cli/globals';
import { type Place, withInventory } from '#cli/inventory';
import { jsonText } from '#cli/text/json';
import { printable } from '#cli/text/printable';
import { fitColumns, table } from '#cli/text/table';
import { iso, moment } from '#cli/text/words';
import { counted, figure } from '#model/figure';
import { durationText } from '#scan/figures';

export function runsCommand(program: Command): void {
  const command = program
    .command('runs')
    .description('Scans, the newest first.')
    .option('--limit <n>', 'at most so many', positive, 20)
    .option('--json', 'as JSON')
    .action((_, self: Command) => runs(self));
  examples(command, ['noontide runs', 'noontide runs --limit 1 --json']);
}

const columns = [
  { title: 'SCAN' },
  { title: 'STARTED' },
  { title: 'TOOK', align: 'right' as const },
  { title: 'STATUS' },
  { title: 'SCOPES', align: 'right' as const },
  { title: 'SIGHTINGS', align: 'right' as const },
  { title: 'SOURCES', cut: 'end' as const },
];

async function runs(command: Command): Promise<void> {
  const { terminal, limit, json, ...place } = settings<Place & { limit: number; json?: boolean }>(command);
  const all = await withInventory({ ...place, terminal }, (store) => store.runs(limit));
  if (json) {
    const listed = all.map((run) => ({ ...run, startedAt: iso(run.startedAt), finishedAt: iso(run.finishedAt) }));
    await terminal.out(jsonText({ version: 1, runs: listed }));
    return;
  }
  const rows = all.map((run) =>
    [
      run.id,
      moment(run.startedAt),
      run.finishedAt === null ? '—' : durationText(run.finishedAt - run.startedAt),
      run.status,
      figure(run.scopes),
      figure(run.sightings),
      run.sources.join(' '),
    ].map(printable),
  );
  const widths = fitColumns(columns, rows, terminal.width);
  const titles = columns.map(({ title }) => title);
  for (const line of table(columns, [titles, ...rows], widths, terminal.width)) await terminal.out(`${line}\n`);
  terminal.note(counted(all.length, 'scan'));
}
