import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as made from './made.ts';
import { play, recut, type Step } from './playing.ts';
import { type Chunk, record } from './recording.ts';

const { handshake, hands, keyLog, Sealer, secrets } = made;

/** A handshake made by hand, and behind it the records of both sides. */
function talk(client: Buffer[], server: Buffer[], first: Buffer[] = [], extensions: [number, Buffer][] = []): Chunk[] {
  const flights = hands(extensions);
  return [
    { side: 0, bytes: Buffer.concat([hello(extensions), ...first]) },
    { side: 1, bytes: flights.server },
    { side: 0, bytes: Buffer.concat([flights.client, ...client]) },
    { side: 1, bytes: Buffer.concat(server) },
  ];
}

function hello(extensions: [number, Buffer][] = []): Buffer {
  return made.record(22, handshake(1, made.clientHello({ extensions })));
}

const earlyData: [number, Buffer][] = [[42, Buffer.alloc(0)]];

function sealers() {
  return [new Sealer(secrets.CLIENT_TRAFFIC_SECRET_0), new Sealer(secrets.SERVER_TRAFFIC_SECRET_0)] as const;
}

describe('TLS 1.3 made by hand', () => {
  test('key updates of both sides, padding, records of nothing, tickets, many in a piece', () => {
    const [client, server] = sealers();
    const said = [client.data('one', 40), client.update(), client.data(''), client.data('two'), client.update()];
    said.push(client.update(), client.data('three'));
    const answered = [server.seal(22, handshake(4, Buffer.alloc(50))), server.data('1'), server.update()];
    answered.push(server.data('2', 300), server.seal(21, Buffer.from([1, 0])));
    const chunks = talk(said, answered);
    for (const steps of [chunks, recut(chunks, [1]), recut(chunks, [700])]) {
      const { inside, tally } = play(steps, keyLog);
      expect(inside.told.map((told) => told.map(String))).toEqual([
        ['one', 'two', 'three', 'end'],
        ['1', '2', 'end'],
      ]);
      expect([tally.tlsDecrypted, tally.tlsLost]).toEqual([1, 0]);
    }
  });

  test('a piece has the packet in which its record ended', () => {
    const [client] = sealers();
    const { inside } = play(recut(talk([client.data('one'), client.data('two')], []), [30]), keyLog);
    const [one, two] = inside.refs[0];
    expect(two! - one!).toBeGreaterThan(0);
    expect(inside.told[0].map(String)).toEqual(['one', 'two', 'end']);
  });

  test('what was received of the other side is told in offsets of its plain stream', () => {
    const [client, server] = sealers();
    const steps: Step[] = talk([client.data('hello')], [server.data('12'), server.update(), server.data('345')]);
    const lost = server.data('6789');
    steps.push({ side: 0, bytes: client.data('again', 9) }, { side: 1, gap: lost.length });
    const more = Array.from({ length: 100 }, () => ({ side: 1 as const, bytes: server.data('x') }));
    steps.push(...more, { side: 0, bytes: client.data('end') }, { side: 1, bytes: server.data('bye') });
    const { inside } = play(steps, keyLog);
    expect(inside.acks[0]).toEqual([0, 5, 109]);
    expect(inside.acks[1]).toEqual([5, 5, ...more.map(() => 10), 13]);
  });

  test.each([
    ['accepted', earlyData, keyLog, 'early one|early two|late'],
    ['refused', [], keyLog, 'late'],
    ['accepted, without its key', earlyData, keyLog.replace(/^CLIENT_EARLY.*\n/, ''), '64|late'],
  ] as const)('early data that is %s', (_, answer, log, expected) => {
    const early = new Sealer(secrets.CLIENT_EARLY_TRAFFIC_SECRET);
    const [client] = sealers();
    const first = [early.data('early one'), early.data('early two')];
    const flights = hands([...answer]);
    if (answer.length > 0) first.push(early.seal(22, handshake(5, Buffer.alloc(0))));
    const chunks: Chunk[] = [
      { side: 0, bytes: Buffer.concat([hello(earlyData), ...first.slice(0, 2)]) },
      { side: 1, bytes: flights.server },
      { side: 0, bytes: Buffer.concat([...first.slice(2), flights.client, client.data('late')]) },
    ];
    const { inside } = play(chunks, log);
    expect(
      inside.told[0]
        .slice(0, -1)
        .map((part) => (Buffer.isBuffer(part) ? String(part) : '64'))
        .join('|'),
    ).toBe(expected);
  });

  const [, server] = sealers();
  const records = ['aaaa', 'bbbbbb', 'cc', 'dddddddd', 'e', 'ffff'].map((text) => server.data(text));
  const body = Buffer.concat(records);
  const plain = 'aaaabbbbbbccdddddddde' + 'ffff';

  test('any hole: what is read stands at its place in the plain stream', () => {
    for (let from = 0; from < body.length; from++) {
      for (const to of [from + 1, from + 20, from + 60, body.length]) {
        if (to > body.length) continue;
        const steps: Step[] = talk([], [body.subarray(0, from)]);
        steps.push({ side: 1, gap: to - from }, { side: 1, bytes: body.subarray(to) });
        const { inside, tally } = play(steps, keyLog);
        let at = 0;
        let missing = 0;
        for (const part of inside.told[1]) {
          if (part === 'end') continue;
          if (Buffer.isBuffer(part)) expect(String(part)).toBe(plain.slice(at, at + part.length));
          else missing++;
          at += Buffer.isBuffer(part) ? part.length : part;
        }
        // Whole records that are not in the hole are all there.
        let end = 0;
        const whole = records.filter(({ length }) => {
          end += length;
          return end <= from || end - length >= to;
        });
        expect(inside.told[1].filter((part) => Buffer.isBuffer(part)).length).toBe(whole.length);
        expect(missing).toBe(1);
        expect(tally.tlsLost).toBe(0);
      }
    }
  });

  test('a record that was changed costs itself', () => {
    const bytes = Buffer.from(body);
    bytes[records[0]!.length + 9]! ^= 1;
    const { inside } = play(talk([], [bytes]), keyLog);
    expect(inside.told[1].map(String)).toEqual(['aaaa', '6', 'cc', 'dddddddd', 'e', 'ffff', 'end']);
  });

  test('a hole with a key update in it', () => {
    const [, sealer] = sealers();
    const [before, update, lost, after] = [
      sealer.data('one'),
      sealer.update(),
      sealer.data('two'),
      sealer.data('three'),
    ];
    for (const from of [0, 7]) {
      const steps: Step[] = talk([], [before, update.subarray(0, from)]);
      steps.push({ side: 1, gap: update.length + lost.length - from }, { side: 1, bytes: after });
      const { inside } = play(steps, keyLog);
      expect(inside.told[1]).toEqual([Buffer.from('one'), expect.any(Number), Buffer.from('three'), 'end']);
    }
  });

  test('a hole in the handshake', () => {
    const [client] = sealers();
    const [one, other, third] = talk([client.data('one')], [body]) as [Chunk, Chunk, Chunk];
    const { length } = other.bytes;
    for (const [from, to] of [
      [200, 300],
      [200, length],
      [130, length - 30],
      [length - 1, length],
    ] as const) {
      const steps: Step[] = [one, { side: 1, bytes: other.bytes.subarray(0, from) }, { side: 1, gap: to - from }];
      steps.push({ side: 1, bytes: other.bytes.subarray(to) }, third, { side: 1, bytes: body });
      const { inside } = play(steps, keyLog);
      expect([inside.text(0).toString(), inside.text(1).toString()]).toEqual(['one', plain]);
    }
  });

  test('keys of another session open nothing, and nothing is told', () => {
    const [client, server] = sealers();
    const steps = talk(
      Array.from({ length: 200 }, () => client.data('x')),
      [server.data('y')],
    );
    const { inside, tally, held } = play(
      steps,
      keyLog.replaceAll(/[0-9a-f]{64}$/gm, (hex) => hex.replaceAll('0', 'f')),
    );
    expect([inside.told, tally.tls, tally.tlsDecrypted, held]).toEqual([[[], []], 1, 0, 0]);
    expect(tally.tlsLost).toBeGreaterThan(0);
  });

  test('a connection older than the capture is counted', () => {
    const [client, server] = sealers();
    const steps: Chunk[] = [
      { side: 0, bytes: client.data('x') },
      { side: 1, bytes: server.data('y') },
    ];
    const { sessions, tally, held } = play(steps, keyLog, true);
    expect([sessions.length, tally.tls, tally.tlsDecrypted, tally.tlsHosts.size, held]).toEqual([0, 1, 0, 0, 0]);
  });

  test('a host without a name is its address', () => {
    const bytes = made.record(22, handshake(1, made.clientHello({ host: null, alpn: ['h2', '\x0a\x0a', 'ZZ'] })));
    const { tally } = play([{ side: 0, bytes }], '');
    expect([...tally.tlsHosts]).toMatchObject([{ host: '10.0.0.2', port: 443, offered: new Set(['h2']), ech: 0 }]);
  });

  test('an encrypted hello is noted', () => {
    const bytes = made.record(22, handshake(1, made.clientHello({ extensions: [[0xfe0d, Buffer.alloc(30)]] })));
    expect([...play([{ side: 0, bytes }], '').tally.tlsHosts]).toMatchObject([{ host: 'api.example.test', ech: 1 }]);
  });

  test('a hello in several records', () => {
    const message = handshake(1, made.clientHello({ alpn: ['http/1.1'] }));
    const bytes = Buffer.concat(
      [1, 3, 4, 40].map((at, i, all) => made.record(22, message.subarray(all[i - 1] ?? 0, at))),
    );
    const rest = made.record(22, message.subarray(40));
    const { tally } = play(recut([{ side: 0, bytes: Buffer.concat([bytes, rest]) }], [6, 9]), '');
    expect([...tally.tlsHosts]).toMatchObject([{ host: 'api.example.test', offered: new Set(['http/1.1']) }]);
  });
});

