import { describe, expect, test } from 'vitest';
import { ethernet, type Frame, ipPacket, request, response, type Talk, type Turn, talk } from './pcap.ts';
import { line, readFrames } from './reading.ts';

const long = 'x'.repeat(5_000);

/** What a connection says, and what is to be read of it. */
const conversations: [name: string, turns: Turn[], lines: string[]][] = [
  ['a request and its answer', [request('GET', '/a'), response(200, 'abc')], ['GET api.example.com /a 200 3']],
  [
    'keep-alive',
    [request('GET', '/a'), response(200, 'abc'), request('POST', '/b', 'h', 'body'), response(201, '')],
    ['GET api.example.com /a 200 3', 'POST h /b 201 0'],
  ],
  [
    'pipelining',
    [
      `${request('GET', '/a')}${request('GET', '/b').slice(1)}${request('GET', '/c').slice(1)}`,
      `${response(200, 'a')}${response(404, 'bb').slice(1)}${response(500, 'ccc').slice(1)}`,
    ],
    ['GET api.example.com /a 200 1', 'GET api.example.com /b 404 2', 'GET api.example.com /c 500 3'],
  ],
  [
    'bodies of many packets',
    [request('POST', '/a', 'h', long), response(200, long), request('GET', '/b', 'h'), response(200, 'x')],
    ['POST h /a 200 5000', 'GET h /b 200 1'],
  ],
  [
    'chunks with extensions and trailers',
    [
      request('GET', '/a'),
      response(
        200,
        '5;name="v"\r\nhello\r\n0A\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n',
        'Transfer-Encoding: chunked\r\n',
      ),
      request('GET', '/b'),
      response(204, '', ''),
    ],
    ['GET api.example.com /a 200 15', 'GET api.example.com /b 204 0'],
  ],
  [
    'a request in chunks',
    [
      '>POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
      response(200, 'x'),
      request('GET', '/b', 'h'),
      response(200, 'yy'),
    ],
    ['POST h /a 200 1', 'GET h /b 200 2'],
  ],
  [
    'answers without a body whatever their length says',
    [
      request('HEAD', '/a'),
      response(200, '', 'Content-Length: 999\r\n'),
      request('GET', '/b'),
      response(304, '', 'Content-Length: 999\r\n'),
      request('GET', '/c'),
      response(200, 'c'),
    ],
    ['HEAD api.example.com /a 200 0', 'GET api.example.com /b 304 0', 'GET api.example.com /c 200 1'],
  ],
  [
    'interim answers',
    [
      request('PUT', '/a', 'h', 'x'),
      '<HTTP/1.1 100 Continue\r\n\r\n',
      '<HTTP/1.1 103 Early\r\nLink: </s>\r\n\r\n',
      response(200, 'z'),
    ],
    ['PUT h /a 200 1'],
  ],
  [
    'a body until the connection closes',
    ['>GET /a HTTP/1.0\r\n\r\n', '<HTTP/1.0 200 OK\r\n\r\nsome', '<thing'],
    ['GET 10.0.0.2:80 /a 200 9'],
  ],
  [
    'CONNECT: what follows is read',
    [
      '>CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n',
      '<HTTP/1.1 200 Established\r\n\r\n',
      request('GET', '/inside'),
      response(200, 'x'),
    ],
    ['CONNECT other.example:443 other.example:443 200 -', 'GET api.example.com /inside 200 1'],
  ],
  [
    'a refused CONNECT: what follows is',
    [
      '>CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n',
      response(407, 'no'),
      request('GET', '/b'),
      response(200, 'x'),
    ],
    ['CONNECT other.example:443 other.example:443 407 2', 'GET api.example.com /b 200 1'],
  ],
  [
    'an upgrade: what follows is no HTTP',
    [
      '>GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      '<HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x02hi',
      request('GET', '/inside'),
    ],
    ['GET h /ws 101 -'],
  ],
  [
    'an absolute target goes before Host, without its password',
    ['>GET http://user:secret@real.example:8080/a?q=1 HTTP/1.1\r\nHost: proxy\r\n\r\n', response(200, '')],
    ['GET real.example:8080 http://user:secret@real.example:8080/a?q=1 200 0'],
  ],
  [
    'folded fields, bare line feeds, empty lines, odd case and spaces',
    [
      '>\r\n\nGET  /a  HTTP/1.1\nhOST :\n\tfolded.example\nX:\n\n',
      '<HTTP/1.1 200\nCONTENT-LENGTH:\n 2\n\nok',
      request('GET', '/b'),
      response(200, ''),
    ],
    ['GET folded.example /a 200 2', 'GET api.example.com /b 200 0'],
  ],
  [
    'two Hosts: the first',
    ['>GET /a HTTP/1.1\r\nHost: one\r\nHost: two\r\n\r\n', response(200, '')],
    ['GET one /a 200 0'],
  ],
  ['bytes that no URI has', ['>GET /\xc3\xa9 HTTP/1.1\r\nHost: h\r\n\r\n', response(200, '')], ['GET h /%C3%A9 200 0']],
  ['a request that is never answered', [request('GET', '/a')], ['GET api.example.com /a 0 -']],
  [
    'an answer that breaks off',
    [request('GET', '/a'), '<HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'],
    ['GET api.example.com /a 200 10'],
  ],
  ['a head that breaks off', ['>GET /a HTTP/1.1\r\nHost: h\r\nCook'], ['GET h /a 0 -']],
  ['a start line that breaks off', ['>GET /a HT'], []],
  [
    'another protocol',
    ['>EHLO example.com\r\n', '<250 fine\r\n', request('GET', '/a').replace('HTTP/1.1', 'RTSP/1.0') as Turn],
    [],
  ],
  [
    'HTTP behind a preamble of another protocol',
    ['>\x05\x01\x00', '<\x05\x00', request('GET', '/a'), response(200, 'x')],
    ['GET api.example.com /a 200 1'],
  ],
  [
    'the line of a load balancer ahead of the first request',
    ['>PROXY TCP4 192.0.2.7 192.0.2.8 4711 80\r\nGET /a HTTP/1.1\r\nHost: h\r\n\r\n', response(200, 'x')],
    ['GET h /a 200 1'],
  ],
  [
    'a request line inside a body',
    [request('POST', '/a', 'h', `${long}\r\nGET /no HTTP/1.1\r\n\r\n`), response(200, '')],
    ['POST h /a 200 0'],
  ],
];

