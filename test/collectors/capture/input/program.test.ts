import { describe, expect, test } from 'vitest';
import { droppedOf, failureOf, programs } from '#collectors/capture/input/program';

const [tcpdump, dumpcap] = programs as [(typeof programs)[number], (typeof programs)[number]];

describe('arguments', () => {
  test('a filter is one word, and never an option', () => {
    const hostile = '-z /bin/sh; `id`';
    expect(tcpdump.arguments('eth0', hostile).slice(-2)).toEqual(['--', hostile]);
    expect(dumpcap.arguments('eth0', hostile).slice(-2)).toEqual(['-f', hostile]);
  });

  test('an interface is a value, and without a filter there is none', () => {
    for (const program of programs) {
      const words = program.arguments('-z', '');
      expect(words.slice(0, 2)).toEqual(['-i', '-z']);
      expect(words.slice(-2)).toEqual(['-w', '-']);
    }
  });
});

test.each([
  [tcpdump, '', 'ENOENT', 'absent', 'install'],
  [tcpdump, '', 'EACCES', 'denied', 'right'],
  [
    tcpdump,
    "tcpdump: eth0: You don't have permission to perform this capture on that device\n(socket: Operation not permitted)\n",
    undefined,
    'denied',
    'setcap cap_net_raw',
  ],
  [
    dumpcap,
    'Capturing on \'eth0\'\ndumpcap: You do not have permission to capture on device "eth0".\n(socket: Operation not permitted)\n',
    undefined,
    'denied',
    'group wireshark',
  ],
  [tcpdump, 'tcpdump: nope: No such device exists\n(No such device exists)\n', undefined, 'other', 'tcpdump -D'],
  [dumpcap, 'Capturing on \'nope\'\ndumpcap: There is no device named "nope".\n', undefined, 'other', 'tcpdump -D'],
  [tcpdump, "tcpdump: can't parse filter expression: syntax error\n", undefined, 'other', 'pcap-filter(7)'],
  [
    dumpcap,
    'dumpcap: Invalid capture filter "tcp porrt" for interface \'lo\'.\n',
    undefined,
    'other',
    'pcap-filter(7)',
  ],
  [tcpdump, 'tcpdump: out of luck\n', undefined, 'other', 'by hand'],
  [dumpcap, '', undefined, 'other', 'by hand'],
] as const)('%# what is wrong, and the mend', (program, said, code, kind, mend) => {
  const failure = failureOf(program, said, code);
  expect(failure.kind).toBe(kind);
  expect(failure.mend).toContain(mend);
  expect(failure.message).toContain(program.name);
  expect(failure.message).not.toContain('\n');
});

test.each([
  [tcpdump, 'tcpdump: listening on lo, link-type EN10MB (Ethernet)\n', null],
  [tcpdump, 'tcpdump: 9 packets captured, 9 packets received by filter, 0 packets dropped by kernel\n', 0],
  [tcpdump, '9 packets captured\n9 packets received by filter\n1 packet dropped by kernel\n', 1],
  [
    tcpdump,
    'tcpdump: 9 packets captured, 9 packets received by filter, 5 packets dropped by kernel, 2 packets dropped by interface\n',
    7,
  ],
  [tcpdump, '2 packets dropped by kernel\n12 packets dropped by kernel\n', 12],
  [
    tcpdump,
    '9 packets captured\n9 packets received by filter\n3 packets dropped by kernel\n2 packets dropped by interface\n',
    5,
  ],
  [
    dumpcap,
    "\rPackets captured: 2\nPackets received/dropped on interface 'Loopback: lo': 2/31 (pcap:31/dumpcap:0/flushed:0/ps_ifdrop:0) (6.1%)\n",
    31,
  ],
  [dumpcap, "Capturing on 'Loopback: lo'\nFile: -\n", null],
] as const)('%# how many packets were lost', (program, said, lost) => {
  expect(droppedOf(program, said)).toBe(lost);
});
