import type { Terminal } from '#cli/terminal';
import type { Change } from '#db/store';
import { type VerdictName, verdicts } from '#model/endpoint';
import { counted, figure } from '#model/figure';
import type { Finding } from '#model/finding';
import type { Problem, ScopeReport } from '#model/scope';
import { type Plane, planes } from '#model/sighting';
import type { SourceOutcome } from '#scan/event';
import { durationText } from '#scan/figures';
import type { ScanResult } from '#scan/scan';
import { changeJson, changeLine } from './change.ts';
import { findingJson, findingLines } from './finding.ts';
import { printable } from './printable.ts';
import { iso, tally } from './words.ts';

/** Everything that a scan's report tells. */
export interface Report {
  inventory: string;
  result: ScanResult;
  totals: Partial<Record<VerdictName, number>>;
  /** Endpoints without a verdict, by the planes of which too little is known. */
  undecided: Partial<Record<Plane, number>>;
  /** Open, opened again and acknowledged, the worst first. */
  findings: Finding[];
  /** Those that this scan found first, or again. */
  newFindings: Finding[];
}

const mostScopes = 8;
const mostProblems = 5;
const mostFindings = 100;
const mostChanges = 20;

/** The report for people. Each item is a line. */
export function reportLines(report: Report, terminal: Terminal): string[] {
  const { inventory, result, totals, undecided, findings } = report;
  const { scan, sources, changes, firstView } = result;
  const bold = (text: string) => terminal.paint('bold', text);
  const took = durationText((scan.finishedAt ?? scan.startedAt) - scan.startedAt);
  const lines = [bold(`${counted(sources.length, 'source')}, ${counted(scan.sightings, 'sighting')}, ${took}`)];
  for (const source of sources) lines.push(...sourceLines(source, terminal));

  const whole = sources.every(({ status }) => status === 'ok');
  const all = Object.values(totals).reduce((sum, each) => sum + each, 0);
  lines.push('', bold(`${counted(all, 'endpoint')}${all === 0 ? '' : `: ${tally(totals, verdicts)}`}`));
  lines.push(...undecidedLines(totals.unknown ?? 0, undecided));
  if (all > (totals.unknown ?? 0) && findings.length === 0)
    lines.push(`Nothing wrong was found${whole ? '' : ' in what was read'}.`);
  lines.push(...findingLines(findings.slice(0, mostFindings), terminal));
  const more = findings.length - mostFindings;
  if (more > 0) lines.push('', `and ${counted(more, 'more finding', 'more findings')}: noontide findings`);

  if (!firstView && changes.length > 0) {
    lines.push('', bold(`${counted(changes.length, 'change')} since the scan before`));
    for (const change of changes.slice(0, mostChanges)) lines.push(`  ${changeLine(change)}`);
    if (changes.length > mostChanges)
      lines.push(`  and ${figure(changes.length - mostChanges)} more: noontide changes`);
  }
  return [...lines, '', terminal.paint('dim', `inventory: ${printable(inventory)}`)];
}

const evidence: Record<Plane, string> = {
  declared: 'specifications',
  deployed: 'gateways',
  coded: 'code',
  observed: 'traffic',
};

/** What would have to be read, and read completely, before the unknown can be judged. */
function undecidedLines(unknown: number, undecided: Partial<Record<Plane, number>>): string[] {
  const wanted = planes.filter((plane) => (undecided[plane] ?? 0) > 0);
  if (unknown === 0 || wanted.length === 0) return [];
  const each = wanted.map((plane) => `${evidence[plane]} for ${figure(undecided[plane] ?? 0)}`);
  return [`Unknown is what too little was read of: ${each.join(', ')}.`];
}

/** A source: how it went, what it saw, and what stood in the way. */
function sourceLines({ source, kind, status, reason, scopes, ms }: SourceOutcome, terminal: Terminal): string[] {
  const good = status === 'ok';
  const mark = terminal.paint(good ? 'green' : status === 'failed' ? 'red' : 'yellow', good ? 'complete' : status);
  const told = scopes.some(({ problems }) => problems.length > 0);
  const why = reason === '' || told ? '' : `: ${printable(reason)}`;
  const lines = [`  ${printable(source)}  ${mark}${why}  (${printable(kind)}, ${durationText(ms)})`];
  const worstFirst = [...scopes].sort(
    (a, b) => Number(a.completeness === 'complete') - Number(b.completeness === 'complete'),
  );
  for (const scope of worstFirst.slice(0, mostScopes)) lines.push(...scopeLines(scope, terminal));
  if (scopes.length > mostScopes) lines.push(`      and ${counted(scopes.length - mostScopes, 'scope')} more`);
  return lines;
}

function scopeLines({ scope, completeness, saw, problems }: ScopeReport, terminal: Terminal): string[] {
  const how = completeness === 'complete' ? '' : ` ${terminal.paint('yellow', completeness)}`;
  const lines = [`      ${printable(scope)}${how}: ${printable(saw)}`];
  for (const problem of problems.slice(0, mostProblems)) lines.push(`        ${problemText(problem)}`);
  if (problems.length > mostProblems)
    lines.push(`        and ${counted(problems.length - mostProblems, 'more problem')}`);
  return lines;
}

function problemText({ message, where, mend }: Problem): string {
  return printable(`${where ? `${where}: ` : ''}${message}${mend ? ` (${mend})` : ''}`);
}

/** What a quiet scan says: sources that did not go well, verdicts that changed, new findings. Empty when there is none of it. */
export function newsLines({ result, newFindings }: Report, terminal: Terminal): string[] {
  const lines: string[] = [];
  for (const source of result.sources) if (source.status !== 'ok') lines.push(...sourceLines(source, terminal));
  if (newFindings.length > 0) {
    const heading = terminal.paint('bold', counted(newFindings.length, 'new finding'));
    lines.push(heading, ...findingLines(newFindings.slice(0, mostFindings), terminal));
    if (newFindings.length > mostFindings)
      lines.push(`and ${figure(newFindings.length - mostFindings)} more: noontide findings`);
  }
  const judged = result.firstView ? [] : result.changes.filter(changedVerdict);
  if (judged.length > 0) {
    if (lines.length > 0) lines.push('');
    lines.push(terminal.paint('bold', counted(judged.length, 'changed verdict')));
    for (const change of judged.slice(0, mostChanges)) lines.push(`  ${changeLine(change)}`);
    if (judged.length > mostChanges) lines.push(`  and ${figure(judged.length - mostChanges)} more: noontide changes`);
  }
  return lines;
}

function changedVerdict({ kind, fields }: Change): boolean {
  return kind === 'changed' && ['verdict', 'leaf'].some((field) => Object.hasOwn(fields, field));
}

/** The report for programs. */
export function reportJson(report: Report, exitCode: number): object {
  const { inventory, result, totals, undecided, findings, newFindings } = report;
  const { scan, sources, changes, firstView } = result;
  const fresh = new Set(newFindings.map(({ id }) => id));
  return {
    version: 1,
    inventory,
    exitCode,
    scan: { ...scan, startedAt: iso(scan.startedAt), finishedAt: iso(scan.finishedAt) },
    sources: sources.map(({ holder, ...source }) => ({
      ...source,
      holder: holder && { ...holder, since: iso(holder.since) },
    })),
    totals,
    undecided,
    findings: findings.map((finding) => ({ ...findingJson(finding), new: fresh.has(finding.id) })),
    firstView,
    changes: changes.map(changeJson),
  };
}
