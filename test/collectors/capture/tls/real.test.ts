import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { play, recut } from './playing.ts';
import { ec, Recorder, record, rsa } from './recording.ts';

const turns = [
  'GET /v1/orders HTTP/1.1\r\nHost: api.example.test\r\n\r\n',
  `HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n${'x'.repeat(40_000)}`,
  `POST /v1/orders HTTP/1.1\r\nHost: api.example.test\r\nContent-Length: 3\r\n\r\nabc`,
  'HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n',
].map((text) => Buffer.from(text));

const noEncryptThenMac = 0x80000;
const psk = {
  server: { pskCallback: () => Buffer.alloc(32, 5), pskIdentityHint: 'hint' },
  client: { pskCallback: () => ({ psk: Buffer.alloc(32, 5), identity: 'one' }), checkServerIdentity: () => undefined },
};

const cases: { version: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'; cipher: string; options?: number }[] = [
  { version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' },
  { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' },
  { version: 'TLSv1.3', cipher: 'TLS_CHACHA20_POLY1305_SHA256' },
  { version: 'TLSv1.3', cipher: 'TLS_AES_128_CCM_SHA256' },
  { version: 'TLSv1.3', cipher: 'TLS_AES_128_CCM_8_SHA256' },
  ...[
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'DHE-RSA-AES128-GCM-SHA256',
    'AES128-GCM-SHA256',
    'AES256-GCM-SHA384',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES256-CCM',
    'ECDHE-ECDSA-AES128-CCM8',
    'PSK-AES128-GCM-SHA256',
    'ECDHE-PSK-CHACHA20-POLY1305',
  ].map((cipher) => ({ version: 'TLSv1.2' as const, cipher })),
  ...[
    'ECDHE-RSA-AES128-SHA',
    'ECDHE-RSA-AES256-SHA',
    'ECDHE-RSA-AES128-SHA256',
    'ECDHE-RSA-AES256-SHA384',
    'AES128-SHA',
    'AES256-SHA256',
    'ECDHE-ECDSA-AES256-SHA384',
    'DHE-PSK-AES256-CBC-SHA384',
  ].flatMap((cipher) => [
    { version: 'TLSv1.2' as const, cipher },
    { version: 'TLSv1.2' as const, cipher, options: noEncryptThenMac },
  ]),
  ...(['TLSv1', 'TLSv1.1'] as const).flatMap((version) => [
    { version, cipher: 'ECDHE-RSA-AES128-SHA' },
    { version, cipher: 'AES256-SHA', options: noEncryptThenMac },
  ]),
];

function connection({ version, cipher, options = 0 }: (typeof cases)[number]) {
  const certificate = cipher.includes('ECDSA') ? ec : rsa;
  const common = {
    minVersion: version,
    maxVersion: version,
    ciphers: `${cipher}${version === 'TLSv1.3' ? ':AES128-SHA' : ''}:@SECLEVEL=0`,
    secureOptions: options,
  };
  const key = cipher.includes('PSK') ? psk : { server: {}, client: {} };
  return {
    server: { ...certificate, ...common, dhparam: 'auto' as const, ...key.server, ALPNProtocols: ['http/1.1'] },
    client: { ...common, ...key.client },
    turns,
  };
}

describe('real TLS', () => {
  test.each(cases)('$version $cipher $options', async (wish) => {
    const recording = await record(connection(wish));
    expect(recording.protocol).toBe(wish.version);
    for (const pieces of [
      recording.chunks,
      recut(recording.chunks, [1_448]),
      recut(recording.chunks, [1, 2, 3, 5, 700]),
    ]) {
      const { inside, tally, sessions, held } = play(pieces, recording.keyLog);
      expect([inside.text(0), inside.text(1)]).toEqual(recording.said);
      expect([inside.gaps(0), inside.gaps(1), inside.closed]).toEqual([[], [], 1]);
      expect([inside.told[0].at(-1), inside.told[1].at(-1)]).toEqual(['end', 'end']);
      expect(sessions.map(({ scheme, depth, lot }) => [scheme, depth, lot])).toEqual([['https', 1, 7]]);
      expect([tally.tls, tally.tlsDecrypted, tally.tlsLost, held]).toEqual([1, 1, 0, 0]);
      expect([...tally.tlsHosts]).toMatchObject([
        {
          host: 'api.example.test',
          port: 443,
          transport: 'tcp',
          decrypted: true,
          connections: 1,
          certificatesAsked: 0,
        },
      ]);
      const [host] = tally.tlsHosts;
      expect([host!.versions, host!.offered, host!.chosen]).toEqual(
        [wish.version.replace(/^TLSv1$/, 'TLSv1.0').slice(4), 'http/1.1', 'http/1.1'].map((name) => new Set([name])),
      );
    }
  });

  test('in pieces of any size', async () => {
    for (const cipher of ['TLS_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-SHA384']) {
      const version = cipher.startsWith('TLS') ? 'TLSv1.3' : 'TLSv1.2';
      const { chunks, keyLog, said } = await record(connection({ version, cipher }));
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
          const { inside, held } = play(recut(chunks, sizes), keyLog);
          expect([inside.text(0), inside.text(1)]).toEqual(said);
          expect([inside.gaps(0), inside.gaps(1), held]).toEqual([[], [], 0]);
        }),
        { numRuns: 30 },
      );
    }
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s resumed', async (version) => {
    const recorder = new Recorder({ minVersion: version, maxVersion: version });
    await recorder.listen();
    try {
      const first = await recorder.record({}, turns);
      const again = await recorder.record({ session: first.session! }, turns);
      expect(again.resumed).toBe(true);
      const { inside } = play(again.chunks, again.keyLog);
      expect([inside.text(0), inside.text(1)]).toEqual(again.said);
    } finally {
      recorder.close();
    }
  });

  test.each([
    ['TLSv1.2', true, 1, 1],
    ['TLSv1.2', false, 1, 0],
    ['TLSv1.3', true, 1, 1],
    ['TLSv1.3', false, 1, 0],
  ] as const)('%s with a client certificate asked for, given: %s', async (version, given, asked, sent) => {
    const server = { requestCert: true, rejectUnauthorized: false, minVersion: version, maxVersion: version };
    const { chunks, keyLog, said } = await record({ server, client: given ? ec : {}, turns });
    const { inside, tally } = play(chunks, keyLog);
    expect(inside.text(1)).toEqual(said[1]);
    expect([...tally.tlsHosts]).toMatchObject([{ certificatesAsked: asked, certificatesSent: sent }]);
  });

  test('TLS 1.3 with a second hello', async () => {
    const server = { ecdhCurve: 'P-384' };
    const { chunks, keyLog, said } = await record({ server, client: { ecdhCurve: 'X25519:P-384' }, turns });
    const { inside, tally } = play(chunks, keyLog);
    // The client's first two flights are hellos.
    expect(chunks.filter(({ side, bytes }) => side === 0 && bytes.includes('api.example.test')).length).toBe(2);
    expect([inside.text(0), inside.text(1)]).toEqual(said);
    expect([...tally.tlsHosts]).toMatchObject([{ connections: 1 }]);
  });

  test('TLS 1.2 without a key tells the host, the protocol and the client certificate', async () => {
    const server = {
      requestCert: true,
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.2',
      ALPNProtocols: ['h2'],
    } as const;
    const { chunks } = await record({ server, client: { ...ec, ALPNProtocols: ['h2', 'http/1.1'] }, turns });
    const { inside, tally, sessions, held } = play(chunks, '');
    expect([sessions, inside.told, held]).toEqual([[], [[], []], 0]);
    expect([tally.tls, tally.tlsDecrypted, tally.tlsLost]).toEqual([1, 0, 0]);
    expect([...tally.tlsHosts]).toEqual([
      {
        host: 'api.example.test',
        port: 443,
        transport: 'tcp',
        decrypted: false,
        first: 1_001,
        ref: 1,
        file: undefined,
        last: 1_001,
        connections: 1,
        versions: new Set(['1.2']),
        offered: new Set(['h2', 'http/1.1']),
        chosen: new Set(['h2']),
        certificatesAsked: 1,
        certificatesSent: 1,
        ech: 0,
      },
    ]);
  });

  test('keys that come later', async () => {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const { chunks, keyLog, said } = await record({ server: { maxVersion }, turns: turns.slice(2) });
      for (const [at] of chunks.entries()) {
        const steps = [...chunks.slice(0, at), { keys: keyLog }, ...chunks.slice(at)];
        const { inside, held } = play(steps, '', true);
        expect([inside.text(0), inside.text(1)]).toEqual(said);
        expect(held).toBe(0);
      }
      const lines = keyLog.split('\n');
      const spread = chunks.flatMap((chunk, i) => [chunk, { keys: lines[i - 2] ?? '' }]);
      const { inside } = play([...spread, { keys: keyLog }], '', true);
      expect([inside.text(0), inside.text(1)]).toEqual(said);
      expect(inside.told.map((told) => told.at(-1))).toEqual(['end', 'end']);
    }
  });

  test('records that wait for keys are bounded', async () => {
    const large = [Buffer.from('a'), Buffer.alloc(1_000_000, 1)];
    const { chunks, keyLog } = await record({ turns: large });
    const { inside, most, held } = play([...chunks, { keys: keyLog }], '', true);
    expect(most).toBeGreaterThan(30_000);
    expect(most).toBeLessThan(200_000);
    // What the client said is small enough.
    expect(inside.told[0]).toEqual([Buffer.from('a'), 'end']);
    expect(inside.told[1]).toEqual([expect.any(Number), 'end']);
    expect(held).toBe(0);
  });

  test.each([
    ['only the secrets of application data', /HANDSHAKE/],
    ['only those of one side', /SERVER_/],
  ])('TLS 1.3 with %s', async (_, left) => {
    const { chunks, keyLog, said } = await record({ turns });
    const lines = keyLog.split('\n').filter((line) => !left.test(line));
    const { inside } = play(chunks, lines.join('\n'));
    expect(inside.text(0)).toEqual(said[0]);
    expect(inside.text(1)).toEqual(left.source === 'HANDSHAKE' ? said[1] : Buffer.alloc(0));
    expect(inside.gaps(0)).toEqual([]);
  });
});
