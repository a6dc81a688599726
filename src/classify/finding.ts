import type { Evidence } from '#model/endpoint';
import type { Severity } from '#model/finding';
import { locationText } from '#model/sighting';
import type { ResolvedEndpoint, StoredSighting, View } from '#model/view';
import { registeredDomain } from '#path/domain';
import { encrypted } from './leaf.ts';

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
export function findingsOf(all: readonly ResolvedEndpoint[], refused: readonly StoredSighting[]): Finding[] {
  const findings: Finding[] = [];
  // Closed TLS is no operation: neither wrong, nor a word on whose its host or service is.
  const endpoints = all.filter(({ verdict }) => verdict.reason !== encrypted);
  const own = ownDomains(endpoints);
  for (const members of byService(endpoints).values()) {
    const wrong = members.filter(({ verdict }) => ['zombie', 'shadow', 'orphan'].includes(verdict.verdict));
    const undeclared = members.every(({ planes }) => planes.declared === 'none');
    const elsewhere = undeclared && isElsewhere(members, own);
    if (undeclared && (wrong.length > 1 || (elsewhere && wrong.length > 0)))
      findings.push(shadowService(members, wrong, elsewhere));
    else for (const endpoint of wrong) findings.push(endpointFinding(endpoint));
  }
  return [...findings, ...answered(refused)];
}

/** Domains of which a specification, a gateway or the code of a service says that they are one's own. */
function ownDomains(endpoints: readonly ResolvedEndpoint[]): Set<string> {
  const domains = new Set<string>();
  for (const { planes, hosts } of endpoints) {
    if (planes.declared === 'none' && planes.deployed !== 'yes' && planes.coded !== 'yes') continue;
    for (const host of hosts) {
      const domain = registeredDomain(host);
      if (domain !== null) domains.add(domain);
    }
  }
  return domains;
}

/** Seen in traffic only, on public hosts of domains that are nobody's here: most often what one's own services and pages call. */
function isElsewhere(members: readonly ResolvedEndpoint[], own: ReadonlySet<string>): boolean {
  if (own.size === 0) return false;
  return members.every(({ hosts, evidence }) => {
    const domains = hosts.map(registeredDomain);
    const foreign = domains.length > 0 && domains.every((domain) => domain !== null && !own.has(domain));
    return foreign && evidence.every(({ plane }) => plane === 'observed');
  });
}

function endpointFinding({
  id,
  environment,
  service,
  method,
  path,
  verdict,
  evidence,
  tags,
}: ResolvedEndpoint): Finding {
  const { leaf, reason, because } = verdict;
  const named = severities[`${leaf} ${reason}`] ?? severities[leaf] ?? 'low';
  const severity = leaf === 'shadow' && tags.includes('page') ? 'low' : named;
  return { rule: leaf, reason, severity, endpoint: id, environment, service, method, path, because, evidence };
}

function shadowService(
  members: readonly ResolvedEndpoint[],
  wrong: readonly ResolvedEndpoint[],
  elsewhere: boolean,
): Finding {
  const live = wrong.filter(({ verdict }) => verdict.leaf === 'shadow');
  const [first] = members;
  const evidence: Evidence[] = [];
  for (const endpoint of [...live, ...wrong]) {
    const [proof] = endpoint.evidence;
    if (proof && evidence.length < 5 && !evidence.some((known) => known.where === proof.where)) evidence.push(proof);
  }
  const reason = elsewhere ? 'elsewhere' : live.length > 0 ? 'live' : 'coded';
  const api = live.some(({ tags }) => !tags.includes('page'));
  const counted = members.length === 1 ? 'its operation' : `any of its ${members.length} operations`;
  const tail = elsewhere
    ? 'and its domain is none that specifications, gateways or code name: likely a third party'
    : `of which ${live.length} ${live.length === 1 ? 'is' : 'are'} live`;
  return {
    rule: 'shadow-service',
    reason,
    severity: reason === 'live' && api ? 'high' : 'low',
    endpoint: '',
    environment: first?.environment ?? '',
    service: first?.service ?? '',
    method: '',
    path: '',
    because: `no specification declares ${counted}, ${tail}`,
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
