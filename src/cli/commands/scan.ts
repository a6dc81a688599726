import type { Command } from 'commander';
import { gathered } from '#cli/async';
import { exit } from '#cli/exit';
import { blameless, type FailOn, failsFinding, parseFailOn } from '#cli/fail-on';
import { examples, type Globals, settings } from '#cli/globals';
import { inventoryFile } from '#cli/inventory';
import type { Stop } from '#cli/signals';
import type { Terminal } from '#cli/terminal';
import { jsonText } from '#cli/text/json';
import type { Report } from '#cli/text/report';
import { version } from '#cli/version';
import type { InventoryStore } from '#db/store';
import type { Condition, Field } from '#model/condition';
import { type VerdictName, verdicts } from '#model/endpoint';
import { type Finding, severities } from '#model/finding';
import type { Plane } from '#model/sighting';
import type { ScanResult } from '#scan/scan';

interface ScanOptions {
  json?: boolean;
  failOn?: string;
  allowPartial?: boolean;
}

export function scanCommand(program: Command): void {
  const command = program
    .command('scan')
    .description('Reads the sources, joins and judges what they say, and reports.')
    .argument(
      '[source|path...]',
      'sources of noontide.yaml, or files and folders that need none (default: all sources)',
    )
    .option(
      '--fail-on <what>',
      'exit code 1 when there are open findings of these verdicts, or of this severity or worse',
    )
    .option('--allow-partial', 'sources that could be read in part, or are being read by another scan, are no failure')
    .option('--json', 'the report as one JSON document')
    .action((what: string[], _, self: Command) => scanned(what, self));
  examples(command, [
    'noontide scan',
    'noontide scan openapi.yaml',
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
  const { config, only } = await chooseSources(what, options.config);
  const file = await inventoryFile(options, process.env, process.cwd());
  const { openInventory } = await import('#db/sqlite/open');
  const store = await openInventory(file);
  const progress = openProgress(options.quiet);
  const stop = stopOnSignals(() => progress.note('Stopping; what was read by now is kept. Once more ends at once.'));
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

/** What the inventory holds now, with what this scan was the first to find. */
async function gather(store: InventoryStore, inventory: string, result: ScanResult): Promise<Report> {
  const { collectors } = await import('#collectors/index');
  const totals: Partial<Record<VerdictName, number>> = {};
  for (const verdict of verdicts) {
    totals[verdict] = await store.countEndpoints({ op: '==', field: 'verdict', value: verdict });
  }
  const undecided: Partial<Record<Plane, number>> = {};
  for (const plane of new Set(collectors.map((collector) => collector.plane))) {
    undecided[plane] = await store.countEndpoints(unknownOn(plane));
  }
  const findings = await gathered(store.findings({ states: ['open', 'reopened', 'acknowledged'] }));
  const worst = ({ severity }: Finding) => severities.indexOf(severity);
  findings.sort((a, b) => worst(b) - worst(a));
  const since = result.scan.startedAt;
  const newFindings = findings.filter((finding) => isNew(finding, since));
  return { inventory, result, totals, undecided, findings, newFindings };
}

function unknownOn(plane: Plane): Condition {
  const unknown = (field: Field): Condition => ({ op: '==', field, value: 'unknown' });
  return { op: 'and', of: [unknown('verdict'), unknown(plane)] };
}

function isNew({ firstFound, lastFound, state }: Finding, since: number): boolean {
  return firstFound >= since || (state === 'reopened' && lastFound >= since);
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
