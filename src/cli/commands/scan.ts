import type { Command } from 'commander';
import { exit } from '#cli/exit';
import { blameless, type FailOn, failsFinding, parseFailOn } from '#cli/fail-on';
import { gather } from '#cli/gather';
import { examples, type Globals, settings } from '#cli/globals';
import { inventoryFile } from '#cli/inventory';
import type { Stop } from '#cli/signals';
import type { Terminal } from '#cli/terminal';
import { jsonText } from '#cli/text/json';
import type { Report } from '#cli/text/report';
import { version } from '#cli/version';
import type { InventoryStore } from '#db/store';
import type { Condition } from '#model/condition';

interface ScanOptions {
  json?: boolean;
  failOn?: string;
  allowPartial?: boolean;
  tlsKeylog?: string;
}

export function scanCommand(program: Command): void {
  const command = program
    .command('scan')
    .description('Reads the sources, joins and judges what they say, and reports.')
    .argument(
      '[source|path...]',
      'sources of noontide.yaml, or files, folders and - for standard input, which need none (default: all sources)',
    )
    .option(
      '--fail-on <what>',
      'exit code 1 when there are open findings of these verdicts, or of this severity or worse',
    )
    .option('--allow-partial', 'sources that could be read in part, or are being read by another scan, are no failure')
    .option('--tls-keylog <file>', 'decrypt TLS in captures given as paths, with the secrets in this SSLKEYLOGFILE')
    .option('--json', 'the report as one JSON document')
    .action((what: string[], _, self: Command) => scanned(what, self));
  examples(command, [
    'noontide scan',
    'noontide scan openapi.yaml',
    'noontide scan - <edge.pcap',
    'noontide scan --quiet --fail-on shadow,zombie',
    'noontide scan --json --allow-partial',
  ]);
}

async function scanned(what: readonly string[], command: Command): Promise<void> {
  const { terminal, ...options } = settings<ScanOptions>(command);
  const failOn = parseFailOn(options.failOn);
  const [{ chooseSources }, { openProgress }, { stopOnSignals }, { createLog, logLevel }, { buildView }, { scan }] =
    await Promise.all([
      import('#cli/sources'),
      import('#cli/progress'),
      import('#cli/signals'),
      import('#log/log'),
      import('#scan/view'),
      import('#scan/scan'),
    ]);
  const { config, only } = await chooseSources(what, options.config, options.tlsKeylog);
  const file = await inventoryFile(options, process.env, process.cwd());
  const { openInventory } = await import('#db/sqlite/open');
  const store = await openInventory(file);
  const progress = openProgress(options.quiet);
  const piped = what.includes('-');
  const stop = stopOnSignals(
    () => progress.note('Stopping; what was read by now is kept. Once more ends at once.'),
    piped ? { told: () => progress.note('Reading standard input to its end. Once more stops.') } : null,
  );
  try {
    const { verbose, quiet, logFormat, color } = options;
    const log = createLog({ stream: progress.stream, level: logLevel(verbose, quiet), format: logFormat, color });
    const { signal } = stop;
    const { onEvent } = progress;
    const given = { store, config, signal, log, onEvent, version: version(), buildView };
    const result = await scan(only === null ? given : { ...given, only }).finally(() => progress.end());
    const report = await gather(store, file, result);
    const code = await exitCode(store, report, failOn, options, stop);
    await print(report, code, options, terminal);
    process.exitCode = code;
  } finally {
    stop.release();
    await store.close();
  }
}

/** A stop wins over everything, missing data over findings: no gate passes on what was not read. */
async function exitCode(
  store: InventoryStore,
  { result, findings }: Report,
  failOn: FailOn | null,
  { allowPartial }: ScanOptions,
  stop: Stop,
): Promise<number> {
  if (stop.code() !== 0) return stop.code();
  const accepted = allowPartial ? ['ok', 'partial', 'timeout', 'busy'] : ['ok'];
  if (result.sources.some(({ status }) => !accepted.includes(status))) return exit.incomplete;
  if (failOn === null) return exit.ok;
  const failing = findings.some((finding) => failsFinding(failOn, finding)) || (await anyBlameless(store, failOn));
  return failing ? exit.findings : exit.ok;
}

/** Whether there are endpoints of a verdict that is named and has no findings. The others go by their findings, which may be suppressed. */
async function anyBlameless(store: InventoryStore, { names }: FailOn): Promise<boolean> {
  const values = names.filter((name) => blameless.includes(name));
  if (values.length === 0) return false;
  const of: Condition[] = [
    { op: 'in', field: 'verdict', values },
    { op: 'in', field: 'leaf', values },
  ];
  return (await store.countEndpoints({ op: 'or', of })) > 0;
}

async function print(report: Report, code: number, options: ScanOptions & Globals, terminal: Terminal): Promise<void> {
  const { newsLines, reportJson, reportLines } = await import('#cli/text/report');
  if (options.json) {
    await terminal.out(jsonText(reportJson(report, code)));
    return;
  }
  const lines = options.quiet ? newsLines(report, terminal) : reportLines(report, terminal);
  for (const line of lines) await terminal.out(`${line}\n`);
}
