import { paintVerdict } from '#cli/columns';
import type { Style, Terminal } from '#cli/terminal';
import type { Evidence } from '#model/endpoint';
import type { Finding } from '#model/finding';
import { printable } from './printable.ts';
import { iso } from './words.ts';

const severityStyles: Record<Finding['severity'], Style> = {
  info: 'dim',
  low: 'dim',
  medium: 'yellow',
  high: 'red',
  critical: 'red',
};

/** What a finding is about; every field is shown as it is. */
export type Told = Pick<
  Finding,
  | 'rule'
  | 'reason'
  | 'severity'
  | 'state'
  | 'endpoint'
  | 'environment'
  | 'service'
  | 'method'
  | 'path'
  | 'because'
  | 'evidence'
>;

/** More proofs than these are counted and not listed. */
const shownEvidence = 6;

/** Findings as text, by service and environment: the verdict, the operation, why, and where to look. Each item is a line. */
export function findingLines(findings: readonly Told[], terminal: Terminal): string[] {
  const lines: string[] = [];
  for (const [heading, group] of byService(findings)) {
    lines.push('', terminal.paint('bold', heading));
    for (const finding of group) lines.push(...one(finding, terminal));
  }
  return lines;
}

function one(finding: Told, terminal: Terminal): string[] {
  const { rule, reason, severity, state, method, path, because, evidence } = finding;
  const kind = paintVerdict(terminal, printable(rule));
  const about = printable(`${method} ${path}`.trim()) || 'the whole service';
  const marks = [reason, state === 'open' ? '' : state].filter((mark) => mark !== '' && mark !== rule).map(printable);
  const tail = `${terminal.paint(severityStyles[severity], severity)}${marks.length > 0 ? `, ${marks.join(', ')}` : ''}`;
  return [
    `  ${kind}  ${terminal.paint('bold', about)}  (${tail})`,
    `      ${printable(because)}`,
    ...evidenceLines(evidence).map((line) => terminal.paint('dim', `      ${line}`)),
  ];
}

function evidenceLines(evidence: readonly Evidence[]): string[] {
  const lines = evidence
    .slice(0, shownEvidence)
    .map(({ plane, source, where }) => `${plane.padEnd(8)}  ${printable(source)}  ${printable(where)}`);
  const more = evidence.length - shownEvidence;
  return more > 0 ? [...lines, `and ${more} more`] : lines;
}

function byService(findings: readonly Told[]): Map<string, Told[]> {
  const groups = new Map<string, Told[]>();
  for (const finding of findings) {
    const { service, environment } = finding;
    const heading = printable(environment === '' ? service : `${service} (${environment})`);
    const group = groups.get(heading);
    if (group) group.push(finding);
    else groups.set(heading, [finding]);
  }
  return groups;
}

/** A finding as `--json` writes it. */
export function findingJson(finding: Finding): object {
  return { ...finding, firstFound: iso(finding.firstFound), lastFound: iso(finding.lastFound) };
}
