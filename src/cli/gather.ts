import type { InventoryStore } from '#db/store';
import type { Condition, Field } from '#model/condition';
import { type VerdictName, verdicts } from '#model/endpoint';
import { type Finding, severities } from '#model/finding';
import type { Plane } from '#model/sighting';
import type { ScanResult } from '#scan/scan';
import { gathered } from './async.ts';
import type { Report } from './text/report.ts';

/** What the inventory holds now, with what this scan was the first to find. */
export async function gather(store: InventoryStore, inventory: string, result: ScanResult): Promise<Report> {
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
