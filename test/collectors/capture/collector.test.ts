import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { capture } from '#collectors/capture/index';
import { collect, testRun } from '#test/collectors/contract';
import { ethernet, type Frame, pcapFile, request, response, type Turn, talk } from './pcap.ts';
import { mirrored, vxlan } from './tunnels.ts';

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-capture-')));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function scan(bytes: Buffer, name = 'edge.pcap') {
  await writeFile(join(root, name), bytes);
  const { sightings, reports } = await collect(capture, { paths: [name] }, root);
  expect(reports.length).toBe(1);
  return { sightings, report: reports[0]! };
}

const shop: Turn[] = [
  request('GET', '/v1/orders/7'),
  response(200, '{}'),
  request('POST', '/v1/orders', 'api.example.com', '{}'),
  response(201, '{}'),
];

/** A ClientHello (RFC 8446, section 4.1.2) that asks for a host, with one extension before server_name. */
function clientHello(host: string): Turn {
  const name = Buffer.from(host);
  const extension = (type: number, content: Buffer) => {
    const header = Buffer.alloc(4);
    header.writeUInt16BE(type, 0);
    header.writeUInt16BE(content.length, 2);
    return Buffer.concat([header, content]);
  };
  const listed = Buffer.concat([Buffer.from([0, name.length + 3, 0, 0, name.length]), name]);
  const extensions = Buffer.concat([extension(16, Buffer.from([0, 3, 2, 104, 50])), extension(0, listed)]);
  const fixed = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 7), Buffer.from([0, 0, 2, 0x13, 1, 1, 0])]);
  const hello = Buffer.concat([fixed, Buffer.from([0, extensions.length]), extensions]);
  const record = Buffer.concat([Buffer.from([22, 3, 1, 0, hello.length + 4, 1, 0, 0, hello.length]), hello]);
  return `>${record.toString('latin1')}`;
}

describe('a capture', () => {
  test('gives sightings, the hosts and the span it covers', async () => {
    const frames = talk(shop);
    const { sightings, report } = await scan(pcapFile(frames));
    expect(sightings.map(({ method, path, servers, where }) => [method, path, servers[0]?.host, where])).toEqual([
      ['POST', '/v1/orders', 'api.example.com', { in: 'traffic', file: 'edge.pcap', ref: 8 }],
      ['GET', '/v1/orders/{integer}', 'api.example.com', { in: 'traffic', file: 'edge.pcap', ref: 4 }],
    ]);
    expect(report).toMatchObject({ completeness: 'complete', problems: [] });
    expect(report.covers).toEqual({ hosts: ['api.example.com'], from: frames[0]!.at, to: frames.at(-1)!.at });
    expect(report.saw).toMatch(/^14 packets, 14 TCP segments in 1 connection; 2 exchanges, 2 operations on 1 host/);
  });

  const tls = [1, 2].flatMap((i) =>
    talk([clientHello(`host${i}.example.com`), '<\x16\x03\x03\x00\x04\x02\x00\x00\x00'], { clientPort: i }),
  );
  const arp: Frame = { at: 1, data: Buffer.concat([Buffer.alloc(12), Buffer.from([8, 6]), Buffer.alloc(28)]) };

  test.each<[string, Frame[], string[]]>([
    ['TLS only', tls, ['2 TLS connections (host1.example.com, host2.example.com)', 'behind the point where TLS ends']],
    [
      'HTTP/2 without a request',
      talk(['>PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']),
      ['1 connection of HTTP/2 in clear', 'record where it passes'],
    ],
    ['no IP in a tunnel', [{ at: 1, data: ethernet(vxlan(arp.data)) }], ['1 packet in VXLAN', 'no TCP']],
    ['no IP', [arp], ['1 packet without IP', 'no TCP']],
    ['another protocol', talk(['<220 mail\r\n', '>EHLO x\r\n']), ['no connection carries HTTP:']],
    ['no packets', [], ['0 packets', 'it holds no packets']],
  ])('without HTTP says why: %s', async (_, frames, words) => {
    const { sightings, report } = await scan(pcapFile(frames));
    expect(sightings.filter(({ facts }) => !facts.tls)).toEqual([]);
    expect(report.completeness).toBe('complete');
    for (const word of words) expect(report.saw).toContain(word);
    expect(report.covers.hosts).toEqual([]);
  });

  test('mirrored traffic is what it mirrors, and its tunnel is a figure', async () => {
    const plain = await scan(pcapFile(talk(shop)));
    const { sightings, report } = await scan(pcapFile(talk(shop, { wrap: mirrored })));
    expect(sightings.length).toBeGreaterThan(0);
    expect(sightings).toEqual(plain.sightings);
    expect(report.saw).toContain(`${talk(shop).length} packets in VXLAN`);
    expect(report.completeness).toBe('complete');
  });

  test('hosts of TLS are no hosts whose silence means something', async () => {
    const { report } = await scan(pcapFile([...tls, ...talk(shop)]));
    expect(report.covers.hosts).toEqual(['api.example.com']);
    expect(report.saw).toContain('host1.example.com');
  });

  test('with a hole where a message may have been is partial; with a hole elsewhere it is complete', async () => {
    const long: Turn[] = [
      request('GET', '/a'),
      response(200, 'x'.repeat(5_000)),
      request('GET', '/b'),
      response(200, ''),
    ];
    const frames = talk(long);
    const without = (n: number) => pcapFile(frames.filter((_, i) => i !== n));
    const harmless = await scan(without(6));
    expect(harmless.report).toMatchObject({ completeness: 'complete', problems: [] });
    expect(harmless.report.saw).toContain('1 gap (1,448 bytes)');
    const harmful = await scan(without(5));
    expect(harmful.report.completeness).toBe('partial');
    expect(harmful.report.problems[0]).toMatchObject({ where: 'edge.pcap', mend: expect.stringContaining('tcpdump') });
  });

  test('of cut packets names the mend', async () => {
    const { report } = await scan(pcapFile(talk(shop), { snap: 80 }));
    expect(report.completeness).toBe('partial');
    expect(report.problems[0]?.mend).toContain('-s 0');
  });

  test('that breaks off is partial and names the packet and the byte, with what stands before', async () => {
    const whole = pcapFile(talk(shop));
    const { sightings, report } = await scan(whole.subarray(0, whole.length - 100));
    expect(sightings.length).toBe(2);
    expect(report.completeness).toBe('partial');
    expect(report.problems[0]?.message).toContain('ends inside packet 13');
    expect(report.problems[0]?.where).toMatch(/^edge\.pcap: byte \d+$/);
  });

  test.each([
    ['an old version', Buffer.concat([Buffer.from('d4c3b2a101000000', 'hex'), Buffer.alloc(16)]), 'editcap -F pcap'],
    ['a link that is not read', pcapFile(talk(shop), { link: 195 }), 'editcap'],
  ])('of %s is unsupported, with what to do', async (_, bytes, mend) => {
    const { sightings, report } = await scan(bytes);
    expect(sightings).toEqual([]);
    expect(report).toMatchObject({ completeness: 'unsupported', problems: [{ mend: expect.stringContaining(mend) }] });
  });
});

