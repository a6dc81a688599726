import { CommanderError } from 'commander';
import { exit } from './exit.ts';
import { createProgram } from './program.ts';
import { printable } from './text/printable.ts';

/** Runs the command line. Never throws: whatever goes wrong is a sentence on standard error and an exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  // Node would end with 1, which says that there are findings.
  process.on('uncaughtException', (error) => process.exit(report(error, argv)));
  try {
    const program = await createProgram(argv.slice(2));
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error, argv);
  }
}

/** Errors by name, so that nothing is loaded only to be compared with. */
const codes: Record<string, number> = {
  UsageError: exit.usage,
  FilterError: exit.usage,
  ConditionError: exit.usage,
  ConfigError: exit.usage,
  InventoryError: exit.inventory,
  LiveError: exit.usage,
};

function report(error: unknown, argv: readonly string[]): number {
  // Commander has said what it had to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.usage;
  const { name = '', message = String(error), stack = '' } = error as Partial<Error>;
  const code = codes[name];
  if (code !== undefined) {
    process.stderr.write(`${message.split('\n').map(printable).join('\n')}${pointer(error, argv)}\n`);
    return code;
  }
  process.stderr.write(
    `This is a defect of noontide, please report it: ${printable(message)}\n${stack.split('\n').slice(1).map(printable).join('\n')}\n`,
  );
  return exit.defect;
}

/** The expression with a mark below the place, for errors that know one. */
function pointer(error: unknown, argv: readonly string[]): string {
  const { position } = error as { position?: number | null };
  const at = argv.findIndex((arg) => arg === '--where' || arg.startsWith('--where='));
  if (typeof position !== 'number' || at < 0) return '';
  const text = argv[at] === '--where' ? (argv[at + 1] ?? '') : (argv[at] ?? '').slice('--where='.length);
  const before = text.slice(0, position);
  const line = text.split('\n')[before.split('\n').length - 1] ?? '';
  const column = before.length - (before.lastIndexOf('\n') + 1);
  const from = Math.max(0, column - 60);
  const shown = printable(line.slice(from, column));
  return `\n  ${shown}${printable(line.slice(column, column + 60))}\n  ${' '.repeat(shown.length)}^`;
}
