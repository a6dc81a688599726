import { suggestion } from '#filter/error';
import { type Endpoint, leaves, verdicts } from '#model/endpoint';
import { type Finding, type Severity, severities } from '#model/finding';
import { UsageError } from './exit.ts';

/** What makes a command end with exit code 1: these verdicts or leaves, and findings of this severity or worse. */
export interface FailOn {
  names: string[];
  severity: Severity | null;
}

/** Reads `--fail-on`: a comma list of verdicts and leaves, and at most one severity. */
export function parseFailOn(list: string | undefined): FailOn | null {
  if (list === undefined) return null;
  const known: string[] = [...new Set<string>([...verdicts, ...leaves])];
  const failOn: FailOn = { names: [], severity: null };
  for (const name of list.split(',').map((item) => item.trim())) {
    if ((severities as readonly string[]).includes(name)) {
      if (failOn.severity !== null) throw new UsageError('--fail-on takes one severity: it means that or worse.');
      failOn.severity = name as Severity;
    } else if (known.includes(name)) {
      failOn.names.push(name);
    } else {
      const all = [...known, ...severities];
      throw new UsageError(
        `--fail-on takes verdicts and a severity, not "${name}". ${suggestion(name, all)}They are ${all.join(', ')}.`,
      );
    }
  }
  return failOn;
}

/** Verdicts and leaves of which nothing is found wrong. */
export const blameless: readonly string[] = ['fine', 'managed', 'retired', 'unknown', 'indeterminate'];

/** Rules by the verdict that their leaf rolls up to. */
const rollUps: Record<string, string> = {
  'deprecated-in-use': 'zombie',
  'deprecated-idle': 'zombie',
  undocumented: 'shadow',
  'shadow-service': 'shadow',
  phantom: 'orphan',
};

/** Whether an endpoint is one that must not be there. */
export function failsEndpoint({ names }: FailOn, { verdict }: Pick<Endpoint, 'verdict'>): boolean {
  return names.includes(verdict.verdict) || names.includes(verdict.leaf);
}

/** Whether a finding counts: open or opened again, and severe enough, or of a rule that was named. */
export function failsFinding(
  { names, severity }: FailOn,
  finding: Pick<Finding, 'rule' | 'severity' | 'state'>,
): boolean {
  if (finding.state !== 'open' && finding.state !== 'reopened') return false;
  if (severity !== null && severities.indexOf(finding.severity) >= severities.indexOf(severity)) return true;
  return names.includes(finding.rule) || names.includes(rollUps[finding.rule] ?? '');
}
