import { once } from 'node:events';
import { type ClientHttp2Session, constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Http2Connection } from '#collectors/capture/http2/connection';
import type { Exchange } from '#collectors/traffic/exchange';
import { hearing, recut, type Said, say } from '#test/collectors/capture/session';
import { recorded } from './recording.ts';

const long = 'é~<>|\x80\xff^{}`'.repeat(4_000);

/** What a real client and server of node:http2 said: every kind of exchange, on one connection. */
let said: { side: 0 | 1; bytes: Buffer }[];
let host: string;

function serve(stream: ServerHttp2Stream, headers: Record<string, string | string[] | undefined>): void {
  const path = headers[':path'];
  stream.on('error', () => stream.close());
  if (headers[':protocol'] === 'websocket') {
    stream.respond({ ':status': 200 });
    stream.once('data', () => stream.end(Buffer.from([0x81, 2, 0x6f, 0x6b, 0x81, 1, 0x21])));
    return;
  }
  stream.resume();
  if (path === '/slow') {
    stream.on('close', () => undefined);
    return;
  }
  stream.on('end', () => {
    if (path === '/hints') stream.additionalHeaders({ ':status': 103, link: '</a.css>; rel=preload' });
    if (path === '/push')
      stream.pushStream({ ':path': '/pushed.js' }, (_, pushed) => {
        pushed.respond({ ':status': 200, 'content-type': 'text/javascript' });
        pushed.end('1;');
      });
    if (path === '/acme.Users/Get') {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '5', 'grpc-message': 'no such' }));
      stream.write(Buffer.from([0, 0, 0, 0, 2, 8]));
      stream.end(Buffer.from([1, 0, 0, 0, 0, 0]));
      return;
    }
    const status = path === '/none' ? 404 : path === '/empty' ? 204 : 200;
    stream.respond({
      ':status': status,
      'content-type': 'application/json',
      'x-long': path === '/long' ? long : 'short',
    });
    stream.end(status === 204 || headers[':method'] === 'HEAD' ? undefined : JSON.stringify({ path }));
  });
}

async function call(client: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: Buffer | string): Promise<void> {
  const request = client.request(headers, { endStream: body === undefined });
  if (headers[':protocol'] === undefined) request.end(body);
  else request.write(body);
  request.on('error', () => request.close());
  request.on('end', () => request.end());
  request.resume();
  if (headers[':path'] === '/slow') setTimeout(() => request.close(constants.NGHTTP2_CANCEL), 20);
  await once(request, 'close');
}

beforeAll(async () => {
  const recording = await recorded(
    serve,
    async (client) => {
      await once(client, 'remoteSettings');
      client.on('stream', (pushed) => pushed.resume());
      for (let i = 0; i < 4; i++) await call(client, { ':path': '/orders/1842?expand=items', cookie: 'a=1; b=2' });
      await call(client, { ':method': 'POST', ':path': '/orders', 'content-type': 'application/json' }, '{"n":1}');
      await call(client, { ':method': 'PUT', ':path': '/large' }, Buffer.alloc(100_000, 'x'));
      await call(client, { ':path': '/long', 'x-long': long, 'x-empty': '' });
      await call(client, { ':path': '/hints' });
      await call(client, { ':path': '/push' });
      await call(client, { ':method': 'HEAD', ':path': '/none' });
      await call(client, { ':path': '/empty' });
      await call(
        client,
        { ':method': 'POST', ':path': '/acme.Users/Get', 'content-type': 'application/grpc+proto', te: 'trailers' },
        Buffer.from([0, 0, 0, 0, 3, 8, 150, 1]),
      );
      await call(
        client,
        { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat' },
        Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x69, 0x6b]),
      );
      await Promise.all(['/a', '/b', '/c', '/slow'].map((path) => call(client, { ':path': path })));
    },
    {
      settings: { enableConnectProtocol: true },
      paddingStrategy: constants.PADDING_STRATEGY_MAX,
      maxSendHeaderBlockLength: 200_000,
      maxHeaderListPairs: 200,
    },
  );
  said = recording.said;
  host = `127.0.0.1:${recording.port}`;
});

function read(pieces: readonly Said[]): { exchanges: Exchange[]; held: number; most: number } {
  const heard = hearing();
  const most = say(new Http2Connection(heard.session), pieces, heard);
  expect(heard.tally).toMatchObject({ nameless: 0, unasked: 0, desyncs: 0, lostMessages: 0 });
  return { exchanges: heard.exchanges, held: heard.budget.held, most };
}

function line({ method, target, status, requestLength, responseLength }: Exchange): string {
  return `${method} ${target} ${status} ${requestLength ?? '-'} ${responseLength ?? '-'}`;
}

/** All of it that does not depend on the packets. */
function content({ at, ref, latency, like, ...rest }: Exchange): unknown {
  return rest;
}

