import { counted } from '#model/figure';
import type { Problem } from '#model/scope';
import type { Tally } from './tally.ts';

/** Hosts that are named in a sentence. */
const named = 5;

/** What a capture held beside what was folded, as a clause for `saw`: `4,212 packets, 1,903 TCP segments in 88 connections`. */
export function sawPackets(tally: Tally): string {
  const clauses = [
    `${counted(tally.packets, 'packet')}, ${counted(tally.segments, 'TCP segment')} in ${counted(tally.flows, 'connection')}`,
    clause(tally.midway, `${counted(tally.midway, 'connection')} older than the capture`),
    clause(tally.tls, `${counted(tally.tls, 'TLS connection')}${hostNames(tally.tlsHosts)}`),
    clause(tally.h2c, `${counted(tally.h2c, 'connection')} of HTTP/2 in clear`),
    clause(tally.tunnelled, `${counted(tally.tunnelled, 'CONNECT or upgrade', 'CONNECTs or upgrades')}`),
    clause(tally.unasked, `${counted(tally.unasked, 'response')} without their request`),
    clause(tally.desyncs, `${counted(tally.desyncs, 'stream')} that went on with what is no HTTP`),
    ...[...tally.tunnels].map(([name, count]) => `${counted(count, 'packet')} in ${name}`),
    clause(tally.quic, `${counted(tally.quic, 'packet')} of QUIC`),
    clause(tally.notTcp, `${counted(tally.notTcp, 'packet')} of other protocols than TCP`),
    clause(tally.notIp, `${counted(tally.notIp, 'packet')} without IP`),
    clause(tally.gaps, `${counted(tally.gaps, 'gap')} (${counted(tally.gapBytes, 'byte')})`),
    clause(tally.cut, `${counted(tally.cut, 'packet')} cut by the recording`),
    clause(tally.malformed, `${counted(tally.malformed, 'malformed packet')}`),
  ];
  return clauses.filter((text) => text !== '').join('; ');
}

/** Why a capture without a single HTTP message has none, and what would show some. */
export function whyNothing(tally: Tally): string {
  if (tally.packets === 0) return 'it holds no packets';
  if (tally.tls > 0) return 'no HTTP/1: record behind the point where TLS ends';
  if (tally.h2c > 0) return 'no HTTP/1: HTTP/2 is not read';
  if (tally.tunnels.size > 0) return 'no HTTP/1: tunnels are not looked into, record inside of them';
  if (tally.segments === 0) return 'no TCP: record where HTTP passes';
  return 'no connection carries HTTP/1: record where it passes';
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
      message: `${counted(tally.fragments, 'IP fragment')} of TCP; what was in them is missing`,
      where,
      mend: 'record where packets are whole, or raise the MTU on the way',
    });
  }
  return problems;
}

function clause(count: number, text: string): string {
  return count > 0 ? text : '';
}

function hostNames(hosts: Set<string>): string {
  if (hosts.size === 0) return '';
  const names = [...hosts].slice(0, named).join(', ');
  return hosts.size > named ? ` (${names} and ${counted(hosts.size - named, 'other host')})` : ` (${names})`;
}
