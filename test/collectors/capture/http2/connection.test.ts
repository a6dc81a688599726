import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Http2Connection, type Http2Options } from '#collectors/capture/http2/connection';
import { beginsHttp2, couldBeHttp2 } from '#collectors/capture/http2/frame';
import { type Caller, mechanisms, type Session } from '#collectors/capture/session';
import { type Heard, hearing, recut, type Said, say } from '#test/collectors/capture/session';
import { block, data, endHeaders, endStream, frame, get, headers, preface, settings } from './frames.ts';

type Spoken = { side: 0 | 1; bytes: Buffer };
const client = (...frames: Buffer[]): Spoken => ({ side: 0, bytes: Buffer.concat(frames) });
const server = (...frames: Buffer[]): Spoken => ({ side: 1, bytes: Buffer.concat(frames) });
const hello = [client(preface, settings), server(settings)];
const ok = { ':status': '200' };

function hear(
  said: readonly Said[],
  told: Partial<Session> = {},
  options: Http2Options = {},
): Heard & { lines: string[] } {
  const heard = hearing(told);
  say(new Http2Connection(heard.session, options), said, heard);
  expect(heard.budget.held).toBe(0);
  const lines = heard.exchanges.map(
    ({ method, host, target, status, responseLength }) =>
      `${method} ${host}${target} ${status} ${responseLength ?? '-'}`,
  );
  return { ...heard, lines };
}

describe('frames', () => {
  test('padding, priority, continuations, and types that nobody knows', () => {
    const whole = block(get('/a'));
    const { lines } = hear([
      ...hello,
      client(
        frame(0x42, 0xff, 9, 'anything'),
        frame(
          1,
          endStream | 0x28,
          1,
          Buffer.concat([Buffer.of(2, 0, 0, 0, 0, 9), whole.subarray(0, 5), Buffer.alloc(2)]),
        ),
        frame(9, 0, 1, whole.subarray(5, 9)),
        frame(9, 0, 1),
        frame(9, endHeaders, 1, whole.subarray(9)),
        frame(2, 0, 3, Buffer.alloc(5)),
        frame(8, 0, 1, Buffer.of(0, 0, 1, 0)),
      ),
      server(
        headers(1, ok, false),
        frame(0, 9, 1, Buffer.concat([Buffer.of(3), Buffer.from('body'), Buffer.alloc(3)])),
      ),
    ]);
    expect(lines).toEqual(['GET api.example.com/a 200 4']);
  });

  test('a longer frame than usual is taken where it was agreed on', () => {
    const larger = frame(4, 0, 0, Buffer.of(0, 5, 0, 1, 0, 0));
    const asked = client(headers(1, get('/a')));
    const answer = server(headers(1, ok, false), data(1, Buffer.alloc(60_000)));
    expect(hear([...hello, client(larger), asked, answer]).lines).toEqual(['GET api.example.com/a 200 60000']);
    const heard = hear([...hello, asked, answer]);
    expect(heard.lines).toEqual(['GET api.example.com/a 200 -']);
    expect(heard.tally.desyncs).toBe(1);
  });

  test.each([
    ['a continuation of nothing', frame(9, endHeaders, 1, block(get('/x')))],
    ['another frame within a header block', Buffer.concat([frame(1, 1, 1, block(get('/x'))), settings])],
    ['a continuation of another stream', Buffer.concat([frame(1, 1, 1, block(get('/x'))), frame(9, 4, 3)])],
    ['padding beyond the frame', frame(1, 0xd, 1, Buffer.concat([Buffer.of(200), block(get('/x'))]))],
    ['DATA of no stream', frame(0, 0, 0, 'x')],
    ['a wrong length', frame(3, 0, 1, 'x')],
    ['a block that is none', headers(1, Buffer.of(0x80))],
    ['a block that is none, of a stream far ahead', headers(0x7fff_ffff, Buffer.of(0x80))],
    ['text', Buffer.from('HTTP/1.1 200 OK\r\n\r\n')],
  ])('%s invents nothing, and what follows in a packet of its own is read', (_, odd) => {
    const heard = hear([...hello, client(odd), client(headers(5, get('/after'))), server(headers(5, ok))]);
    expect(heard.lines).toEqual(['GET api.example.com/after 200 0']);
    expect(heard.tally.desyncs).toBeGreaterThan(0);
  });
});

