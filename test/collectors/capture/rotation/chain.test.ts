import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FoundCapture, rotationsOf } from '#collectors/capture/rotation/chain';
import { rotationName } from '#collectors/capture/rotation/name';

const start = Date.UTC(2026, 0, 2, 3, 4, 5);

/** `name seconds` or `name seconds header`: a file whose first packet comes so long after the start. */
function found(line: string): FoundCapture {
  const [path = '', seconds = '0', header = 'ether'] = line.split(' ');
  const first = seconds === 'none' ? null : start + Number(seconds) * 1_000;
  const within = '/captures';
  return { path, absolute: `${within}/${path}`, size: 1, within, opening: { first, header } };
}

const groups = (lines: readonly string[]) =>
  rotationsOf(lines.map(found)).map((files) => files.map(({ path }) => path));

describe('files of one rotation are known', () => {
  test.each<[string, string[]]>([
    ['tcpdump -C', ['edge.pcap 0', 'edge.pcap1 9', 'edge.pcap2 20', 'edge.pcap3 21']],
    ['more than ten', Array.from({ length: 12 }, (_, i) => `edge.pcap${i === 0 ? '' : i} ${i}`)],
    ['tcpdump -C -W', ['edge.pcap00 0', 'edge.pcap01 9', 'edge.pcap02 20']],
    ['a ring that began anew', ['edge.pcap2 0', 'edge.pcap3 9', 'edge.pcap0 20', 'edge.pcap1 30']],
    ['tcpdump -G', ['edge-20260102-030405.pcap 0', 'edge-20260102-030505.pcap 61', 'edge-20260102-030605.pcap 120']],
    ['in another zone', ['edge-2026-01-02_08.34.05.pcap 0', 'edge-2026-01-02_08.35.05.pcap 61']],
    ['by the minute', ['edge_202601020304.pcap 0', 'edge_202601020305.pcap 61']],
    ['by the day', ['edge-2026-01-02.pcap 0', 'edge-2026-01-03.pcap 76000']],
    ['by the second of the epoch', [`edge-${start / 1_000}.pcap 0`, `edge-${start / 1_000 + 60}.pcap 60`]],
    ['tcpdump -G -C', ['e-20260102030405.pcap 0', 'e-20260102030405.pcap1 9', 'e-20260102030505.pcap 61']],
    ['dumpcap -b', ['edge_00001_20260102030405.pcapng 0', 'edge_00002_20260102030505.pcapng 61']],
    ['dumpcap -b nametimenum:2', ['edge_20260102030405_00009.pcapng 0', 'edge_20260102030505_00010.pcapng 61']],
    ['in one tick of a clock', Array.from({ length: 12 }, (_, i) => `edge.pcap${i} 0`)],
    ['packed since', ['edge.pcap.gz 0', 'edge.pcap1.gz 9', 'edge.pcap2 20']],
  ])('%s', (_, lines) => {
    expect(groups(lines)).toEqual([lines.map((line) => line.split(' ')[0])]);
  });

  test('also over files without packets', () => {
    const lines = ['edge_00001_20260102030405.pcapng 0', 'edge_00004_20260102030705.pcapng 182'];
    const silent = ['edge_00002_20260102030505.pcapng none', 'edge_00003_20260102030605.pcapng none'];
    const names = [...lines, ...silent].map((line) => line.split(' ')[0]!);
    expect(groups([...lines, ...silent])).toEqual([names.slice(0, 2), [names[2]], [names[3]]]);
  });

  test('beside others, and each where its first file is', () => {
    const lines = ['a.pcap 0', 'single.pcap 1', 'b.pcap 2', 'a.pcap1 3', 'b.pcap1 4'];
    expect(groups(lines)).toEqual([['a.pcap', 'a.pcap1'], ['single.pcap'], ['b.pcap', 'b.pcap1']]);
  });
});

test('no file is lost or taken twice, whatever its name', () => {
  const word = fc.constantFrom(
    'edge',
    'web1',
    '.pcap',
    '.pcap1',
    '_',
    '-',
    '00001',
    '00002',
    '20260102',
    '030405',
    '.gz',
    '9'.repeat(20),
  );
  const name = fc.oneof(
    fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join('')),
    fc.string(),
  );
  const file = fc.tuple(name, fc.option(fc.nat({ max: 100 })), fc.constantFrom('ether', 'any', ''));
  fc.assert(
    fc.property(fc.uniqueArray(file, { selector: ([path]) => path }), (all) => {
      const captures = all
        .map(([path, seconds, header]) => ({
          ...found(`x ${seconds ?? 'none'} ${header}`),
          path,
          absolute: `/captures/${path}`,
        }))
        .sort((a, b) => (a.opening.first ?? Infinity) - (b.opening.first ?? Infinity));
      const grouped = rotationsOf(captures);
      expect(grouped.flat().length).toBe(captures.length);
      expect(new Set(grouped.flat())).toEqual(new Set(captures));
    }),
  );
});

describe('files that may be of different recordings stay apart', () => {
  test.each<[string, string[]]>([
    ['numbered hosts', ['web1.pcap 0', 'web2.pcap 9']],
    ['numbered hosts without an extension', ['web 0', 'web1 9', 'web2 10']],
    ['numbered hosts with many digits', ['node-00001.pcap 0', 'node-00002.pcap 9']],
    ['hosts by address', ['10.0.0.1.pcap 0', '10.0.0.2.pcap 9']],
    ['hosts with times', ['web1-20260102030405.pcap 0', 'web2-20260102030505.pcap 60']],
    ['hosts with counters', ['web1.pcap1 0', 'web2.pcap2 9']],
    ['folders', ['a/edge.pcap 0', 'b/edge.pcap1 9']],
    ['another recorder', ['edge.pcap 0 ether', 'edge.pcap1 9 any']],
    ['a missing file', ['edge.pcap1 0', 'edge.pcap3 9']],
    ['a counter that goes back', ['edge.pcap3 0', 'edge.pcap2 9']],
    ['a ring without its beginning', ['edge.pcap3 0', 'edge.pcap1 9']],
    ['times that are not those of the packets', ['edge-20260102-030405.pcap 0', 'edge-20260102-040405.pcap 61']],
    ['times in two zones', ['edge-20260102-030405.pcap 0', 'edge-20260102-050505.pcap 61']],
    ['names that tell nothing', ['morning.pcap 0', 'evening.pcap 9']],
    ['no packets', ['edge.pcap 0', 'edge.pcap1 none']],
    ['a missing file of dumpcap', ['e_00001_20260102030405.pcapng 0', 'e_00003_20260102030505.pcapng 61']],
  ])('%s', (_, lines) => {
    expect(groups(lines)).toEqual(lines.map((line) => [line.split(' ')[0]]));
  });
});

test.each([
  ['edge.pcap', 'edge.pcap', 0, null],
  ['edge.pcap12', 'edge.pcap', 12, null],
  ['edge', null, null, null],
  ['edge-1.pcap', 'edge-1.pcap', 0, null],
  ['e_00012_20260102030405.pcapng', 'e_{n}_{time}.pcapng', 12, start],
  ['e-2026-01-02T03:04:05Z.cap.gz', 'e-{time}.cap', 0, start],
  ['e-20261302.pcap', 'e-20261302.pcap', 0, null],
  ['e.20260102', 'e.{time}', null, Date.UTC(2026, 0, 2)],
])('%s is read', (name, stem, counter, at) => {
  const read = rotationName(name);
  expect([read?.stem ?? null, read?.counter ?? null, read?.time?.at ?? null]).toEqual([stem, counter, at]);
});
