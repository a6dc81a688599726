/** A program that records packets to its standard output, and what it says on standard error. */
export interface CaptureProgram {
  name: 'tcpdump' | 'dumpcap';
  /** Of a classic pcap stream; never for a shell. An empty filter takes everything. */
  arguments(networkInterface: string, filter: string): string[];
  /** Where it tells of packets that were lost before it could read them, each in another way. */
  dropped: readonly RegExp[];
  /** Makes it tell its figures while it runs. */
  tell: NodeJS.Signals | null;
}

/** The one that tells its figures while it runs comes first. Kernel buffers of 64 MiB outlast a moment in which nobody reads. */
export const programs: readonly CaptureProgram[] = [
  {
    name: 'tcpdump',
    arguments: (networkInterface, filter) => [
      ...['-i', networkInterface, '-s', '0', '-B', '65536', '-U', '-w', '-'],
      ...(filter === '' ? [] : ['--', filter]),
    ],
    dropped: [/(\d+) packets? dropped by kernel/g, /(\d+) packets? dropped by interface/g],
    // Elsewhere it is another signal that asks, and this one ends it.
    tell: process.platform === 'linux' ? 'SIGUSR1' : null,
  },
  {
    name: 'dumpcap',
    arguments: (networkInterface, filter) => [
      ...['-i', networkInterface, '-s', '0', '-B', '64', '-P', '-q', '-w', '-'],
      ...(filter === '' ? [] : ['-f', filter]),
    ],
    dropped: [/Packets received\/dropped on interface .*: \d+\/(\d+)/g],
    tell: null,
  },
];

/** Why nothing is recorded, and what would help. */
export interface Failure {
  /** Another program may do better than one that is `absent` or `denied`. */
  kind: 'absent' | 'denied' | 'other';
  message: string;
  mend: string;
}

/** What is wrong with a program that ended before it began, by what it said (`code`: of a program that could not be started). */
export function failureOf({ name }: CaptureProgram, said: string, code: string | undefined): Failure {
  if (code === 'ENOENT') {
    const mend = 'install one: apt install tcpdump, dnf install tcpdump, or Wireshark, which brings dumpcap';
    return { kind: 'absent', message: `${name} is not installed`, mend };
  }
  if (code !== undefined) {
    const message = `${name} cannot be started (${code})`;
    return { kind: 'denied', message, mend: 'give the user who records the right to run it' };
  }
  const message = `${name} says: ${firstWords(said)}`;
  if (/permission|not permitted/i.test(said)) {
    const mend =
      'let it record without root: sudo setcap cap_net_raw,cap_net_admin=ep "$(command -v tcpdump)"; or, with Wireshark’s dumpcap, ' +
      'join the group wireshark';
    return { kind: 'denied', message, mend };
  }
  if (/no such device|no device named/i.test(said)) {
    return { kind: 'other', message, mend: 'name an interface that there is: tcpdump -D lists them' };
  }
  if (/filter|syntax/i.test(said)) {
    return { kind: 'other', message, mend: "write the filter as pcap-filter(7) has it, such as 'tcp port 80'" };
  }
  return { kind: 'other', message, mend: `try ${name} by hand to see more` };
}

/** How many packets were lost, by the last figures that a program told; `null` when it told none. */
export function droppedOf({ dropped }: CaptureProgram, said: string): number | null {
  const last = dropped.flatMap((figure) => [...said.matchAll(figure)].slice(-1).map(([, count]) => Number(count)));
  return last.length === 0 ? null : last.reduce((sum, count) => sum + count, 0);
}

/** The first line that says what went wrong. */
function firstWords(said: string): string {
  const line = said
    .split('\n')
    .find((text) => text.trim() !== '' && !/^(?:Capturing on|File:|.*listening on)/.test(text));
  return (line ?? 'nothing').replace(/^(?:tcpdump|dumpcap): /, '').trim();
}
