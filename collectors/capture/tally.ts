/** What was met on the way through a capture: the figures behind `saw` and the problems. All are counts. */
export interface Tally {
  packets: number;
  segments: number;
  flows: number;
  /** Connections of which the capture holds no beginning. */
  midway: number;
  notIp: number;
  notTcp: number;
  /** UDP from or to port 443: HTTP/3, most of it. */
  quic: number;
  /** Packets in a tunnel that is not looked into, by its name. */
  tunnels: Map<string, number>;
  /** Fragments of IP packets that carry TCP. */
  fragments: number;
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
  /** Times a stream of HTTP messages had a hole where a message could have begun. */
  lostMessages: number;
  /** Times a stream that had been HTTP went on with what is none. */
  desyncs: number;
  /** Connections that a CONNECT or an upgrade turned into something else. */
  tunnelled: number;
  /** Connections that begin with TLS, and those of HTTP/2 in clear. */
  tls: number;
  h2c: number;
  /** Names that clients asked for in TLS (SNI); bounded. */
  tlsHosts: Set<string>;
}

export function newTally(): Tally {
  return {
    packets: 0,
    segments: 0,
    flows: 0,
    midway: 0,
    notIp: 0,
    notTcp: 0,
    quic: 0,
    tunnels: new Map(),
    fragments: 0,
    malformed: 0,
    cut: 0,
    gaps: 0,
    gapBytes: 0,
    requests: 0,
    responses: 0,
    unasked: 0,
    lostMessages: 0,
    desyncs: 0,
    tunnelled: 0,
    tls: 0,
    h2c: 0,
    tlsHosts: new Set(),
  };
}

export function countTunnel(tally: Tally, name: string): void {
  tally.tunnels.set(name, (tally.tunnels.get(name) ?? 0) + 1);
}
