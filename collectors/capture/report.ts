import { someNames } from '#collectors/traffic/some-names';
import { counted, figure } from '#model/figure';
import type { Problem } from '#model/scope';
import type { Tally } from './tally.ts';
import { maxHosts, type TlsHost, type TlsHosts } from './tls/hosts.ts';

/** What a capture held beside what was folded, as a clause for `saw`: `4,212 packets, 1,903 TCP segments in 88 connections`. */
export function sawPackets(tally: Tally): string {
  const clauses = [
    `${counted(tally.packets, 'packet')}, ${counted(tally.segments, 'TCP segment')} in ${counted(tally.flows, 'connection')}`,
    clause(tally.midway, `${counted(tally.midway, 'connection')} older than the capture`),
    clause(tally.continued, `${counted(tally.continued, 'connection')} that began in the files before`),
    clause(tally.tls, sawTls(tally)),
    clause(tally.tlsLost, `${counted(tally.tlsLost, 'direction')} of TLS that could not be decrypted to the end`),
    clause(tally.h2c, `${counted(tally.h2c, 'connection')} of HTTP/2 in clear`),
    clause(tally.tunnelled, `${counted(tally.tunnelled, 'CONNECT or upgrade', 'CONNECTs or upgrades')}`),
    clause(tally.nameless, `${counted(tally.nameless, 'HTTP/2 request')} whose name is not in the capture`),
    clause(tally.unasked, `${counted(tally.unasked, 'response')} without their request`),
    clause(tally.desyncs, `${counted(tally.desyncs, 'stream')} that went on with what is no HTTP`),
    ...[...tally.tunnels].map(([name, count]) => `${counted(count, 'packet')} in ${name}`),
    clause(tally.quic, sawQuic(tally)),
    clause(tally.notTcp, `${counted(tally.notTcp, 'packet')} of other protocols than TCP`),
    clause(tally.notIp, `${counted(tally.notIp, 'packet')} without IP`),
    clause(tally.encrypted, `${counted(tally.encrypted, 'encrypted 802.11 frame')}`),
    clause(tally.gaps, `${counted(tally.gaps, 'gap')} (${counted(tally.gapBytes, 'byte')})`),
    clause(tally.cut, `${counted(tally.cut, 'packet')} cut by the recording`),
    clause(tally.malformed, `${counted(tally.malformed, 'malformed packet')}`),
  ];
  return clauses.filter((text) => text !== '').join('; ');
}

/** Why a capture without a single HTTP message has none, and what would show some. */
export function whyNothing(tally: Tally): string {
  if (tally.packets === 0) return 'it holds no packets';
  if (tally.tls > tally.tlsDecrypted) {
    return `no HTTP, ${counted(tally.tls - tally.tlsDecrypted, 'TLS connection')} without a key: give a key log (--tls-keylog) or record behind the point where TLS ends`;
  }
  if (tally.encrypted > 0 && tally.segments === 0)
    return 'no TCP: the 802.11 frames are encrypted, record behind the access point';
  if (tally.segments === 0) return 'no TCP: record where HTTP/1 or HTTP/2 passes';
  return 'no connection carries HTTP: record where it passes';
}

/** What kept HTTP from being read: only these make a scope partial. Packets that are cut or lost elsewhere are figures in `saw`. */
export function losses(tally: Tally, where: string): Problem[] {
  const problems: Problem[] = [];
  if (tally.lostMessages > 0) {
    const places = counted(tally.lostMessages, 'hole');
    problems.push({
      message: `${places} in HTTP streams where messages may be missing, among ${counted(tally.gaps, 'gap')} of ${counted(tally.gapBytes, 'byte')}`,
      where,
      mend:
        tally.cut > 0
          ? 'record whole packets: tcpdump -s 0'
          : 'record with a larger buffer (tcpdump -B 65536), or closer to the server',
    });
  }
  if (tally.fragments > 0) {
    problems.push({
      message: `${counted(tally.fragments, 'IP fragment')} never became whole packets; what was in them is missing`,
      where,
      mend: 'record whole packets with a larger buffer (tcpdump -s 0 -B 65536), where all of their fragments pass',
    });
  }
  return problems;
}

/** More hosts in TLS than are kept: nothing of HTTP is lost by it. */
export function untoldHosts({ tlsHosts: { beyond } }: Tally, where: string): Problem[] {
  if (beyond === 0) return [];
  const message = `more than ${figure(maxHosts)} hosts in TLS: those of ${counted(beyond, 'connection')} are not told`;
  return [{ message, where, mend: 'split the capture by host or time' }];
}

function clause(count: number, text: string): string {
  return count > 0 ? text : '';
}

function sawTls({ tls, tlsDecrypted, tlsHosts }: Tally): string {
  const keys = tlsDecrypted === 0 ? '' : `, ${tlsDecrypted === tls ? 'all' : figure(tlsDecrypted)} decrypted`;
  return `${counted(tls, 'TLS connection')}${keys}${hostNames(tlsHosts, 'tcp')}`;
}

function sawQuic({ quic, quicConnections, tlsHosts }: Tally): string {
  const connections = quicConnections === 0 ? '' : ` in ${counted(quicConnections, 'connection')}`;
  return `${counted(quic, 'packet')} of QUIC${connections}${hostNames(tlsHosts, 'quic')}`;
}

function hostNames(hosts: TlsHosts, transport: TlsHost['transport']): string {
  const names = new Set<string>();
  for (const host of hosts) if (host.transport === transport) names.add(host.host);
  return names.size === 0 ? '' : ` (${someNames(names)})`;
}
