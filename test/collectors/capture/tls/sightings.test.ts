import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldRotation } from '#collectors/capture/rotation/fold';
import { packFolded, type Task, uniteParts } from '#collectors/capture/task';
import { newSeed } from '#collectors/capture/tcp/flows';
import { TlsHosts, type TlsSight } from '#collectors/capture/tls/hosts';
import { closedSightings } from '#collectors/capture/tls/sightings';
import type { Facts } from '#model/sighting';
import { pcapFile, request, response, type Turn, talk } from '#test/collectors/capture/pcap';
import { all } from '#test/db/samples';
import { clientHello, handshake, record as recordOf } from './made.ts';
import { type Chunk, ec, record } from './recording.ts';

const seen = (over: Partial<TlsSight> = {}): TlsSight => ({
  host: 'api.example.test',
  port: 443,
  transport: 'tcp',
  decrypted: false,
  at: 1_000,
  ref: 7,
  version: '1.3',
  chosen: null,
  offered: [],
  certificateAsked: false,
  certificateSent: false,
  ech: false,
  ...over,
});

function sightingsOf(sights: readonly TlsSight[]) {
  const hosts = new TlsHosts();
  for (const sight of sights) hosts.add(sight);
  return closedSightings(hosts, 'edge.pcap');
}

const tlsOf = (...sights: Partial<TlsSight>[]): Facts['tls'] => sightingsOf(sights.map(seen))[0]?.facts.tls;

