import { compareText } from '#model/order';

/** What a connection tells of its server, with or without a key. */
export interface TlsSight {
  /** By SNI, lower case; where the client named none, the server's address or what a tunnel to it was asked for. */
  readonly host: string;
  readonly port: number;
  readonly transport: 'tcp' | 'quic';
  /** Something of it could be read; else it stayed closed. */
  readonly decrypted: boolean;
  /** Of its ClientHello: epoch milliseconds, and the packet's number. */
  readonly at: number;
  readonly ref: number;
  /** `1.2`, `1.3` … as the server chose; `null` when no answer was seen. */
  readonly version: string | null;
  /** Protocols by ALPN: chosen by the server, and offered by the client. */
  readonly chosen: string | null;
  readonly offered: readonly string[];
  /** The server asked for a client certificate, and the client sent one. */
  readonly certificateAsked: boolean;
  readonly certificateSent: boolean;
  /** With the extension for an encrypted ClientHello: the name may be that of a front. */
  readonly ech: boolean;
}

/** The connections to a server that were decrypted, or those that stayed closed, by the name and port that clients ask for. */
export interface TlsHost extends Pick<TlsSight, 'host' | 'port' | 'transport' | 'decrypted'> {
  /** Epoch milliseconds of the first and the last ClientHello, and the first one's packet. */
  first: number;
  ref: number;
  /** Where that packet stands, when it is another file than the one in which the host is told: `ref` counts there. */
  file: string | undefined;
  last: number;
  connections: number;
  readonly versions: Set<string>;
  readonly chosen: Set<string>;
  readonly offered: Set<string>;
  /** Connections in which a client certificate was asked for, and sent. */
  certificatesAsked: number;
  certificatesSent: number;
  ech: number;
}

export const maxHosts = 10_000;
/** Names of protocols that are kept of a host, those that sort first: real ones have a few. */
const maxProtocols = 16;

/** Hosts met in TLS; 10,000 of them. Neither the order of connections matters, nor in how many parts they come, below that number. */
export class TlsHosts implements Iterable<TlsHost> {
  readonly #hosts = new Map<string, TlsHost>();
  /** Connections to hosts that are not kept, for there are too many. */
  beyond = 0;

  get size(): number {
    return this.#hosts.size;
  }

  /** Counts a connection, once it is known whether it stays closed. */
  add(sight: TlsSight): void {
    const { at, ref, version, chosen, offered } = sight;
    const first = { first: at, ref, file: undefined };
    const host = this.#host(sight, first);
    if (host === null) {
      this.beyond++;
      return;
    }
    noteTimes(host, first, at);
    host.connections++;
    if (version !== null) host.versions.add(version);
    if (chosen !== null) addProtocol(host.chosen, chosen);
    for (const name of offered) addProtocol(host.offered, name);
    if (sight.certificateAsked) host.certificatesAsked++;
    if (sight.certificateSent) host.certificatesSent++;
    if (sight.ech) host.ech++;
  }

  /** Adds what was seen elsewhere of the same capture. */
  absorb(hosts: Iterable<TlsHost>, beyond: number): void {
    this.beyond += beyond;
    for (const from of hosts) {
      const host = this.#host(from, from);
      if (host === null) {
        this.beyond += from.connections;
        continue;
      }
      noteTimes(host, from, from.last);
      host.connections += from.connections;
      host.certificatesAsked += from.certificatesAsked;
      host.certificatesSent += from.certificatesSent;
      host.ech += from.ech;
      for (const version of from.versions) host.versions.add(version);
      for (const name of from.chosen) addProtocol(host.chosen, name);
      for (const name of from.offered) addProtocol(host.offered, name);
    }
  }

  /** In the order in which clients first asked for them. */
  [Symbol.iterator](): Iterator<TlsHost> {
    return [...this.#hosts.values()].sort(byFirst)[Symbol.iterator]();
  }

  #host(
    { host, port, transport, decrypted }: Pick<TlsSight, 'host' | 'port' | 'transport' | 'decrypted'>,
    { first, ref, file }: First,
  ): TlsHost | null {
    const key = `${transport} ${decrypted} ${host} ${port}`;
    const known = this.#hosts.get(key);
    if (known !== undefined) return known;
    if (this.#hosts.size >= maxHosts) return null;
    const fresh: TlsHost = {
      host,
      port,
      transport,
      decrypted,
      first,
      ref,
      file,
      last: first,
      connections: 0,
      versions: new Set(),
      chosen: new Set(),
      offered: new Set(),
      certificatesAsked: 0,
      certificatesSent: 0,
      ech: 0,
    };
    this.#hosts.set(key, fresh);
    return fresh;
  }
}

type First = Pick<TlsHost, 'first' | 'ref' | 'file'>;

/** By time, then by packet, then by file. */
export function byFirst(a: First, b: First): number {
  return a.first - b.first || a.ref - b.ref || compareText(a.file ?? '', b.file ?? '');
}

function noteTimes(host: TlsHost, first: First, last: number): void {
  if (byFirst(first, host) < 0) {
    host.first = first.first;
    host.ref = first.ref;
    host.file = first.file;
  }
  host.last = Math.max(host.last, last);
}

function addProtocol(protocols: Set<string>, name: string): void {
  protocols.add(name);
  if (protocols.size <= maxProtocols) return;
  let largest = '';
  for (const known of protocols) if (known > largest) largest = known;
  protocols.delete(largest);
}
