import { paintVerdict } from '#cli/columns';
import type { Terminal } from '#cli/terminal';
import type { EndpointDetail } from '#db/store';
import { catalogEntry } from '#export/json';
import type { Endpoint } from '#model/endpoint';
import { counted, figure } from '#model/figure';
import { compareText } from '#model/order';
import { type Facts, locationText, type Param, planes } from '#model/sighting';
import type { StoredSighting } from '#model/view';
import { changeJson, changeLine } from './change.ts';
import { findingJson } from './finding.ts';
import { printable } from './printable.ts';
import { iso, moment, tally } from './words.ts';

/** Longer lists are cut, and said to be. */
const mostSightings = 50;
const mostChanges = 20;

/** Everything known of an endpoint, for people. Each item is a line. */
export function detailLines(
  { endpoint, sightings, findings, changes, formerIds }: EndpointDetail,
  terminal: Terminal,
): string[] {
  const bold = (text: string) => terminal.paint('bold', text);
  const lines = [bold(printable(`${endpoint.method} ${endpoint.path}`)), ...facts(endpoint, formerIds, terminal)];
  for (const plane of planes) {
    const said = sightings.filter((sighting) => sighting.plane === plane);
    lines.push('', `${bold(plane)}: ${endpoint.planes[plane]}`);
    for (const sighting of said.slice(0, mostSightings)) lines.push(...sightingLines(sighting, terminal));
    if (said.length > mostSightings)
      lines.push(`  and ${figure(said.length - mostSightings)} more: --json has them all`);
  }
  if (findings.length > 0) lines.push('', bold('findings'));
  for (const { rule, severity, state, because, firstFound } of findings) {
    lines.push(`  ${paintVerdict(terminal, printable(rule))}  (${severity}, ${state} since ${moment(firstFound)})`);
    lines.push(`      ${printable(because)}`);
  }
  if (changes.length > 0) lines.push('', bold('history'));
  for (const change of changes.slice(-mostChanges)) lines.push(`  ${changeLine(change)}`);
  if (changes.length > mostChanges) lines.push(`  after ${counted(changes.length - mostChanges, 'earlier change')}`);
  return lines;
}

function facts(endpoint: Endpoint, formerIds: readonly string[], terminal: Terminal): string[] {
  const { verdict } = endpoint;
  const reason = verdict.reason === '' || verdict.reason === verdict.leaf ? '' : `, ${verdict.reason}`;
  const auth = [endpoint.auth, ...endpoint.authMechanisms].join(' ');
  const pairs: [name: string, value: string][] = [
    ['id', [endpoint.id, ...formerIds.map((id) => `(before: ${id})`)].join(' ')],
    ['service', `${endpoint.service}${endpoint.environment === '' ? '' : ` (${endpoint.environment})`}`],
    ['because', verdict.because],
    ['decided by', verdict.decidedBy.join(', ')],
    ['hosts', endpoint.hosts.join(' ')],
    ['protocol', endpoint.protocol],
    ['parameters', endpoint.params.map(paramText).join('; ')],
    ['authentication', auth],
    ['exposure', endpoint.exposure],
    ['data', endpoint.dataClasses.join(' ')],
    ['owner', endpoint.owner],
    ['version', endpoint.version],
    ['tags', endpoint.tags.join(' ')],
    ['seen', `${moment(endpoint.firstSeen)} to ${moment(endpoint.lastSeen)}`],
    ['calls', endpoint.lastCall === null ? '' : `${figure(endpoint.calls)}, the last ${moment(endpoint.lastCall)}`],
    ['confidence', endpoint.confidence.toFixed(2)],
  ];
  const told = pairs.filter(([, value]) => value !== '').map(([name, value]) => line(name, printable(value)));
  return [line('verdict', `${paintVerdict(terminal, verdict.leaf)}${printable(reason)}`), ...told];
}

function line(name: string, value: string): string {
  return `  ${name.padEnd(15)} ${value}`;
}

function paramText({ name, in: place, type, format, required }: Param): string {
  const kind = [type, format && `(${format})`, required && 'required'].filter(Boolean).join(' ');
  return `${name} in ${place}${kind === '' ? '' : `: ${kind}`}`;
}