describe('the sighting of a host in TLS', () => {
  test.each<[string, number, string | undefined]>([
    ['api.example.test', 443, 'api.example.test'],
    ['api.example.test', 8_443, 'api.example.test:8443'],
    ['api.example.test', 80, 'api.example.test:80'],
    ['10.0.0.2', 443, '10.0.0.2'],
    ['2001:db8:0:0:0:0:0:1', 443, '[2001:db8::1]'],
    ['2001:db8:0:0:0:0:0:1', 8_443, '[2001:db8::1]:8443'],
    ['[2001:db8::1]', 8_443, '[2001:db8::1]:8443'],
    ['a b', 443, undefined],
    ['a..b', 443, undefined],
    ['api.example.test', 0, undefined],
  ])('%s on port %i is of %s', (host, port, name) => {
    const [sighting] = sightingsOf([seen({ host, port })]);
    expect([sighting?.service, sighting?.servers]).toEqual([name, name && [{ host: name, basePath: '' }]]);
  });

  test.each<[string, Partial<TlsSight>[], Facts['tls']]>([
    ['nothing', [{ version: null }], { versions: [], alpn: [], transport: ['tcp'] }],
    [
      'what the server chose',
      [{ chosen: 'h2', offered: ['http/1.1', 'h2'] }, { version: '1.2' }],
      { versions: ['1.2', '1.3'], alpn: ['h2'], transport: ['tcp'] },
    ],
    [
      'what clients offer, where no choice was seen',
      [{ offered: ['http/1.1', 'h2'] }],
      { versions: ['1.3'], alpn: ['h2', 'http/1.1'], transport: ['tcp'] },
    ],
    [
      'both transports',
      [{ chosen: 'h2' }, { transport: 'quic', offered: ['h3'] }],
      { versions: ['1.3'], alpn: ['h2', 'h3'], transport: ['quic', 'tcp'] },
    ],
    [
      'a certificate that is asked for',
      [{ certificateAsked: true }, {}],
      { versions: ['1.3'], alpn: [], transport: ['tcp'], certificates: 'asked' },
    ],
    ['an encrypted hello', [{ ech: true }, {}], { versions: ['1.3'], alpn: [], transport: ['tcp'], ech: true }],
  ])('tells %s', (_, sights, tls) => {
    expect(sightingsOf(sights.map(seen)).map(({ facts }) => facts)).toEqual([{ tls }]);
  });

  test('a certificate that was sent says how its clients are known', () => {
    const [sighting] = sightingsOf([seen({ certificateAsked: true, certificateSent: true }), seen()]);
    expect(sighting?.facts).toEqual({
      tls: { versions: ['1.3'], alpn: [], transport: ['tcp'], certificates: 'sent' },
      auth: { required: 'unknown', mechanisms: ['mutualTLS'] },
    });
  });

  test('of names that clients offer those that could be a value are left out', () => {
    const names = ['acme-tls/1', 'h3-29', 'http/1.1', 'istio-peer-exchange', 'stun.nat-discovery', 'tds/8.0'];
    const values = [
      '4111111111111111',
      'ann@mail.example',
      'aB3dE5fG7hI9jK1l',
      'deadbeef01',
      'x'.repeat(25),
      'H2',
      'a b',
    ];
    expect(tlsOf({ offered: [...names, ...values].slice(0, 16) })?.alpn).toEqual(names);
    expect(tlsOf(...values.map((chosen) => ({ chosen })))?.alpn).toEqual([]);
  });

  test('connections that were decrypted do not count', () => {
    expect(sightingsOf([seen({ decrypted: true })])).toEqual([]);
    const [sighting, ...more] = sightingsOf([
      seen({ decrypted: true, at: 1, ref: 1, version: '1.2', certificateSent: true }),
      seen({ at: 5.5, ref: 5 }),
      seen({ at: 9.9, ref: 9 }),
      seen({ decrypted: true, at: 20, ref: 20 }),
    ]);
    expect(more).toEqual([]);
    expect(sighting).toMatchObject({
      facts: { tls: { versions: ['1.3'], alpn: [], transport: ['tcp'] } },
      where: { in: 'traffic', file: 'edge.pcap', ref: 5 },
      seen: { first: 5, last: 9, count: 2 },
    });
  });

  test('more hosts than there is room for are counted', () => {
    const hosts = new TlsHosts();
    for (let i = 0; i < 10_010; i++) hosts.add(seen({ host: `h${i}.example.test` }));
    expect([hosts.size, hosts.beyond]).toEqual([10_000, 10]);
    const both = new TlsHosts();
    both.add(seen());
    both.absorb(hosts, hosts.beyond);
    expect([both.size, both.beyond]).toEqual([10_000, 11]);
  });

  test('is the same in any order and in any parts', () => {
    const sight = fc.record({
      host: fc.constantFrom('a.test', 'b.test', '10.0.0.1'),
      port: fc.constantFrom(443, 8_443),
      transport: fc.constantFrom('tcp' as const, 'quic' as const),
      decrypted: fc.boolean(),
      at: fc.nat(5),
      ref: fc.nat(5),
      version: fc.constantFrom(null, '1.2', '1.3'),
      chosen: fc.constantFrom(null, 'h2', 'http/1.1'),
      offered: fc.array(fc.stringMatching(/^[a-d][0-9]$/), { maxLength: 12 }),
      certificateAsked: fc.boolean(),
      certificateSent: fc.boolean(),
      ech: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(sight, fc.nat(2), fc.nat()), { maxLength: 30 }), (sights) => {
        const whole = sightingsOf(sights.map(([one]) => one));
        const parts = [new TlsHosts(), new TlsHosts(), new TlsHosts()];
        for (const [one, part] of [...sights].sort((a, b) => a[2] - b[2])) parts[part]!.add(one);
        const united = new TlsHosts();
        for (const part of parts) united.absorb(part, part.beyond);
        expect(closedSightings(united, 'edge.pcap')).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a capture of many hosts', () => {
  let folder: string;
  let task: Task;
  const turnsOf = (chunks: readonly Chunk[]): Turn[] =>
    chunks.map(({ side, bytes }): Turn => `${side === 0 ? '>' : '<'}${bytes.toString('latin1')}`);
  const hello = (host: string, alpn: string[]): Turn =>
    `>${recordOf(22, handshake(1, clientHello({ host, alpn }))).toString('latin1')}`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'noontide-closed-'));
    const server = { requestCert: true, rejectUnauthorized: false, maxVersion: 'TLSv1.2' as const };
    const { chunks } = await record({ server, client: ec, turns: [Buffer.from('a'), Buffer.from('b')] });
    const talks = Array.from({ length: 40 }, (_, i) => {
      const options = { serverPort: i % 3 === 0 ? 8_443 : 443, clientPort: 20_000 + i, at: 1_700_000_000_000 + i * 7 };
      if (i % 10 === 0) return talk(turnsOf(chunks), options);
      if (i % 10 === 1) return talk([request('GET', '/a', 'h1.example.test'), response(200)], options);
      return talk([hello(`h${i % 4}.example.test`, i % 2 === 0 ? ['h2', 'http/1.1'] : ['http/1.1'])], options);
    });
    const path = join(folder, 'many.pcap');
    await writeFile(path, pcapFile(talks.flat().sort((a, b) => a.at - b.at)));
    task = { path, size: 1, scope: 'many.pcap', hosts: undefined, keyLog: undefined, part: undefined };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const fold = async (one: Task) => (await all(foldRotation([one], new AbortController().signal, () => undefined)))[0]!;

  test('in parts is what it is as a whole', async () => {
    const whole = await fold(task);
    const expected = closedSightings(whole.reading.tally.tlsHosts, 'many.pcap');
    expect(expected.map(({ service, seen: times }) => `${service} ${times?.count}`)).toEqual([
      ...['api.example.test 2', 'api.example.test:8443 2', 'h0.example.test 5', 'h0.example.test:8443 3'],
      ...['h1.example.test 6', 'h1.example.test:8443 2', 'h2.example.test 6', 'h2.example.test:8443 2'],
      ...['h3.example.test 4', 'h3.example.test:8443 4'],
    ]);
    expect(expected[0]?.facts).toEqual({
      tls: { versions: ['1.2'], alpn: ['http/1.1'], transport: ['tcp'], certificates: 'sent' },
      auth: { required: 'unknown', mechanisms: ['mutualTLS'] },
    });
    const seed = newSeed();
    const parts = [];
    for (const index of [0, 1, 2]) parts.push(packFolded(await fold({ ...task, part: { index, of: 3, seed } })));
    const united = uniteParts(task, parts);
    expect(closedSightings(united.reading.tally.tlsHosts, 'many.pcap')).toEqual(expected);
    expect([...united.reading.tally.tlsHosts]).toEqual([...whole.reading.tally.tlsHosts]);
  });
});
