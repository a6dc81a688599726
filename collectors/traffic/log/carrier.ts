import { objectOf } from './json-format.ts';

/** RFC 3164 as senders write it, with or without its priority; RFC 5424; what containerd and CRI-O put before a container's line. */
const syslog =
  /^(?:<[0-9]{1,3}>)?(?:[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,16}(?:Z|[+-][0-9]{2}:?[0-9]{2})) (?:[\w.:-]{1,255} )?[\w./-]{1,64}(?:\[[0-9]{1,10}\])?: ?/;
const syslog5424 =
  /^<[0-9]{1,3}>1 \S{1,40} \S{1,255} \S{1,48} \S{1,128} \S{1,32} (?:-|(?:\[(?:[^\]\\]|\\.){0,2000}\])+) (?:\xef\xbb\xbf)?/;
const container = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,20}(?:Z|[+-][0-9]{2}:?[0-9]{2}) (?:stdout|stderr) [FP] /;

/**
 * The log's own line in a line of what carried it: syslog (RFC 3164, RFC 5424), a container's log as containerd, CRI-O or Docker's
 * json-file write it. `null` when nothing carries it.
 */
export function carried(line: string): string | null {
  const first = line.charCodeAt(0);
  if (first === 0x7b) return line.startsWith('{"log":"') ? dockerLine(line) : null;
  const prefix = (container.exec(line) ?? syslog5424.exec(line) ?? syslog.exec(line))?.[0];
  return prefix === undefined ? null : line.slice(prefix.length);
}

function dockerLine(line: string): string | null {
  const log = objectOf(line)?.['log'];
  return typeof log === 'string' ? Buffer.from(log.replace(/\r?\n$/, '')).toString('latin1') : null;
}
