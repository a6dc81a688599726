import type { Command } from 'commander';
import { gathered, mapped } from '#cli/async';
import { exit, UsageError } from '#cli/exit';
import { type FailOn, failsFinding, parseFailOn } from '#cli/fail-on';
import { addFilters, type Filter, type FilterOptions, passing, positive, readFilter } from '#cli/filters';
import { examples, gather, settings } from '#cli/globals';
import { type Place, withInventory } from '#cli/inventory';
import { findingJson, findingLines } from '#cli/text/finding';
import { jsonList } from '#cli/text/json';
import { tally } from '#cli/text/words';
import type { InventoryStore } from '#db/store';
import { suggestion } from '#filter/error';
import { counted } from '#model/figure';
import { type Finding, type FindingState, findingStates, type Severity, severities } from '#model/finding';

interface FindingsOptions extends FilterOptions, Place {
  rule?: string[];
  state?: string[];
  severity?: string;
  limit?: number;
  json?: boolean;
  failOn?: string;
}

const usualStates: FindingState[] = ['open', 'reopened', 'acknowledged'];

export function findingsCommand(program: Command): void {
  const command = program
    .command('findings')
    .description('What is wrong, with the reasons and the evidence, by service.')
    .option('--rule <rule>', 'of this rule, or a list: shadow,zombie', gather)
    .option('--state <state>', `in this state, or a list (default: ${usualStates.join(',')})`, gather)
    .option('--severity <severity>', `of this severity or worse: ${severities.join(', ')}`)
    .option('--limit <n>', 'at most so many', positive)
    .option('--json', 'as JSON')
    .option('--fail-on <what>', 'exit code 1 when one is shown that has this rule, or this severity or worse')
    .action((_, self: Command) => findings(self));
  addFilters(command);
  examples(command, [
    'noontide findings',
    'noontide findings --rule shadow,zombie --service orders',
    'noontide findings --severity medium --json',
    'noontide findings --state resolved',
  ]);
}

async function findings(command: Command): Promise<void> {
  const { terminal, ...options } = settings<FindingsOptions>(command);
  const failOn = parseFailOn(options.failOn);
  const least =
    options.severity === undefined ? 0 : severities.indexOf(among('severity', options.severity, severities));
  const filter = await readFilter(options, Date.now());
  const query = {
    states: listOf(options.state)?.map((state) => among('state', state, findingStates)) ?? usualStates,
    ...(options.rule ? { rules: listOf(options.rule) ?? [] } : {}),
  };
  await withInventory({ ...options, terminal }, async (store) => {
    const about = await chosen(store, filter);
    const seen = { findings: 0, failing: 0, severities: {} as Partial<Record<Severity, number>> };
    async function* wanted(): AsyncGenerator<Finding> {
      for await (const finding of store.findings(query)) {
        if (severities.indexOf(finding.severity) < least || !about(finding)) continue;
        yield finding;
        note(finding, seen, failOn);
        if (seen.findings === options.limit) return;
      }
    }
    if (options.json) {
      for await (const piece of jsonList('findings', mapped(wanted(), findingJson))) await terminal.out(piece);
    } else {
      const shown = await gathered(wanted());
      for (const line of findingLines(shown, terminal).slice(1)) await terminal.out(`${line}\n`);
    }
    const kinds = tally(seen.severities, [...severities].reverse());
    terminal.note(`${counted(seen.findings, 'finding')}${kinds === '' ? '' : `: ${kinds}`}`);
    if (seen.failing > 0) process.exitCode = exit.findings;
  });
}

function note(
  finding: Finding,
  seen: { findings: number; failing: number; severities: Partial<Record<Severity, number>> },
  failOn: FailOn | null,
): void {
  seen.findings++;
  seen.severities[finding.severity] = (seen.severities[finding.severity] ?? 0) + 1;
  if (failOn && failsFinding(failOn, finding)) seen.failing++;
}

/** Findings about endpoints that pass the filter, and about services that have one which does. */
async function chosen(store: InventoryStore, { condition, residual }: Filter): Promise<(finding: Finding) => boolean> {
  if (condition === null && residual === null) return () => true;
  const ids = new Set<string>();
  const services = new Set<string>();
  for await (const { id, service } of passing(
    store.endpoints(condition === null ? {} : { where: condition }),
    residual,
  )) {
    ids.add(id);
    services.add(service);
  }
  return ({ endpoint, service }) => (endpoint === '' ? services.has(service) : ids.has(endpoint));
}

function listOf(values: string[] | undefined): string[] | undefined {
  return values?.flatMap((value) => value.split(',')).map((value) => value.trim());
}

function among<T extends string>(what: string, value: string, known: readonly T[]): T {
  const found = known.find((name) => name === value);
  if (found) return found;
  throw new UsageError(`There is no ${what} "${value}". ${suggestion(value, known)}There are ${known.join(', ')}.`);
}
