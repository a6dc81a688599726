import { normaliseHost, withPort } from '#collectors/traffic/host';
import { compareText } from '#model/order';
import type { Facts, Sighting } from '#model/sighting';
import { segmentType } from '#path/segment';
import { byFirst, type TlsHost } from './hosts.ts';

/** What all closed connections to one host and port tell, whatever carries them. */
interface Closed {
  first: number;
  ref: number;
  file: string | undefined;
  last: number;
  count: number;
  readonly versions: Set<string>;
  readonly alpn: Set<string>;
  readonly transport: Set<'tcp' | 'quic'>;
  asked: boolean;
  sent: boolean;
  ech: boolean;
}

/**
 * A sighting for each host with connections that stayed closed, in the order of the hosts: that there is TLS, and nothing of what is
 * asked inside. `file` is shown as `where.file`; hosts that are not `wanted`, or cannot be one, are left out.
 */
export function closedSightings(
  hosts: Iterable<TlsHost>,
  file: string,
  wanted: (host: string) => boolean = () => true,
): Sighting[] {
  const closed = new Map<string, Closed>();
  for (const host of hosts) {
    if (host.decrypted) continue;
    const name = nameOf(host);
    if (name === null || name === '' || !wanted(name)) continue;
    const known = closed.get(name) ?? nothing();
    closed.set(name, known);
    unite(known, host);
  }
  return [...closed].sort(([a], [b]) => compareText(a, b)).map(([name, one]) => sightingOf(name, one, file));
}

function sightingOf(host: string, closed: Closed, file: string): Sighting {
  const { first, ref, last, count, sent } = closed;
  return {
    plane: 'observed',
    protocol: 'http',
    method: '*',
    path: '/',
    pathKind: 'prefix',
    anchored: true,
    servers: [{ host, basePath: '' }],
    service: host,
    facts: { tls: factOf(closed), ...(sent && { auth: { required: 'unknown', mechanisms: ['mutualTLS'] } }) },
    where: { in: 'traffic', file: closed.file ?? file, ref },
    seen: { first: Math.floor(first), last: Math.floor(last), count },
  };
}

function factOf({ versions, alpn, transport, asked, sent, ech }: Closed): NonNullable<Facts['tls']> {
  return {
    versions: [...versions].sort(),
    alpn: [...alpn].sort(),
    transport: [...transport].sort(),
    ...((asked || sent) && { certificates: sent ? 'sent' : 'asked' }),
    ...(ech && { ech }),
  };
}

/** As other sightings name a host: with its port where that is not HTTPS's own. */
function nameOf({ host, port }: TlsHost): string | null {
  return normaliseHost(withPort(host, port), 'https');
}

function nothing(): Closed {
  return {
    first: Number.POSITIVE_INFINITY,
    ref: 0,
    file: undefined,
    last: Number.NEGATIVE_INFINITY,
    count: 0,
    versions: new Set(),
    alpn: new Set(),
    transport: new Set(),
    asked: false,
    sent: false,
    ech: false,
  };
}

function unite(into: Closed, host: TlsHost): void {
  if (byFirst(host, into) < 0) {
    into.first = host.first;
    into.ref = host.ref;
    into.file = host.file;
  }
  into.last = Math.max(into.last, host.last);
  into.count += host.connections;
  into.transport.add(host.transport);
  for (const version of host.versions) into.versions.add(version);
  for (const name of host.chosen.size > 0 ? host.chosen : host.offered) if (isProtocol(name)) into.alpn.add(name);
  into.asked ||= host.certificatesAsked > 0;
  into.sent ||= host.certificatesSent > 0;
  into.ech ||= host.ech > 0;
}

const maxName = 24;
/** Words and short numbers, as IANA's registry of ALPN has them (`h2`, `http/1.1`, `acme-tls/1`). */
const registered = /^[a-z]+[0-9]{0,2}(?:[./-](?:[a-z]+[0-9]{0,2}|[0-9]{1,2}))*$/;

/** Clients may offer any text: what could be a value is not told. */
function isProtocol(name: string): boolean {
  return name.length <= maxName && registered.test(name) && segmentType(name) === null;
}
