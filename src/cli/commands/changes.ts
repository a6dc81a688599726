import type { Command } from 'commander';
import { mapped } from '#cli/async';
import { examples, settings } from '#cli/globals';
import { type Place, withInventory } from '#cli/inventory';
import { changeJson, fieldsText } from '#cli/text/change';
import { jsonList } from '#cli/text/json';
import { tableText } from '#cli/text/table';
import { moment, tally } from '#cli/text/words';
import { type Change, type ChangeKind, changeKinds } from '#db/store';
import { parseMoment } from '#filter/time';
import { counted } from '#model/figure';

export function changesCommand(program: Command): void {
  const command = program
    .command('changes')
    .description('What appeared, changed and vanished.')
    .option('--since <time>', 'since then: 7d, 2026-01-31, 2026-01-31T12:00:00Z', '7d')
    .option('--json', 'as JSON')
    .action((_, self: Command) => changes(self));
  examples(command, ['noontide changes', 'noontide changes --since 24h', 'noontide changes --since 2026-01-31 --json']);
}

const columns = [
  { title: 'WHEN' },
  { title: 'WHAT' },
  { title: 'METHOD' },
  { title: 'PATH', cut: 'middle' as const },
  { title: 'SERVICE', cut: 'end' as const },
  { title: 'VERDICT' },
  { title: 'FIELDS', cut: 'end' as const },
];

async function changes(command: Command): Promise<void> {
  const { terminal, since, json, ...place } = settings<Place & { since: string; json?: boolean }>(command);
  const from = parseMoment(since, Date.now());
  await withInventory({ ...place, terminal }, async (store) => {
    const counts: Partial<Record<ChangeKind, number>> = {};
    async function* counting(): AsyncGenerator<Change> {
      for await (const change of store.changes(from)) {
        counts[change.kind] = (counts[change.kind] ?? 0) + 1;
        yield change;
      }
    }
    const pieces = json
      ? jsonList('changes', mapped(counting(), changeJson))
      : tableText(columns, mapped(counting(), row), terminal.width, (line) => terminal.paint('bold', line));
    for await (const piece of pieces) {
      await terminal.out(piece);
      if (terminal.closed()) return;
    }
    const all = Object.values(counts).reduce((sum, each) => sum + each, 0);
    const kinds = tally(counts, changeKinds);
    terminal.note(`${counted(all, 'change')} since ${moment(from)}${kinds === '' ? '' : `: ${kinds}`}`);
  });
}

function row({ at, kind, method, path, service, verdict, fields }: Change): string[] {
  return [moment(at), kind, method, path, service, verdict, fieldsText(fields)];
}
