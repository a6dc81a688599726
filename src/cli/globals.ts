import { type Command, Option } from 'commander';
import { openTerminal, type Terminal } from './terminal.ts';

/** Options of every command. */
export interface Globals {
  config?: string;
  db?: string;
  verbose: number;
  quiet: boolean;
  logFormat: 'auto' | 'json' | 'pretty';
  color: boolean;
}

export function addGlobals(program: Command): void {
  program
    .addOption(new Option('--config <file>', 'noontide.yaml (default: the nearest, upwards from here)'))
    .addOption(
      new Option(
        '--db <file>',
        "the inventory (default: NOONTIDE_DB, noontide.db beside noontide.yaml, or in the user's data folder)",
      ),
    )
    .addOption(
      new Option('-v, --verbose', 'log more to standard error; twice for everything')
        .default(0, 'no')
        .argParser((_, before: number) => before + 1),
    )
    .addOption(new Option('-q, --quiet', 'errors only; `scan` then prints only what is new'))
    .addOption(
      new Option('--log-format <format>', 'how log lines are written')
        .choices(['auto', 'json', 'pretty'])
        .default('auto'),
    )
    .addOption(new Option('--no-color', 'no colours (also NO_COLOR; FORCE_COLOR for colours in a pipe)'));
}

/** What an action gets: its own options with everybody's, and where to write. */
export function settings<T>(command: Command): T & Globals & { terminal: Terminal } {
  const options = command.optsWithGlobals<T & Globals>();
  const quiet = options.quiet === true;
  return { ...options, quiet, terminal: openTerminal({ color: options.color, quiet }) };
}

/** Examples at the end of a command's help; a test runs every line of them. */
export function examples(command: Command, lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`);
}

/** For options that may be repeated. */
export function gather(value: string, before: string[] = []): string[] {
  return [...before, value];
}
