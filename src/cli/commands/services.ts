import type { Command } from 'commander';
import { each } from '#cli/async';
import { examples, settings } from '#cli/globals';
import { type Place, withInventory } from '#cli/inventory';
import { jsonText } from '#cli/text/json';
import { tableText } from '#cli/text/table';
import { tally } from '#cli/text/words';
import { verdicts } from '#model/endpoint';
import { counted, figure } from '#model/figure';

export function servicesCommand(program: Command): void {
  const command = program
    .command('services')
    .description('Services, with how their endpoints stand and why they were joined.')
    .option('--bindings', 'how groups of operations came to belong to them')
    .option('--json', 'as JSON')
    .action((_, self: Command) => services(self));
  examples(command, ['noontide services', 'noontide services --bindings', 'noontide services --json']);
}

async function services(command: Command): Promise<void> {
  const { terminal, bindings, json, ...place } = settings<Place & { json?: boolean; bindings?: boolean }>(command);
  const all = await withInventory({ ...place, terminal }, (store) => store.services());
  if (json) {
    await terminal.out(jsonText({ version: 1, services: all }));
    return;
  }
  const [columns, rows] = bindings
    ? [
        [
          { title: 'SERVICE', cut: 'end' as const },
          { title: 'GROUP', cut: 'middle' as const },
          { title: 'HOW' },
          { title: 'SCORE', align: 'right' as const },
          { title: 'PREFIX', cut: 'middle' as const },
          { title: 'BECAUSE', cut: 'end' as const },
        ],
        all.flatMap((service) =>
          service.bindings.map(({ group, how, score, prefix, because }) => [
            service.name,
            group,
            how,
            score.toFixed(2),
            prefix,
            because,
          ]),
        ),
      ]
    : [
        [
          { title: 'SERVICE', cut: 'end' as const },
          { title: 'ENVIRONMENTS', cut: 'end' as const },
          { title: 'ENDPOINTS', align: 'right' as const },
          { title: 'VERDICTS', cut: 'end' as const },
          { title: 'PLANES' },
          { title: 'HOSTS', cut: 'end' as const },
          { title: 'OWNER', cut: 'end' as const },
        ],
        all.map((service) => [
          service.name,
          service.environments.filter((name) => name !== '').join(' '),
          figure(service.endpoints),
          tally(service.verdicts, verdicts),
          service.planes.join(' '),
          service.hosts.join(' '),
          service.owner,
        ]),
      ];
  for await (const piece of tableText(columns, each(rows), terminal.width, (line) => terminal.paint('bold', line))) {
    await terminal.out(piece);
  }
  terminal.note(counted(all.length, 'service'));
}
