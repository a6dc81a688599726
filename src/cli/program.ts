import { Command } from 'commander';
import { changesCommand } from './commands/changes.ts';
import { completionCommand } from './commands/completion.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { findingsCommand } from './commands/findings.ts';
import { initCommand } from './commands/init.ts';
import { listCommand } from './commands/list.ts';
import { runsCommand } from './commands/runs.ts';
import { scanCommand } from './commands/scan.ts';
import { servicesCommand } from './commands/services.ts';
import { showCommand } from './commands/show.ts';
import { addGlobals } from './globals.ts';
import { version } from './version.ts';

/** The whole command line. The commands load what they need when they run: see the imports inside them. */
export function createProgram(): Command {
  const program = new Command('noontide');
  program
    .description('Inventory of every API endpoint you have, and which of them are wrong.')
    .version(version(), '-V, --version')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true });
  addGlobals(program);
  for (const add of [
    initCommand,
    scanCommand,
    listCommand,
    showCommand,
    findingsCommand,
    servicesCommand,
    runsCommand,
    changesCommand,
    exportCommand,
    doctorCommand,
    completionCommand,
  ]) {
    add(program);
  }
  return program;
}
