import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Complete } from '@bomb.sh/tab';
import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import { fields } from '#model/condition';
import { leaves, verdicts } from '#model/endpoint';
import { findingStates, severities } from '#model/finding';
import { planes } from '#model/sighting';
import { columnNames } from './columns.ts';

const values: Record<string, readonly string[]> = {
  verdict: [...new Set<string>([...verdicts, ...leaves])],
  plane: planes,
  'not-plane': planes,
  method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'],
  columns: columnNames,
  sort: fields,
  state: findingStates,
  severity: severities,
  'fail-on': [...new Set<string>([...verdicts, ...leaves, ...severities])],
};

/** Lets the program answer `complete -- <words>`, which the scripts of `completion` ask at every tab. */
export function answerCompletion(program: Command): void {
  const root = tab(program);
  const word = process.argv.at(-1) ?? '';
  const paths = (complete: Complete) => {
    for (const path of entriesLike(word)) complete(path, '');
  };
  for (const command of [root, ...root.commands.values()]) {
    for (const [name, option] of command.options) {
      const known = values[name];
      if (known) option.handler = (complete) => known.forEach((value) => void complete(value, ''));
      else if (['config', 'db', 'output', 'tls-keylog'].includes(name)) option.handler = paths;
    }
  }
  for (const name of ['scan', 'exchanges']) {
    for (const argument of root.commands.get(name)?.arguments.values() ?? []) argument.handler = paths;
  }
}

function entriesLike(word: string): string[] {
  const folder = word.endsWith('/') ? word : dirname(word);
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true }).map((entry) => {
      const path = folder === '.' && !word.startsWith('./') ? entry.name : join(folder, entry.name);
      return entry.isDirectory() ? `${path}/` : path;
    });
  } catch {
    // No such folder: nothing to offer while somebody types.
    return [];
  }
}