describe('streams', () => {
  test('interleaved, answered in another order', () => {
    const { lines } = hear([
      ...hello,
      client(headers(1, get('/a')), headers(3, { ...get('/b'), ':method': 'POST' }, false), data(3, 'xy')),
      server(headers(3, ok, false), headers(1, { ':status': '103' }, false), headers(1, { ':status': '404' }, false)),
      server(data(1, 'no', false), data(3, 'yes'), data(1, '!')),
    ]);
    expect(lines).toEqual(['POST api.example.com/b 200 3', 'GET api.example.com/a 404 3']);
  });

  test('resets: by the server before an answer, in one, and by a client that is answered all the same', () => {
    const reset = (stream: number) => frame(3, 0, stream, Buffer.of(0, 0, 0, 8));
    const { lines } = hear([
      ...hello,
      client(headers(1, get('/a')), headers(3, get('/b')), headers(5, get('/c')), headers(7, get('/d'))),
      server(reset(1), headers(3, ok, false), data(3, 'x', false), reset(3)),
      client(reset(5), reset(7)),
      server(headers(5, ok)),
    ]);
    expect(lines).toEqual([
      'GET api.example.com/a 0 -',
      'GET api.example.com/b 200 -',
      'GET api.example.com/c 200 0',
      'GET api.example.com/d 0 -',
    ]);
  });

  test('a flood of resets does not end what goes on', () => {
    const flood = Array.from({ length: 2_000 }, (_, i) => [
      headers(3 + 2 * i, get('/x')),
      frame(3, 0, 3 + 2 * i, Buffer.alloc(4)),
    ]);
    const { lines } = hear([
      ...hello,
      client(headers(1, get('/watch')), ...flood.flat()),
      server(headers(1, ok, false), data(1, 'event')),
    ]);
    expect(lines).toHaveLength(2_001);
    expect(lines).toContain('GET api.example.com/watch 200 5');
  });

  test('pushed ones, and those whose promise is not in the capture', () => {
    const promised = Buffer.concat([Buffer.of(0, 0, 0, 2), block(get('/a.js'))]);
    const heard = hear([
      ...hello,
      client(headers(1, get('/'))),
      server(frame(5, endHeaders, 1, promised), headers(1, ok), headers(2, ok, false), data(2, '1;'), headers(4, ok)),
    ]);
    expect(heard.lines).toEqual(['GET api.example.com/ 200 0', 'GET api.example.com/a.js 200 2']);
    expect(heard.tally.unasked).toBe(1);
  });

  test('an answer whose packet was recorded before the request', () => {
    const { lines } = hear([...hello, server(headers(1, ok, false), data(1, 'abc')), client(headers(1, get('/a')))]);
    expect(lines).toEqual(['GET api.example.com/a 200 3']);
  });

  test('the oldest gives way to the thousand after it', () => {
    const many = Array.from({ length: 1_005 }, (_, i) => headers(1 + 2 * i, get(`/${i}`)));
    const heard = hearing();
    const connection = new Http2Connection(heard.session);
    const bytes = Buffer.concat([preface, settings, ...many]);
    connection.data(0, { bytes, from: 0, to: bytes.length, ref: 1, at: 1, seq: 0, ack: null });
    expect(heard.exchanges.map(({ target }) => target)).toEqual(['/0', '/1', '/2', '/3', '/4']);
    connection.close();
    expect(heard.exchanges).toHaveLength(1_005);
  });

  test('times are the packets’ own', () => {
    const said: Said[] = [
      { ...client(preface, settings), at: 100 },
      { ...client(headers(1, { ...get('/a'), ':method': 'POST' }, false)), at: 200 },
      { ...client(data(1, 'xyz')), at: 230.5 },
      { ...server(settings), at: 240 },
      { ...server(headers(1, ok, false)), at: 250 },
      { ...server(data(1, 'abc')), at: 300 },
    ];
    expect(hear(said).exchanges).toMatchObject([{ at: 200, ref: 2, latency: 19.5, requestLength: 3 }]);
  });

  test('CONNECT, hosts by other names, odd paths', () => {
    const { lines } = hear([
      ...hello,
      client(headers(1, { ':method': 'CONNECT', ':authority': 'db.example.com:5432' })),
      client(headers(3, { ':method': 'GET', ':path': '/a b\xe9', ':scheme': 'https', host: 'old.example.com' })),
      client(headers(5, { ':method': 'GET', ':path': '/' })),
      client(headers(7, { ':method': 'G ET', ':path': '/' }), headers(9, { ':method': 'GET' })),
    ]);
    expect(lines).toEqual([
      'CONNECT db.example.com:5432db.example.com:5432 0 -',
      'GET old.example.com/a%20b%E9 0 -',
      'GET 10.0.0.2:8080/ 0 -',
    ]);
  });

  test('an upgraded request is stream 1', () => {
    const upgraded = { at: 5, ref: 3, method: 'GET', host: 'api.example.com', target: '/up', headers: new Map() };
    const said = [
      server(settings, headers(1, ok, false), data(1, 'abc')),
      client(preface, settings, headers(3, get('/b'))),
    ];
    const { exchanges, lines } = hear(said, { midway: true }, { client: 0, upgraded });
    expect(lines).toEqual(['GET api.example.com/up 200 3', 'GET api.example.com/b 0 -']);
    expect(exchanges[0]).toMatchObject({ at: 5, ref: 3, latency: 995 });
  });

  test.each([
    [
      'a path twice',
      Buffer.concat([block(get('/a')), block({ ':path': '/b' })]),
      '',
      'a pseudo-header field stands twice',
    ],
    ['Transfer-Encoding', block({ ...get('/a'), 'transfer-encoding': 'chunked' }), '', 'Transfer-Encoding in HTTP/2'],
    ['a line break', block({ ...get('/a'), 'x-a': 'b\r\nHost: c' }), '', 'a line break in a field of HTTP/2'],
    ['a line break in the path', block(get('/a HTTP/1.1\r\nX: ')), '', 'a line break in a field of HTTP/2'],
    [
      'a wrong length',
      block({ ...get('/a'), 'content-length': '0' }),
      'GET',
      'Content-Length is not the length of the body',
    ],
  ])('an attempt at request smuggling is marked: %s', (_, asked, body, mark) => {
    const { exchanges } = hear([...hello, client(headers(1, asked, false), data(1, body)), server(headers(1, ok))]);
    expect(exchanges.map(({ marks }) => marks)).toEqual([[`request smuggling: ${mark}`]]);
  });

  test('what is as it should be has no mark', () => {
    const asked = { ...get('/a'), 'content-length': '3', te: 'trailers' };
    const { exchanges } = hear([...hello, client(headers(1, asked, false), data(1, 'abc')), server(headers(1, ok))]);
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]).not.toHaveProperty('marks');
  });

  test('what is alike is the same object', () => {
    const asked = get('/a');
    const turns = [1, 3, 5, 7, 9, 11].flatMap((id) => [
      client(headers(id, asked)),
      server(headers(id, id === 9 ? { ':status': '404' } : ok)),
    ]);
    const likes = hear([...hello, ...turns]).exchanges.map(({ like }) => like);
    // What is met once is not kept to be known again.
    const [, second, third, fourth] = likes;
    expect(new Set(likes).size).toBe(4);
    expect(third).toBe(second);
    expect(fourth).toBe(second);
  });

  test('bodies are kept while their lot is below what is wanted', () => {
    const heard = hearing();
    heard.session = {
      ...heard.session,
      shared: {
        ...heard.session.shared,
        emit: (exchange) => {
          heard.exchanges.push(exchange);
          if (exchange.like) Object.assign(exchange.like, { requestsBelow: 0, responsesBelow: 0 });
        },
      },
    };
    const post = { ...get('/a'), ':method': 'POST' };
    const turns = [1, 3, 5, 7].flatMap((id) => [
      client(headers(id, post, false), data(id, 'asked')),
      server(headers(id, ok, false), data(id, 'answered')),
    ]);
    say(new Http2Connection(heard.session), [...hello, ...turns], heard);
    const [first, , , last] = heard.exchanges;
    expect([first!.requestBody, first!.responseBody].map(String)).toEqual(['asked', 'answered']);
    expect([last!.requestBody, last!.responseBody]).toEqual([undefined, undefined]);
    expect(last).toMatchObject({ requestLength: 5, responseLength: 8 });
  });
});