describe('conversations', () => {
  const shapes: [string, Talk][] = [
    ['IPv4', {}],
    ['IPv6, small packets', { client: '2001:db8:0:0:0:0:0:1', server: '2001:db8:0:0:0:0:0:2', mss: 7 }],
    ['one byte a packet', { mss: 1 }],
    ['numbers that wrap', { seq: [0xffff_fff0, 0xffff_ff80], mss: 10 }],
  ];
  test.each(conversations.flatMap((conversation) => shapes.map((shape) => [conversation, shape] as const)))(
    '%j',
    async ([name, turns, lines], [, shape]) => {
      // Pieces of one byte hide where messages of a stream that is no HTTP at first begin.
      if (name.includes('preamble') && shape.mss !== undefined) return;
      const { exchanges } = await readFrames(talk(turns, shape));
      const server = shape.server ? `[${shape.server}]` : '10.0.0.2';
      expect(exchanges.map(line)).toEqual(lines.map((text) => text.replace('10.0.0.2', server)));
    },
  );

  test('time, packet number and client are those of the request', async () => {
    const frames = talk([request('GET', '/a'), response(200, ''), request('GET', '/b'), response(200, '')]);
    const { exchanges } = await readFrames(frames);
    expect(exchanges.map(({ at, ref, client, scheme }) => ({ at, ref, client, scheme }))).toEqual([
      { at: frames[3]!.at, ref: 4, client: '10.0.0.1', scheme: 'http' },
      { at: frames[7]!.at, ref: 8, client: '10.0.0.1', scheme: 'http' },
    ]);
  });

  test('header names are lower case, repeated values are joined, and __proto__ is a name', async () => {
    const { exchanges } = await readFrames(
      talk(['>GET /a HTTP/1.1\r\nHost: h\r\nAccept: a\r\nACCEPT: b\r\n__proto__: c\r\n\r\n', response(200, 'x')]),
    );
    expect([...exchanges[0]!.requestHeaders]).toEqual([
      ['host', 'h'],
      ['accept', 'a, b'],
      ['__proto__', 'c'],
    ]);
    expect(exchanges[0]!.responseHeaders.get('content-type')).toBe('application/json');
  });
});