describe('whatever comes', () => {
  const change = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom('flip', 'drop', 'repeat', 'gap', 'insert', 'swap'),
    length: fc.integer({ min: 1, max: 600 }),
    value: fc.integer({ min: 1, max: 255 }),
  });
  type Change = { at: number; kind: string; length: number; value: number };

  function changed(chunks: readonly Chunk[], changes: readonly Change[]): Step[] {
    const steps: Step[] = [...chunks];
    for (const { at, kind, length, value } of changes) {
      const i = at % steps.length;
      const step = steps[i]!;
      if (!('bytes' in step)) continue;
      const place = (at * 7_919 + value) % (step.bytes.length + 1);
      const [before, after] = [step.bytes.subarray(0, place), step.bytes.subarray(place)];
      const with_ = (...parts: Step[]) => void steps.splice(i, 1, ...parts);
      if (kind === 'flip') {
        const bytes = Buffer.from(step.bytes);
        if (place < bytes.length) bytes[place]! ^= value;
        with_({ side: step.side, bytes });
      } else if (kind === 'drop') with_({ side: step.side, bytes: Buffer.concat([before, after.subarray(length)]) });
      else if (kind === 'repeat') with_(step, step);
      else if (kind === 'gap') {
        with_(
          { side: step.side, bytes: before },
          { side: step.side, gap: length },
          { side: step.side, bytes: after.subarray(length) },
        );
      } else if (kind === 'insert') {
        with_({ side: step.side, bytes: Buffer.concat([before, Buffer.alloc(length, value), after]) });
      } else with_({ side: step.side === 0 ? 1 : 0, bytes: step.bytes });
    }
    return steps;
  }

  const turns = ['GET / HTTP/1.1\r\n\r\n', 'a'.repeat(5_000), 'PUT / HTTP/1.1\r\n\r\n', 'b'.repeat(300)].map((text) =>
    Buffer.from(text),
  );

  test.each(['TLS_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-SHA384'])(
    'never an exception, and nothing that was not said: %s',
    async (ciphers) => {
      const maxVersion = ciphers.startsWith('TLS') ? 'TLSv1.3' : 'TLSv1.2';
      const {
        chunks,
        keyLog: log,
        said,
      } = await record({ server: { maxVersion }, client: maxVersion === 'TLSv1.3' ? {} : { ciphers }, turns });
      const pieces = recut(chunks, [500]);
      fc.assert(
        fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), (changes, growing) => {
          const { inside, held, tally } = play(changed(pieces, changes), log, growing);
          expect([held, tally.tls]).toEqual([0, 1]);
          // Each piece is of one record, which authenticates as what was said; a piece of a's and b's tells no place.
          for (const told of inside.told) {
            for (const part of told)
              if (Buffer.isBuffer(part)) expect(said.some((all) => all.includes(part))).toBe(true);
          }
        }),
        { numRuns: 300 },
      );
    },
  );

  test('bytes at random behind a hello', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 300 }), fc.constantFrom(0, 20, 21, 22, 23)), {
          maxLength: 12,
        }),
        fc.boolean(),
        (parts, growing) => {
          const steps = parts.map(([server, bytes, type]): Chunk => {
            const content = Buffer.from(bytes);
            return { side: server ? 1 : 0, bytes: type === 0 ? content : made.record(type, content) };
          });
          const { inside, held } = play([...talk([], []).slice(0, 2), ...steps], keyLog, growing);
          expect([inside.text(0).length, inside.text(1).length, held]).toEqual([0, 0, 0]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