describe('a capture that began late, or lost something', () => {
  const inserted = (fields: Record<string, string>) => block(fields, true);

  test('requests are told when method and path are known, and counted otherwise', () => {
    const indexed = Buffer.of(0x82, 0x86, 0xbe);
    const heard = hear(
      [
        client(headers(101, indexed)),
        server(headers(101, ok)),
        client(headers(103, inserted(get('/known')))),
        server(headers(103, ok, false), data(103, 'x')),
        client(headers(105, Buffer.of(0xc1, 0xc0, 0xbf, 0xbe))),
        server(headers(105, { ':status': '204' })),
      ],
      { midway: true },
    );
    expect(heard.lines).toEqual(['GET api.example.com/known 200 1', 'GET api.example.com/known 204 0']);
    expect(heard.tally.nameless).toBe(1);
  });

  test('a promise tells who the server is', () => {
    const promised = Buffer.concat([Buffer.of(0, 0, 0, 2), block(get('/a.js'))]);
    const said = [server(frame(5, endHeaders, 1, promised), headers(2, ok)), client(headers(3, get('/b')))];
    const { exchanges, lines } = hear(said, { midway: true });
    expect(lines).toEqual(['GET api.example.com/a.js 200 0', 'GET api.example.com/b 0 -']);
    expect(exchanges.map(({ client }) => client)).toEqual(['10.0.0.1', '10.0.0.1']);
  });

  test('a host that is not known is left open', () => {
    const fields = Buffer.concat([Buffer.of(0xbe), block({ ':method': 'GET', ':path': '/a' })]);
    expect(hear([client(headers(7, fields))], { midway: true }).lines).toEqual(['GET /a 0 -']);
  });

  test('pieces that are no frames from their first byte on are passed over', () => {
    const said = [client(Buffer.from('…d of something')), server(Buffer.alloc(40, 1)), client(headers(9, get('/a')))];
    expect(hear(said, { midway: true }).lines).toEqual(['GET api.example.com/a 0 -']);
  });

  test('with its beginning, a connection without a handshake is known whole', () => {
    const said = [...hello, client(headers(1, Buffer.of(0x82, 0x86, 0xbe)))];
    const heard = hear(said, { midway: true });
    // An entry that cannot be there: no block of a table that is known.
    expect(heard.tally).toMatchObject({ nameless: 1, desyncs: 1 });
  });

  test('a hole within a body loses nothing but its bytes', () => {
    const long = data(1, Buffer.alloc(3_000, 'x'));
    const heard = hear([
      ...hello,
      client(headers(1, get('/a'))),
      server(headers(1, ok, false)),
      server(long.subarray(0, 1_000)),
      { side: 1, gap: 1_500 },
      server(long.subarray(2_500)),
      client(headers(3, get('/b'))),
      server(headers(3, ok)),
    ]);
    expect(heard.lines).toEqual(['GET api.example.com/a 200 3000', 'GET api.example.com/b 200 0']);
    expect(heard.exchanges[0]!.responseBody).toHaveLength(991);
    expect(heard.tally.lostMessages).toBe(0);
  });

  test('after a hole between frames older entries are unknown', () => {
    const heard = hear([
      ...hello,
      client(headers(1, inserted(get('/a')))),
      { side: 0, gap: 100 },
      client(headers(5, Buffer.of(0xc1, 0xc0, 0xbf, 0xbe))),
      client(headers(7, inserted(get('/b')))),
      client(headers(9, Buffer.of(0xc1, 0xc0, 0xbf, 0xbe))),
      server(headers(1, ok, false), data(1, 'x'), headers(5, ok), headers(7, ok), headers(9, ok)),
    ]);
    expect(heard.lines).toEqual([
      'GET api.example.com/a 200 1',
      'GET api.example.com/b 200 0',
      'GET api.example.com/b 200 0',
    ]);
    expect(heard.tally).toMatchObject({ nameless: 1, unasked: 1, lostMessages: 1 });
  });

  test('the end of an upload that was lost does not keep the exchange', () => {
    const heard = hearing();
    const connection = new Http2Connection(heard.session);
    const post = headers(1, { ...get('/up'), ':method': 'POST' }, false);
    for (const [i, one] of [client(preface, settings, post), server(settings)].entries())
      if ('bytes' in one)
        connection.data(one.side, {
          bytes: one.bytes,
          from: 0,
          to: one.bytes.length,
          ref: i,
          at: i,
          seq: 0,
          ack: null,
        });
    connection.gap(0, 5_000);
    const bytes = headers(1, ok);
    connection.data(1, { bytes, from: 0, to: bytes.length, ref: 9, at: 9, seq: 0, ack: null });
    expect(heard.exchanges).toMatchObject([{ target: '/up', status: 200 }]);
    expect(heard.exchanges[0]).not.toHaveProperty('requestLength');
  });

  test('trailers after a lost head are no answer', () => {
    const trailers = { 'grpc-status': '0' };
    const heard = hear([
      ...hello,
      client(headers(1, get('/a'))),
      { side: 1, gap: 50 },
      server(data(1, 'x', false)),
      server(headers(1, trailers)),
    ]);
    expect(heard.lines).toEqual(['GET api.example.com/a 0 -']);
  });
});