const three: Turn[] = [1, 2, 3].flatMap((i) => [request('GET', `/${i}`), response(200 + i, `${i}`.repeat(i))]);
const threeLines = ['GET api.example.com /1 201 1', 'GET api.example.com /2 202 2', 'GET api.example.com /3 203 3'];
/** Frames 3, 5, 7, 9, 11, 13 hold requests and answers in turn. */
const frames = talk(three);

describe('what a capture does to a connection', () => {
  const without = (...numbers: number[]) => frames.filter((_, i) => !numbers.includes(i));
  const cases: [name: string, frames: Frame[], lines: string[]][] = [
    ['packets in pairs changed over', frames.map((_, i) => frames[i ^ 1] ?? frames[i]!), threeLines],
    ['every packet twice', frames.flatMap((frame) => [frame, frame]), threeLines],
    ['everything repeated at the end', [...frames, ...frames.slice(1)], threeLines],
    ['begun before the capture', frames.slice(3), threeLines],
    ['begun before the capture, in the middle', frames.slice(5), threeLines.slice(1)],
    [
      'only what the client says',
      frames.filter((frame) => frame.data.readUInt16BE(34) !== 80),
      [1, 2, 3].map((i) => `GET api.example.com /${i} 0 -`),
    ],
    ['only what the server says', frames.filter((frame) => frame.data.readUInt16BE(34) === 80), []],
    ['the first request lost', without(3), threeLines.slice(1)],
    ['the second request lost', without(7), [threeLines[0]!, threeLines[2]!]],
    ['the first answer lost', without(5), ['GET api.example.com /1 0 -', ...threeLines.slice(1)]],
    ['the second answer lost', without(9), [threeLines[0]!, 'GET api.example.com /2 0 -', threeLines[2]!]],
    ['the second exchange lost', without(7, 9), [threeLines[0]!, threeLines[2]!]],
    [
      'the same ports again',
      [...frames, ...talk([request('GET', '/4'), response(200, '')], { seq: [77, 99] })],
      [...threeLines, 'GET api.example.com /4 200 0'],
    ],
    [
      'the same ports again, its SYNs lost',
      [
        ...frames,
        ...talk(
          [1, 2, 3, 4].flatMap((i) => [request('GET', `/again${i}`), response(200, '')]),
          { seq: [2 ** 31, 2 ** 30], handshake: false },
        ),
      ],
      [...threeLines, ...[1, 2, 3, 4].map((i) => `GET api.example.com /again${i} 200 0`)],
    ],
  ];
  test.each(cases)('%s', async (_, changed, lines) => {
    const { exchanges } = await readFrames(changed);
    expect(exchanges.map(line).sort()).toEqual([...lines].sort());
  });

  test('a hole in a body of known length loses nothing', async () => {
    const turns: Turn[] = [request('GET', '/a'), response(200, long), request('GET', '/b'), response(200, 'x')];
    const whole = talk(turns);
    const { exchanges, reading } = await readFrames(whole.filter((_, i) => i !== 6));
    expect(exchanges.map(line)).toEqual(['GET api.example.com /a 200 5000', 'GET api.example.com /b 200 1']);
    expect(reading.tally).toMatchObject({ gaps: 1, gapBytes: 1_448, lostMessages: 0 });
  });

  test('a hole that takes the end of a body and the next head gives neither', async () => {
    const whole = talk([
      `${request('GET', '/a')}${request('GET', '/b').slice(1)}`,
      `${response(200, long)}${response(201, long).slice(1)}`,
    ]);
    const { exchanges, reading } = await readFrames(whole.filter((_, i) => i !== 8));
    expect(exchanges.map(line)).toEqual(['GET api.example.com /a 200 5000', 'GET api.example.com /b 0 -']);
    expect(reading.tally.lostMessages).toBe(1);
  });

  test('of pipelined requests whose first answer is lost, which answer is whose cannot be told', async () => {
    const asked = [1, 2, 3].map((i) => request('GET', `/${i}`).slice(1)).join('');
    const whole = talk([`>${asked}`, response(201, ''), response(202, ''), response(203, ''), ...three.slice(0, 2)]);
    const { exchanges, reading } = await readFrames(whole.filter((_, i) => i !== 5));
    const untold = [1, 2, 3].map((i) => `GET api.example.com /${i} 0 -`);
    expect(exchanges.map(line).sort()).toEqual([...untold, threeLines[0]].sort());
    expect(reading.tally.unasked).toBe(2);
  });

  test('packets cut by the recording still tell start lines and the fields that came whole', async () => {
    const turns: Turn[] = [
      `>GET /a HTTP/1.1\r\nHost: h\r\nX-Long: ${long}\r\n\r\n`,
      response(200, long),
      request('GET', '/b', 'h'),
      response(404, ''),
    ];
    const { exchanges, reading } = await readFrames(talk(turns), { snap: 54 + 90 });
    expect(exchanges.map(line)).toEqual(['GET h /a 200 5000', 'GET h /b 404 0']);
    expect(reading.tally.cut).toBeGreaterThan(1);
  });

  test('a segment that begins inside what is known adds only what is new; of two versions the first is taken', async () => {
    const ends = { source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 4_000, destinationPort: 80, ack: 1 };
    const text = 'GET /right HTTP/1.1\r\nHost: h\r\n\r\n';
    const pieces: [number, string][] = [
      [0, text.slice(0, 10)],
      [5, `XXXXX${text.slice(10, 15)}`],
      [2, 'YYYYYYYY'],
      [0, `ZZZZZZZZZZZZZZZ${text.slice(15)}`],
    ];
    const made = pieces.map(([at, data], i) => ({ at: i, data: ethernet(ipPacket({ ...ends, seq: 100 + at, data })) }));
    const { exchanges } = await readFrames([
      { at: 0, data: ethernet(ipPacket({ ...ends, seq: 99, syn: true })) },
      ...made,
    ]);
    expect(exchanges.map(line)).toEqual(['GET h /right 0 -']);
  });

  test('data in a SYN, and a forged reset', async () => {
    const ends = { source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 4_000, destinationPort: 80 };
    const made = [
      { seq: 99, syn: true, data: 'GET /a HTTP/1.1\r\n' },
      { seq: 117, rst: true, data: 'go away' },
      { seq: 117, ack: 1, data: 'Host: h\r\n\r\n' },
    ].map((fields, at) => ({ at, data: ethernet(ipPacket({ ...ends, ...fields })) }));
    const { exchanges } = await readFrames(made);
    expect(exchanges.map(line)).toEqual(['GET h /a 0 -']);
  });
});

