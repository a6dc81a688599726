import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openConnection } from '#collectors/capture/connection';
import { capture } from '#collectors/capture/index';
import { foldRotation } from '#collectors/capture/rotation/fold';
import { mechanisms } from '#collectors/capture/session';
import { outcomeOf, packFolded, type Task, uniteParts } from '#collectors/capture/task';
import { newSeed } from '#collectors/capture/tcp/flows';
import { holdsCertificate, holdsCompressed } from '#collectors/capture/tls/hello';
import { KeyLog } from '#collectors/capture/tls/key-log';
import * as frames from '#test/collectors/capture/http2/frames';
import { pcapFile, request, response, type Turn, talk } from '#test/collectors/capture/pcap';
import { hearing, type Said, say } from '#test/collectors/capture/session';
import { collect } from '#test/collectors/contract';
import { all } from '#test/db/samples';
import * as made from './made.ts';
import { play } from './playing.ts';
import { type Chunk, ec, record } from './recording.ts';

const host = 'api.example.test';
const bytesOf = (turns: readonly Turn[]) => turns.map((turn) => Buffer.from(turn.slice(1), 'latin1'));
const http1 = bytesOf([1, 2, 3, 4, 5].flatMap((id) => [request('GET', `/v1/orders/${id}`, host), response(200, '{}')]));
const http2 = [
  Buffer.concat([
    frames.preface,
    frames.settings,
    ...[1, 3, 5, 7, 9].map((id) => frames.headers(id, asked(`/v1/orders/${id}`))),
  ]),
  Buffer.concat([frames.settings, ...[1, 3, 5, 7, 9].map((id) => frames.headers(id, { ':status': '200' }))]),
];

function asked(path: string): Record<string, string> {
  return { ...frames.get(path), ':scheme': 'https', ':authority': host };
}

const pack = (chunks: readonly Chunk[], clientPort: number) =>
  talk(
    chunks.map(({ side, bytes }): Turn => `${side === 0 ? '>' : '<'}${bytes.toString('latin1')}`),
    { serverPort: 443, clientPort },
  );

let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-certificates-')));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Two connections of a client with a certificate, and one of a client without. */
async function written(version: 'TLSv1.2' | 'TLSv1.3', turns: readonly Buffer[]): Promise<Task> {
  const server = { requestCert: true, rejectUnauthorized: false, minVersion: version, maxVersion: version };
  const recordings = [];
  for (const client of [ec, {}, ec]) recordings.push(await record({ server, client, turns }));
  const path = join(root, 'tls.pcap');
  await writeFile(path, pcapFile(recordings.flatMap(({ chunks }, i) => pack(chunks, 40_000 + i))));
  const keyLog = join(root, 'keys.log');
  await writeFile(keyLog, recordings.map((each) => each.keyLog).join(''));
  const log = { path: keyLog, name: 'keys.log' };
  return { path, size: 1, scope: 'tls.pcap', hosts: undefined, keyLog: log, part: undefined };
}

describe('exchanges of clients that sent a certificate', () => {
  test.each([
    ['TLSv1.2', 'HTTP/1', http1],
    ['TLSv1.3', 'HTTP/1', http1],
    ['TLSv1.2', 'HTTP/2', http2],
    ['TLSv1.3', 'HTTP/2', http2],
  ] as const)('are told from those of others: %s, %s', async (version, _, turns) => {
    const task = await written(version, turns);
    const { sightings } = await collect(capture, { paths: ['tls.pcap'], keylog: 'keys.log' }, root);
    expect(sightings).toMatchObject([
      {
        path: '/v1/orders/{integer}',
        seen: { count: 15 },
        facts: {
          auth: { required: 'optional', mechanisms: ['mutualTLS'] },
          statuses: { 200: 15 },
          credentialed: 10,
          anonymousSuccess: 5,
        },
      },
    ]);
    const fold = async (one: Task) =>
      (await all(foldRotation([one], new AbortController().signal, () => undefined)))[0]!;
    const alone = outcomeOf(await fold(task));
    const seed = newSeed();
    const parts = [];
    for (const index of [0, 1]) parts.push(packFolded(await fold({ ...task, part: { index, of: 2, seed } })));
    expect(uniteParts(task, parts).sightings).toEqual(alone.sightings);
  });
});

/** A certificate of a client in TLS 1.3, behind a context of so many bytes. */
function certificate(length: number, context = 0): Buffer {
  const list = Buffer.alloc(3 + length);
  list.writeUIntBE(length, 0, 3);
  return Buffer.concat([Buffer.of(context), Buffer.alloc(context, 0xff), list]);
}

