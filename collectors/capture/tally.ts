import { type TlsHost, TlsHosts } from './tls/hosts.ts';

/** What was met on the way through a capture: the figures behind `saw` and the problems. All are counts. */
export interface Tally {
  packets: number;
  segments: number;
  flows: number;
  /** Connections of which the capture holds no beginning. */
  midway: number;
  /** Connections that began in an earlier file of the same rotation. */
  continued: number;
  notIp: number;
  /** Packets whose innermost protocol is another than TCP. */
  notTcp: number;
  /** UDP from or to port 443 or 8443: HTTP/3, most of it. */
  quic: number;
  /** Connections of QUIC whose first message was read. */
  quicConnections: number;
  /** Packets by the name of each tunnel that was opened in them (`VXLAN`), and of MPLS and PPPoE. */
  tunnels: Map<string, number>;
  /** Fragments of IP packets of TCP, or of a tunnel, that never became whole. */
  fragments: number;
  /** Frames of 802.11 that are encrypted. */
  encrypted: number;
  malformed: number;
  /** Packets of which the recording kept only the beginning. */
  cut: number;
  /** Holes in streams that never filled, and the bytes in them. */
  gaps: number;
  gapBytes: number;
  requests: number;
  responses: number;
  /** Responses whose request is not in the capture. */
  unasked: number;
  /** HTTP/2 requests whose method or path stands in a header table that the capture lacks. */
  nameless: number;
  /** Times a stream of HTTP messages had a hole where a message could have begun. */
  lostMessages: number;
  /** Times a stream that had been HTTP went on with what is none. */
  desyncs: number;
  /** Connections that a CONNECT or an upgrade turned into something else. */
  tunnelled: number;
  /** Connections that begin with TLS, and those of HTTP/2 in clear. */
  tls: number;
  h2c: number;
  /** Of the TLS connections, those of which something was decrypted. */
  tlsDecrypted: number;
  /** Directions of TLS connections that could not be read on, although there were keys. */
  tlsLost: number;
  /** Hosts that clients asked for in TLS and QUIC; bounded. */
  tlsHosts: TlsHosts;
}

export function newTally(): Tally {
  return {
    packets: 0,
    segments: 0,
    flows: 0,
    midway: 0,
    continued: 0,
    notIp: 0,
    notTcp: 0,
    quic: 0,
    quicConnections: 0,
    tunnels: new Map(),
    fragments: 0,
    encrypted: 0,
    malformed: 0,
    cut: 0,
    gaps: 0,
    gapBytes: 0,
    requests: 0,
    responses: 0,
    unasked: 0,
    nameless: 0,
    lostMessages: 0,
    desyncs: 0,
    tunnelled: 0,
    tls: 0,
    h2c: 0,
    tlsDecrypted: 0,
    tlsLost: 0,
    tlsHosts: new TlsHosts(),
  };
}

export function countTunnel(tally: Tally, name: string): void {
  tally.tunnels.set(name, (tally.tunnels.get(name) ?? 0) + 1);
}

/** A tally as plain data, that goes from thread to thread (structured clone). */
export interface PackedTally {
  counts: Record<string, number>;
  tunnels: Map<string, number>;
  tlsHosts: TlsHost[];
  /** Connections to hosts that were not kept. */
  beyond: number;
}

/** Moves what was counted to another tally. */
export function moveTally(from: Tally, into: Tally): void {
  addTally(into, packTally(from));
  Object.assign(from, newTally());
}

export function packTally({ tunnels, tlsHosts, ...counts }: Tally): PackedTally {
  return { counts, tunnels, tlsHosts: [...tlsHosts], beyond: tlsHosts.beyond };
}

/** Adds what was met elsewhere in the same capture. */
export function addTally(into: Tally, { counts, tunnels, tlsHosts, beyond }: PackedTally): void {
  for (const [name, count] of Object.entries(counts)) into[name as CountName] += count;
  for (const [name, count] of tunnels) into.tunnels.set(name, (into.tunnels.get(name) ?? 0) + count);
  into.tlsHosts.absorb(tlsHosts, beyond);
}

type CountName = Exclude<keyof Tally, 'tunnels' | 'tlsHosts'>;
