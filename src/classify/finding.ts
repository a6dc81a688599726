import type { Evidence } from '#model/endpoint';
import type { Severity } from '#model/finding';
import { locationText } from '#model/sighting';
import type { ResolvedEndpoint, StoredSighting, View } from '#model/view';

type Finding = View['findings'][number];

const severities: Record<string, Severity> = {
  zombie: 'high',
  'deprecated-in-use': 'medium',
  'deprecated-idle': 'low',
  'shadow live': 'high',
  'shadow unattributed': 'high',
  'shadow deployed': 'medium',
  undocumented: 'low',
  orphan: 'low',
  phantom: 'low',
};

/**
 * What is wrong, one finding an endpoint; of a service of which nothing is declared, one for the whole service, so that a
 * missing specification is not a hundred alarms.
 */
export function findingsOf(endpoints: readonly ResolvedEndpoint[], refused: readonly StoredSighting[]): Finding[] {
  const findings: Finding[] = [];
  for (const members of byService(endpoints).values()) {
    const wrong = members.filter(({ verdict }) => ['zombie', 'shadow', 'orphan'].includes(verdict.verdict));
    const undeclared = members.every(({ planes }) => planes.declared === 'none');
    if (undeclared && wrong.length > 1) findings.push(shadowService(members, wrong));
    else findings.push(...wrong.map(endpointFinding));
  }
  return [...findings, ...answered(refused)];
}

function endpointFinding({ id, environment, service, method, path, verdict, evidence }: ResolvedEndpoint): Finding {
  const { leaf, reason, because } = verdict;
  const severity = severities[`${leaf} ${reason}`] ?? severities[leaf] ?? 'low';
  return { rule: leaf, reason, severity, endpoint: id, environment, service, method, path, because, evidence };
}

function shadowService(members: readonly ResolvedEndpoint[], wrong: readonly ResolvedEndpoint[]): Finding {
  const live = wrong.filter(({ verdict }) => verdict.leaf === 'shadow');
  const [first] = members;
  const evidence: Evidence[] = [];
  for (const endpoint of [...live, ...wrong]) {
    const [proof] = endpoint.evidence;
    if (proof && evidence.length < 5 && !evidence.some((known) => known.where === proof.where)) evidence.push(proof);
  }
  const reason = live.length > 0 ? 'live' : 'coded';
  return {
    rule: 'shadow-service',
    reason,
    severity: reason === 'live' ? 'high' : 'low',
    endpoint: '',
    environment: first?.environment ?? '',
    service: first?.service ?? '',
    method: '',
    path: '',
    because: `no specification declares any of its ${members.length} operations, of which ${live.length} are live`,
    evidence,
  };
}

/** TRACE reflects credentials to scripts, and CONNECT makes a server a proxy: neither should be answered. */
function answered(refused: readonly StoredSighting[]): Finding[] {
  const found = new Map<string, Finding>();
  for (const { method, environment, service, source, plane, where } of refused) {
    const key = `${environment}\n${service}\n${method}`;
    const finding = found.get(key) ?? {
      rule: `${method.toLowerCase()}-answered`,
      reason: 'called',
      severity: 'medium' as const,
      endpoint: '',
      environment,
      service,
      method,
      path: '',
      because: `${method} requests were answered with success`,
      evidence: [],
    };
    if (finding.evidence.length < 3) finding.evidence.push({ plane, source, where: locationText(where) });
    found.set(key, finding);
  }
  return [...found.values()];
}

function byService(endpoints: readonly ResolvedEndpoint[]): Map<string, ResolvedEndpoint[]> {
  const services = new Map<string, ResolvedEndpoint[]>();
  for (const endpoint of endpoints) {
    const key = `${endpoint.environment}\n${endpoint.service}`;
    const members = services.get(key);
    if (members) members.push(endpoint);
    else services.set(key, [endpoint]);
  }
  return services;
}