function sightingLines(sighting: StoredSighting, terminal: Terminal): string[] {
  const { source, where, seen, goneAt, facts: said, method, path } = sighting;
  const what = said.tls ? 'connection' : 'call';
  const when = seen ? `  ${counted(seen.count, what)}, ${moment(seen.first)} to ${moment(seen.last)}` : '';
  const gone = goneAt === null ? '' : terminal.paint('yellow', `  gone since ${moment(goneAt)}`);
  const more = factTexts(said);
  const lines = [`  ${printable(source)}  ${printable(locationText(where))}${when}${gone}`];
  lines.push(
    terminal.paint('dim', `      as ${printable(`${method} ${path}`)}${more === '' ? '' : `, ${printable(more)}`}`),
  );
  return lines;
}

function factTexts(facts: Facts): string {
  const { statuses, sunset, operationId, handler, guards, framework, backend, anonymousSuccess, tls } = facts;
  const texts = [
    operationId && `operation ${operationId}`,
    handler && `handler ${handler}`,
    guards?.length && `guards ${guards.join(' ')}`,
    framework,
    backend && `backend ${backend}`,
    facts.deprecated && 'deprecated',
    sunset !== undefined && `sunset ${moment(sunset)}`,
    facts.draft && 'draft',
    facts.retired && 'retired',
    statuses && `answers ${tally(statuses, Object.keys(statuses)).replaceAll(/([\d,]+) (\d+)/g, '$2 × $1')}`,
    anonymousSuccess && `${counted(anonymousSuccess, 'success', 'successes')} without credentials`,
    tls && tlsText(tls),
    ...usageTexts(facts),
  ];
  return texts.filter((text) => typeof text === 'string' && text !== '').join(', ');
}

/** What can be seen of TLS from outside: `TLS 1.2 1.3 by tcp, speaks h2 http/1.1, client certificates asked`. */
function tlsText({ versions, alpn, transport, certificates, ech }: NonNullable<Facts['tls']>): string {
  const texts = [
    `${['TLS', ...versions].join(' ')} by ${transport.join(' ')}`,
    alpn.length > 0 && `speaks ${alpn.join(' ')}`,
    certificates && `client certificates ${certificates}`,
    ech && 'encrypted hello',
  ];
  return texts.filter(Boolean).join(', ');
}

/** How traffic shows an operation to be used: how fast, by whom, for what. */
function usageTexts({ latency, clients, userAgents, calls, marks, traits }: Facts): (string | undefined)[] {
  const networks = clients?.networks === undefined ? '' : ` of ${counted(clients.networks, 'network')}`;
  return [
    latency && `within ${milliseconds(latency.p50)} mostly, ${milliseconds(latency.p95)} nearly always`,
    clients && `${counted(clients.count, 'client')}${networks}`,
    userAgents && `by ${frequent(userAgents)}`,
    calls && `calls ${frequent(calls)}`,
    traits?.data && `holds ${frequent(traits.data)}`,
    traits?.credentials && `asked with ${frequent(traits.credentials)}`,
    traits?.banners && `says ${frequent(traits.banners)}`,
    marks && `odd: ${frequent(marks)}`,
  ];
}

function milliseconds(time: number): string {
  return `${time < 10 ? Number(time.toPrecision(2)) : figure(Math.round(time))} ms`;
}

/** The three most frequent names. */
function frequent(counts: Record<string, number>): string {
  const names = Object.entries(counts).sort(([a, times], [b, others]) => others - times || compareText(a, b));
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${names
    .slice(0, 3)
    .map(([name]) => name)
    .join(', ')}${more}`;
}

/** The same for programs, whole. */
export function detailJson({ endpoint, sightings, findings, changes, formerIds }: EndpointDetail): object {
  return {
    version: 1,
    endpoint: catalogEntry(endpoint),
    formerIds,
    sightings: sightings.map(({ firstScanAt, lastScanAt, goneAt, ...sighting }) => ({
      ...sighting,
      location: locationText(sighting.where),
      firstScanAt: iso(firstScanAt),
      lastScanAt: iso(lastScanAt),
      goneAt: iso(goneAt),
    })),
    findings: findings.map(findingJson),
    changes: changes.map(changeJson),
  };
}