describe('hostile', () => {
  test('a flood of continuations is held to its bound, and the table is in doubt', () => {
    const heard = hearing();
    const piece = frame(9, 0, 1, Buffer.alloc(16_000, 0x82));
    const flood = Array.from({ length: 50 }, () => client(piece));
    const said = [...hello, client(frame(1, 0, 1, block(get('/a')))), ...flood, client(frame(9, endHeaders, 1))];
    const most = say(new Http2Connection(heard.session), [...said, client(headers(3, get('/b')))], heard);
    expect(most).toBeLessThan(200_000);
    expect(heard.exchanges.map(({ target }) => target)).toEqual(['/b']);
    expect(heard.tally.desyncs).toBe(1);
  });

  test('a block that refers to one long entry again and again is cut', () => {
    const bomb = Buffer.concat([
      block(get('/a')),
      block({ 'x-bomb': 'y'.repeat(3_900) }, true),
      Buffer.alloc(12_000, 0xbe),
    ]);
    const { exchanges } = hear([...hello, client(headers(1, bomb))]);
    expect(exchanges[0]!.requestHeaders.get('x-bomb')!.length).toBeLessThan(262_144);
  });

  test('any bytes, in any pieces, with gaps: no error, bounded memory, nothing kept', () => {
    const valid = fc.constantFrom(
      preface,
      settings,
      headers(1, get('/a')),
      headers(3, get('/b'), false),
      data(3, 'abc'),
      headers(1, ok),
      headers(3, ok, false),
      frame(1, 0, 5, block(get('/c'), true)),
      frame(9, endHeaders, 5),
      frame(5, endHeaders, 1, Buffer.concat([Buffer.of(0, 0, 0, 2), block(get('/d'))])),
      frame(3, 0, 3, Buffer.alloc(4)),
    );
    const any = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
    const header = fc
      .tuple(fc.nat({ max: 10 }), fc.nat({ max: 255 }), fc.nat({ max: 6 }), any)
      .map(([type, flags, stream, content]) => frame(type, flags, stream, content));
    const side = fc.constantFrom<0 | 1>(0, 1);
    const one: fc.Arbitrary<Said> = fc.oneof(
      fc.record({ side, bytes: fc.oneof(valid, any, header) }),
      fc.record({ side, gap: fc.integer({ min: 1, max: 100 }) }),
    );
    const cuts = fc.array(fc.nat({ max: 600 }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 25 }), cuts, fc.boolean(), (said, places, midway) => {
        const heard = hearing({ midway });
        const most = say(new Http2Connection(heard.session), recut(said, places), heard);
        expect(most).toBeLessThan(1_000_000);
        expect(heard.budget.held).toBe(0);
        for (const { method, target } of heard.exchanges) {
          expect(method).not.toBe('');
          expect(target).not.toBe('');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

test('what could be HTTP/2, and what begins as it', () => {
  const all = (bytes: Buffer) => [couldBeHttp2(bytes, 0, bytes.length), beginsHttp2(bytes, 0, bytes.length)];
  expect(all(preface.subarray(0, 5))).toEqual([false, 'client']);
  expect(all(settings)).toEqual([true, 'server']);
  expect(all(Buffer.concat([settings, Buffer.from('text follows')]))).toEqual([false, null]);
  expect(all(headers(7, get('/')))).toEqual([true, null]);
  expect(all(frame(9, 4, 7, 'x'))).toEqual([false, null]);
  expect(all(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toEqual([false, null]);
  expect(all(Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]))).toEqual([false, null]);
  expect(all(Buffer.alloc(40))).toEqual([false, null]);
});

describe('a client certificate', () => {
  // Blocks that are met again are one head, without a table in between.
  const asks = (stream: number) => client(headers(stream, block(get('/a'))));
  const answers = (stream: number) => server(headers(stream, block(ok)));

  test('is told of each exchange of a client that sent one', () => {
    const { exchanges } = hear([...hello, asks(1), answers(1)], { caller: { mechanisms: mechanisms.certificate } });
    expect(exchanges).toMatchObject([{ mechanisms: ['mutualTLS'] }]);
    expect(hear([...hello, asks(1), answers(1)]).exchanges[0]).not.toHaveProperty('mechanisms');
  });

  test('that comes later is told of those that were answered since, which are not alike to those before', () => {
    const caller: Caller = { mechanisms: mechanisms.none };
    const heard = hearing({ caller });
    const reader = new Http2Connection(heard.session);
    const streams = [1, 3, 5, 7, 9, 11];
    const hand = ({ side, bytes }: Spoken) =>
      reader.data(side, { bytes, from: 0, to: bytes.length, ref: 1, at: 1_000, seq: 0, ack: null });
    for (const said of hello) hand(said);
    for (const stream of streams) {
      hand(asks(stream));
      if (stream === 7) caller.mechanisms = mechanisms.certificate;
      hand(answers(stream));
    }
    reader.close();
    const told = heard.exchanges.map((exchange) => exchange.mechanisms);
    const sent = ['mutualTLS'];
    expect(told).toEqual([undefined, undefined, undefined, sent, sent, sent]);
    const likes = heard.exchanges.map(({ like }) => like);
    // From the second on a block is kept.
    expect([likes[1] === likes[2], likes[2] === likes[3], likes[4] === likes[5]]).toEqual([true, false, true]);
  });
});
