import { Command } from 'commander';
import { addGlobals } from './globals.ts';
import { version } from './version.ts';

type AddCommand = (program: Command) => void;

/** In the order of `--help`. A command is loaded when it is named, so that none waits for what the others need. */
const commands: Record<string, () => Promise<AddCommand>> = {
  init: async () => (await import('./commands/init.ts')).initCommand,
  scan: async () => (await import('./commands/scan.ts')).scanCommand,
  capture: async () => (await import('./commands/capture.ts')).captureCommand,
  list: async () => (await import('./commands/list.ts')).listCommand,
  show: async () => (await import('./commands/show.ts')).showCommand,
  findings: async () => (await import('./commands/findings.ts')).findingsCommand,
  services: async () => (await import('./commands/services.ts')).servicesCommand,
  runs: async () => (await import('./commands/runs.ts')).runsCommand,
  changes: async () => (await import('./commands/changes.ts')).changesCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  exchanges: async () => (await import('./commands/exchanges.ts')).exchangesCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  completion: async () => (await import('./commands/completion.ts')).completionCommand,
};

/**
 * The command line for some words: with the commands that are among them, wherever they stand (one too many does no harm), or with
 * all of them when there are none, or when help or completions are asked for.
 */
export async function createProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('noontide');
  program
    .description('Inventory of every API endpoint you have, and which of them are wrong.')
    .version(version(), '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true });
  addGlobals(program);
  const named = Object.keys(commands).filter((name) => words.includes(name));
  const every = named.length === 0 || words.includes('help') || words[0] === 'complete';
  for (const [name, load] of Object.entries(commands)) {
    if (every || named.includes(name)) (await load())(program);
  }
  if (words[0] === 'complete') {
    const { answerCompletion } = await import('./complete.ts');
    answerCompletion(program);
  }
  return program;
}