describe('files', () => {
  test('in a folder are taken by their first bytes, and by a name that promises a capture', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'noontide-folder-')));
    try {
      await writeFile(join(folder, 'dump.3'), pcapFile(talk(shop)));
      await writeFile(join(folder, 'empty.pcap'), '');
      await writeFile(join(folder, 'notes.txt'), 'GET /');
      await writeFile(join(folder, 'x.tgz'), Buffer.from('1f8b08', 'hex'));
      const { reports } = await collect(capture, { paths: ['.'] }, folder);
      expect(reports.map(({ scope, completeness }) => [scope, completeness])).toEqual([
        ['dump.3', 'complete'],
        ['empty.pcap', 'failed'],
      ]);
      const none = await collect(capture, { paths: ['*.t*'] }, folder);
      expect(none.reports).toMatchObject([{ scope: '*.t*', completeness: 'failed', problems: [{ where: '*.t*' }] }]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('are recognised by their first bytes', () => {
    const sniff = (path: string, head: string, folder = false) =>
      capture.sniff!({ path, folder, head: Buffer.from(head, 'hex') });
    expect(sniff('/x/dump', 'd4c3b2a1')).toEqual({ paths: ['/x/dump'] });
    expect(sniff('/x/dump', '4d3cb2a1')).toEqual({ paths: ['/x/dump'] });
    expect(sniff('/x/dump', '0a0d0d0a')).toEqual({ paths: ['/x/dump'] });
    expect(sniff('/x/a.pcap.gz', '1f8b08')).toEqual({ paths: ['/x/a.pcap.gz'] });
    expect(sniff('/x/a.yaml', '6f70656e')).toBe(null);
    expect(sniff('/x', '', true)).toBe(null);
  });
});

test('whoever wants no more sightings stops the reading of the files behind', async () => {
  const folder = await realpath(await mkdtemp(join(root, 'stopped-')));
  await writeFile(join(folder, 'a.pcap'), pcapFile(talk(shop)));
  const long = pcapFile(talk(shop, { at: Date.UTC(2027, 0, 1) }));
  const packet = Buffer.alloc(16 + 60_000);
  packet.writeUInt32LE(60_000, 8);
  packet.writeUInt32LE(60_000, 12);
  const size = 400 * packet.length;
  await writeFile(join(folder, 'b.pcap'), Buffer.concat([long, Buffer.alloc(size, packet)]));
  const heard: number[] = [];
  const run = testRun(folder, new AbortController().signal);
  const progress: typeof run.progress = ({ at, done }) => void (at === 'b.pcap' && heard.push(done));
  for await (const { type } of capture.collect({ paths: ['.'] }, { ...run, progress })) if (type === 'end') break;
  const then = heard.length;
  await new Promise((done) => setTimeout(done, 100));
  expect(heard.length - then).toBeLessThanOrEqual(1);
  expect(heard.at(-1) ?? 0).toBeLessThan(size);
});