describe('what node:http2 says to itself', () => {
  test('every exchange is told', () => {
    const { exchanges, held } = read(said);
    expect(exchanges.map(line).sort()).toEqual([
      'GET /a 200 0 13',
      'GET /b 200 0 13',
      'GET /c 200 0 13',
      'GET /chat 200 8 7',
      'GET /empty 204 0 0',
      'GET /hints 200 0 17',
      'GET /long 200 0 16',
      'GET /orders/1842?expand=items 200 0 36',
      'GET /orders/1842?expand=items 200 0 36',
      'GET /orders/1842?expand=items 200 0 36',
      'GET /orders/1842?expand=items 200 0 36',
      'GET /push 200 0 16',
      'GET /pushed.js 200 0 2',
      'GET /slow 0 0 -',
      'HEAD /none 404 0 0',
      'POST /acme.Users/Get 200 8 12',
      'POST /orders 200 7 18',
      'PUT /large 200 100000 17',
    ]);
    expect(held).toBe(0);
    for (const exchange of exchanges) {
      expect(exchange).toMatchObject({ host, scheme: 'http', client: '10.0.0.1', version: '2' });
      if (exchange.latency !== undefined) expect(exchange.latency).toBeGreaterThanOrEqual(0);
    }
  });

  test('headers, bodies and trailers', () => {
    const { exchanges } = read(said);
    const of = (target: string) => exchanges.find((exchange) => exchange.target === target)!;
    expect(of('/orders/1842?expand=items').requestHeaders.get('cookie')).toBe('a=1; b=2');
    expect(of('/long').requestHeaders.get('x-long')).toBe(long);
    expect(of('/long').responseHeaders.get('x-long')).toBe(long);
    expect(of('/long').requestHeaders.get('x-empty')).toBe('');
    expect(of('/hints').responseHeaders.has('link')).toBe(false);
    expect(Buffer.from(of('/orders').requestBody!).toString()).toBe('{"n":1}');
    expect(Buffer.from(of('/orders').responseBody!).toString()).toBe('{"path":"/orders"}');
    expect(of('/large').requestBody).toHaveLength(65_536);
    expect(of('/acme.Users/Get')).toMatchObject({ protocol: 'grpc', messages: { sent: 1, received: 2 } });
    expect([...of('/acme.Users/Get').responseTrailers!]).toEqual([
      ['grpc-status', '5'],
      ['grpc-message', 'no such'],
    ]);
    expect(of('/chat')).toMatchObject({ protocol: 'websocket', messages: { sent: 1, received: 2 } });
  });

  test('the same in pieces of any size', () => {
    const whole = read(said).exchanges.map(content);
    const length = said.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const cuts = fc.array(fc.nat({ max: length }), { maxLength: 200 });
    fc.assert(
      fc.property(cuts, (places) => {
        const { exchanges, held } = read(recut(said, places));
        expect(exchanges.map(content)).toEqual(whole);
        expect(held).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test('the same byte by byte, and with each side ahead of the other', () => {
    const whole = read(said).exchanges.map(content);
    const bytes = said.flatMap(({ side, bytes }) =>
      Array.from(bytes, (_, i) => ({ side, bytes: bytes.subarray(i, i + 1) })),
    );
    expect(read(bytes).exchanges.map(content)).toEqual(whole);
    for (const ahead of [0, 1]) {
      const sorted = [...said].sort((a, b) => Number(b.side === ahead) - Number(a.side === ahead));
      const told = read(sorted).exchanges.map(content);
      expect(told).toHaveLength(whole.length);
      expect(told).toEqual(expect.arrayContaining(whole));
    }
  });

  test('requests of the same bytes share one head', () => {
    const { exchanges } = read(said);
    const [first, second, third, fourth] = exchanges.filter(({ target }) => target === '/orders/1842?expand=items');
    expect(second!.requestHeaders).not.toBe(first!.requestHeaders);
    expect(second!.requestHeaders).toEqual(first!.requestHeaders);
    expect(fourth!.requestHeaders).toBe(third!.requestHeaders);
    expect(new Set(exchanges.map(({ lot }) => lot)).size).toBe(exchanges.length);
  });

  test('with bytes missing nothing is invented', () => {
    const key = ({ method, target, status }: Exchange) => `${method} ${target} ${status}`;
    const asked = new Map(read(said).exchanges.map((exchange) => [`${exchange.method} ${exchange.target}`, exchange]));
    const length = said.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const hole = fc.tuple(fc.nat({ max: length }), fc.integer({ min: 1, max: 3_000 }));
    fc.assert(
      fc.property(fc.array(hole, { minLength: 1, maxLength: 4 }), fc.boolean(), (holes, midway) => {
        const edges = holes.flatMap(([from, size]) => [from, from + size]);
        let passed = 0;
        const pieces = recut(said, edges).map((piece): Said => {
          const bytes = 'bytes' in piece ? piece.bytes.length : 0;
          passed += bytes;
          const missing = holes.some(([from, size]) => passed > from && passed <= from + size);
          return missing && bytes > 0 ? { side: piece.side, gap: bytes } : piece;
        });
        const heard = hearing({ midway });
        say(new Http2Connection(heard.session), pieces, heard);
        expect(heard.budget.held).toBe(0);
        for (const exchange of heard.exchanges) {
          // Without its answer a WebSocket's request is no more than a CONNECT.
          if (exchange.method === 'CONNECT') continue;
          const whole = asked.get(`${exchange.method} ${exchange.target}`)!;
          expect([key(whole), `${exchange.method} ${exchange.target} 0`]).toContain(key(exchange));
          expect([whole.responseLength, null]).toContain(exchange.responseLength);
          expect([whole.requestLength, undefined]).toContain(exchange.requestLength);
        }
      }),
      { numRuns: 150 },
    );
  });
});