describe('a certificate that comes late', () => {
  const { Sealer, secrets, handshake } = made;
  const flights = made.hands();
  const hello = made.record(22, handshake(1, made.clientHello()));
  const [client, server] = [
    () => new Sealer(secrets.CLIENT_TRAFFIC_SECRET_0),
    () => new Sealer(secrets.SERVER_TRAFFIC_SECRET_0),
  ];

  function heard(said: readonly Said[]) {
    const keys = new KeyLog();
    keys.add(made.keyLog);
    const told = hearing();
    const shared = { ...told.session.shared, keys };
    say(openConnection({ ...told.session, shared }), said, told);
    expect(told.budget.held).toBe(0);
    return told.exchanges.map((exchange) => exchange.mechanisms);
  }

  test.each<[string, Buffer, readonly string[] | undefined]>([
    ['with a certificate', certificate(500), ['mutualTLS']],
    ['without any', certificate(0), undefined],
  ])('behind what the server says first: %s', (_, sent, expected) => {
    const handshakes = new Sealer(secrets.CLIENT_HANDSHAKE_TRAFFIC_SECRET);
    const finished = handshakes.seal(22, Buffer.concat([handshake(11, sent), handshake(20, Buffer.alloc(32, 9))]));
    const [asks, answers] = [client(), server()];
    const first = answers.data(frames.settings);
    const request2 = Buffer.concat([frames.preface, frames.settings, frames.headers(1, asked('/a'))]);
    expect(
      heard([
        { side: 0, bytes: hello },
        { side: 1, bytes: Buffer.concat([flights.server, first]) },
        { side: 0, bytes: Buffer.concat([finished, asks.data(request2)]) },
        { side: 1, bytes: answers.data(frames.headers(1, { ':status': '200' })) },
      ]),
    ).toEqual([expected]);
  });

  test.each<[string, Buffer, readonly string[] | undefined]>([
    ['with a certificate', handshake(11, certificate(500, 32)), ['mutualTLS']],
    ['without any', handshake(11, certificate(0, 32)), undefined],
    [
      'with a compressed one',
      handshake(25, Buffer.concat([Buffer.of(0, 2, 0, 3, 0, 0, 0, 90), Buffer.alloc(90)])),
      ['mutualTLS'],
    ],
  ])('when the server asks for it, for what it answers from then on: %s', (_, sent, expected) => {
    const [asks, answers] = [client(), server()];
    const say1 = (path: string): Said => ({ side: 0, bytes: asks.data(request('GET', path, host).slice(1)) });
    const answer1 = (): Said => ({ side: 1, bytes: answers.data(response(200, '{}').slice(1)) });
    // Sealed in this order.
    const said: Said[] = [
      { side: 0, bytes: hello },
      { side: 1, bytes: flights.server },
      { side: 0, bytes: flights.client },
      ...[1, 2, 3].flatMap((id) => [say1(`/a/${id}`), answer1()]),
      say1('/a/4'),
      { side: 1, bytes: answers.seal(22, handshake(13, Buffer.alloc(40))) },
      { side: 0, bytes: asks.seal(22, sent) },
      answer1(),
      ...[5, 6].flatMap((id) => [say1(`/a/${id}`), answer1()]),
    ];
    expect(heard(said)).toEqual([undefined, undefined, undefined, expected, expected, expected]);
  });

  test('a server’s own is none of the client', () => {
    const [asks, answers] = [client(), server()];
    const { sessions } = play(
      [
        { side: 0, bytes: hello },
        { side: 1, bytes: flights.server },
        { side: 0, bytes: Buffer.concat([flights.client, asks.data('a')]) },
        { side: 1, bytes: answers.data('b') },
      ],
      made.keyLog,
    );
    expect(sessions.map(({ caller }) => caller)).toEqual([{ mechanisms: [] }]);
  });
});

test('who is known to a proxy is not known behind it', () => {
  const told = hearing({ caller: { mechanisms: mechanisms.certificate }, scheme: 'https' });
  const said = [
    [request('CONNECT', 'api.example.test:80', host), response(200)],
    [request('GET', '/a', host), response(200, '{}')],
  ].flat();
  say(
    openConnection(told.session),
    said.map((turn): Said => ({ side: turn[0] === '>' ? 0 : 1, bytes: Buffer.from(turn.slice(1), 'latin1') })),
    told,
  );
  expect(told.exchanges.map(({ method, mechanisms: how }) => [method, how])).toEqual([
    ['CONNECT', ['mutualTLS']],
    ['GET', undefined],
  ]);
});

test.each([
  [Buffer.alloc(0), 0x0304, false],
  [certificate(0), 0x0304, false],
  [certificate(0, 255), 0x0304, false],
  [certificate(9), 0x0304, true],
  [certificate(9, 255), 0x0304, true],
  [certificate(9, 32).subarray(0, 34), 0x0304, false],
  [Buffer.of(0, 0, 0), 0x0303, false],
  [Buffer.of(0, 0), 0x0303, false],
  [Buffer.of(0, 1, 0, 0, 0, 253), 0x0303, true],
])('a certificate message %# holds one: %s', (body, version, holds) => {
  expect(holdsCertificate(body, version)).toBe(holds);
});

test.each([
  [Buffer.alloc(4), false],
  [Buffer.of(0, 1, 0, 0, 4), false],
  [Buffer.of(0, 1, 0, 1, 3), false],
  [Buffer.of(0, 1, 0, 1, 4), true],
])('a compressed one %# does: %s', (body, holds) => {
  expect(holdsCompressed(body)).toBe(holds);
});
