/** A server as clients ask for it in TLS, by the name and port: what is known of it without a key. */
export interface TlsHost {
  /** By SNI, lower case; the server's address when the client named none. */
  readonly host: string;
  readonly port: number;
  readonly transport: 'tcp' | 'quic';
  /** Epoch milliseconds of the first and the last ClientHello. */
  first: number;
  last: number;
  connections: number;
  /** `1.2`, `1.3` … as the server chose, or as the client offered where no answer was seen. */
  readonly versions: Set<string>;
  /** Protocols by ALPN: chosen by the server, and offered by clients. */
  readonly chosen: Set<string>;
  readonly offered: Set<string>;
  /** Connections in which the server asked for a client certificate, and in which the client sent one. */
  certificatesAsked: number;
  certificatesSent: number;
  /** Connections with the extension for an encrypted ClientHello: the name may be that of a front. */
  ech: number;
}

const maxHosts = 10_000;
/** Names of protocols that are kept of a host: real ones have a few. */
const maxProtocols = 16;

/** Hosts met in TLS; the first 10,000. */
export class TlsHosts implements Iterable<TlsHost> {
  readonly #hosts = new Map<string, TlsHost>();
  /** Connections to hosts that are not kept, for there are too many. */
  beyond = 0;

  get size(): number {
    return this.#hosts.size;
  }

  /** A ClientHello for this host at `at` (epoch milliseconds); `null` when there is no room for it. */
  see(host: string, port: number, transport: TlsHost['transport'], at: number): TlsHost | null {
    const key = `${transport} ${host} ${port}`;
    let found = this.#hosts.get(key);
    if (found === undefined) {
      if (this.#hosts.size >= maxHosts) {
        this.beyond++;
        return null;
      }
      found = newHost(host, port, transport, at);
      this.#hosts.set(key, found);
    }
    found.first = Math.min(found.first, at);
    found.last = Math.max(found.last, at);
    found.connections++;
    return found;
  }

  /** Adds what was seen elsewhere of the same capture. */
  absorb(hosts: Iterable<TlsHost>, beyond: number): void {
    this.beyond += beyond;
    for (const host of hosts) {
      const known = this.see(host.host, host.port, host.transport, host.first);
      if (known === null) continue;
      known.last = Math.max(known.last, host.last);
      known.connections += host.connections - 1;
      known.certificatesAsked += host.certificatesAsked;
      known.certificatesSent += host.certificatesSent;
      known.ech += host.ech;
      for (const version of host.versions) known.versions.add(version);
      for (const protocol of host.chosen) addProtocol(known.chosen, protocol);
      for (const protocol of host.offered) addProtocol(known.offered, protocol);
    }
  }

  [Symbol.iterator](): Iterator<TlsHost> {
    return this.#hosts.values();
  }
}

/** Keeps the name of a protocol, while there are few. */
export function addProtocol(protocols: Set<string>, name: string): void {
  if (protocols.size < maxProtocols) protocols.add(name);
}

function newHost(host: string, port: number, transport: TlsHost['transport'], at: number): TlsHost {
  return {
    host,
    port,
    transport,
    first: at,
    last: at,
    connections: 0,
    versions: new Set(),
    chosen: new Set(),
    offered: new Set(),
    certificatesAsked: 0,
    certificatesSent: 0,
    ech: 0,
  };
}
