import type { Command } from 'commander';
import { exit } from '#cli/exit';
import { examples, settings } from '#cli/globals';
import { type Place, withInventory } from '#cli/inventory';
import { jsonText } from '#cli/text/json';
import { printable } from '#cli/text/printable';
import { version } from '#cli/version';

export function doctorCommand(program: Command): void {
  const command = program
    .command('doctor')
    .description('Whether the inventory is whole: integrity, versions, sizes.')
    .option('--json', 'as JSON')
    .action((_, self: Command) => doctor(self));
  examples(command, ['noontide doctor', 'noontide doctor --json']);
}

async function doctor(command: Command): Promise<void> {
  const { terminal, json, ...place } = settings<Place & { json?: boolean }>(command);
  const { ok, checks, facts } = await withInventory({ ...place, terminal }, (store) => store.health());
  const all = { noontide: version(), node: process.versions.node, ...facts };
  if (json) {
    await terminal.out(jsonText({ version: 1, ok, checks, facts: all }));
  } else {
    for (const check of checks) {
      const mark = check.ok ? terminal.paint('green', 'ok    ') : terminal.paint('red', 'wrong ');
      await terminal.out(`${mark} ${printable(check.name)}: ${printable(check.detail)}\n`);
      if (!check.ok && check.mend) await terminal.out(`       ${printable(check.mend)}\n`);
    }
    await terminal.out('\n');
    const longest = Math.max(...Object.keys(all).map((name) => name.length));
    for (const [name, value] of Object.entries(all)) {
      await terminal.out(`${name.padEnd(longest)}  ${printable(String(value))}\n`);
    }
  }
  if (!ok) process.exitCode = exit.inventory;
}