describe('hostile connections', () => {
  test('a head without an end is given up at 64 KiB', async () => {
    const { exchanges, reading } = await readFrames(
      talk([
        request('GET', '/a'),
        response(200, ''),
        `>GET /b HTTP/1.1\r\nX: ${'y'.repeat(70_000)}`,
        request('GET', '/c'),
        response(200, ''),
      ]),
    );
    expect(exchanges.map((exchange) => exchange.target)).toEqual(['/a', '/c']);
    expect(reading.tally.desyncs).toBe(1);
  });

  test.each([
    ['a chunk size of 2^64', 'Transfer-Encoding: chunked\r\n', '10000000000000000\r\n'],
    ['chunks that are none', 'Transfer-Encoding: chunked\r\n', 'zz\r\n'],
    ['two lengths', 'Content-Length: 3\r\nContent-Length: 4\r\n', 'abc'],
    ['a negative length', 'Content-Length: -3\r\n', 'abc'],
  ])('%s: the stream is found again at its next message', async (_, fields, body) => {
    const { exchanges, reading } = await readFrames(
      talk([request('GET', '/a'), response(200, body, fields), request('GET', '/b'), response(200, 'x')]),
    );
    expect(exchanges.map(line)).toEqual(['GET api.example.com /a 200 -', 'GET api.example.com /b 200 1']);
    expect(reading.tally.desyncs).toBe(1);
  });

  test('more requests than may wait are told without an answer', async () => {
    const many = Array.from({ length: 1_100 }, (_, i) => request('GET', `/${i}`));
    const { exchanges } = await readFrames(talk(many));
    expect(exchanges.length).toBe(1_100);
  });
});
