import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { constants, createDeflateRaw } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WebSocketConnection } from '#collectors/capture/websocket/connection';
import type { Exchange } from '#collectors/traffic/exchange';
import { hearing, recut, type Said, say } from '#test/collectors/capture/session';
import { exchange } from '#test/collectors/traffic/exchanges';
import { frame, text } from './frames.ts';

const deflate = 'permessage-deflate; server_no_context_takeover';

function hear(said: readonly Said[], extensions?: string): { told: Exchange[]; held: number; most: number } {
  const heard = hearing();
  const answered = {
    upgrade: 'websocket',
    ...(extensions === undefined ? {} : { 'sec-websocket-extensions': extensions }),
  };
  const handshake = exchange({ at: 1_000, target: '/chat', status: 101, answered });
  const most = say(new WebSocketConnection(heard.session, handshake, 0), said, heard);
  return { told: heard.exchanges, held: heard.budget.held, most };
}

const client = (...frames: Buffer[]): Said => ({ side: 0, bytes: Buffer.concat(frames) });
const server = (...frames: Buffer[]): Said => ({ side: 1, bytes: Buffer.concat(frames) });
const call = (method: string) => text(JSON.stringify({ jsonrpc: '2.0', id: 1, method }));

describe('frames', () => {
  test('messages of every length, fragments with control frames between them', () => {
    const { told, held } = hear([
      client(call('one'), frame(9, 'ping', { masked: true }), frame(2, Buffer.alloc(70_000), { masked: true })),
      server(frame(1, 'a', { last: false }), frame(10, 'pong'), frame(0, 'b', { last: false }), frame(0, 'c')),
      server(frame(1, ''), frame(1, 'x'.repeat(300))),
      client(
        frame(1, '{"method":', { masked: true, last: false }),
        frame(0, '"two"}', { masked: true }),
        frame(8, '', { masked: true }),
      ),
      client(call('after the end')),
    ]);
    expect(told).toMatchObject([
      {
        protocol: 'websocket',
        status: 101,
        target: '/chat',
        messages: { sent: 3, received: 3 },
        calls: ['one', 'two'],
      },
    ]);
    expect(held).toBe(0);
  });

  test('a handshake with nothing behind it', () => {
    const { told } = hear([]);
    expect(told).toMatchObject([{ messages: { sent: 0, received: 0 } }]);
    expect(told[0]).not.toHaveProperty('calls');
  });

  test('bytes that are no frames end what is counted', () => {
    const { told } = hear([
      client(call('one'), Buffer.from('GET / HTTP/1.1\r\n\r\n'), call('two')),
      server(frame(1, 'x')),
    ]);
    expect(told).toMatchObject([{ messages: { sent: 1, received: 1 }, calls: ['one'] }]);
  });

  test('a hole within a message leaves the counts; one between frames ends them', () => {
    const long = frame(1, 'y'.repeat(500), { masked: true });
    const within = hear([
      client(call('one'), long.subarray(0, 100)),
      { side: 0, gap: 200 },
      client(long.subarray(300), call('two')),
    ]);
    expect(within.told).toMatchObject([{ messages: { sent: 3 }, calls: ['one'] }]);
    const between = hear([client(call('one')), { side: 0, gap: 200 }, client(call('two'))]);
    expect(between.told).toMatchObject([{ messages: { sent: 1 }, calls: ['one'] }]);
  });
});

describe('how much is looked at', () => {
  test('the first 64 messages, and 32 names', () => {
    const named = Array.from({ length: 70 }, (_, i) =>
      client(call(`m${String.fromCharCode(97 + (i % 26))}x${'y'.repeat(i)}`)),
    );
    const { told } = hear(named);
    expect(told[0]!.messages).toEqual({ sent: 70, received: 0 });
    expect(told[0]!.calls).toHaveLength(32);
    const late = [...Array.from({ length: 64 }, () => client(call('early'))), client(call('late'))];
    expect(hear(late).told[0]!.calls).toEqual(['early']);
  });

  test('it is told after 10,000 messages, and after five minutes, once', () => {
    const flood = server(...Array.from({ length: 12_000 }, () => frame(1, 'x')));
    const counted = hear([flood, flood]).told;
    expect(counted.map(({ messages }) => messages)).toEqual([{ sent: 0, received: 12_000 }]);
    const slow = hear([
      { ...client(call('one')), at: 2_000 },
      { ...client(call('two')), at: 301_001 },
      server(frame(1, 'x')),
    ]).told;
    expect(slow).toMatchObject([{ messages: { sent: 1, received: 0 }, calls: ['one'] }]);
  });
});

describe('permessage-deflate', () => {
  async function deflated(messages: readonly string[], takesOver: boolean): Promise<Buffer[]> {
    let stream = createDeflateRaw();
    const frames: Buffer[] = [];
    for (const message of messages) {
      if (!takesOver) stream = createDeflateRaw();
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.write(message);
      await new Promise<void>((done) => stream.flush(constants.Z_SYNC_FLUSH, done));
      stream.removeAllListeners('data');
      frames.push(frame(1, Buffer.concat(parts).subarray(0, -4), { masked: true, rsv1: true }));
    }
    return frames;
  }

  const messages = ['orders.list', 'orders.get', 'orders.list.all'].map((method) =>
    JSON.stringify({ jsonrpc: '2.0', method }),
  );
  const calls = ['orders.list', 'orders.get', 'orders.list.all'];

  test.each([
    ['each by itself', `${deflate}; client_no_context_takeover`, false],
    ['with what came before', deflate, true],
  ])('%s', async (_, extensions, takesOver) => {
    const frames = await deflated(messages, takesOver);
    expect(hear([client(...frames)], extensions).told).toMatchObject([{ messages: { sent: 3 }, calls }]);
  });

  test('what inflates beyond the bound, or not at all, ends the looking and not the counting', async () => {
    const bomb = await deflated([messages[0]!, `{"method":"${'x'.repeat(1_000_000)}"}`, messages[1]!], true);
    expect(hear([client(...bomb)], deflate).told).toMatchObject([{ messages: { sent: 3 }, calls: ['orders.list'] }]);
    const broken = frame(1, Buffer.alloc(9, 0xff), { masked: true, rsv1: true });
    expect(hear([client(broken, call('one'))], deflate).told).toMatchObject([{ messages: { sent: 2 } }]);
  });
});

test('a real client and server, in pieces of any size', async () => {
  const said: { side: 0 | 1; bytes: Buffer }[] = [];
  const http = createServer();
  http.on('upgrade', (request, socket) => {
    const accept = createHash('sha1').update(
      `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
    );
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest('base64')}\r\n\r\n`,
    );
    socket.once('data', () => {
      socket.write(Buffer.concat([frame(1, 'hello'), frame(2, Buffer.alloc(66_000)), frame(8, Buffer.of(3, 232))]));
      socket.end();
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const between = createTcpServer((near) => {
    const far = connect((http.address() as AddressInfo).port, '127.0.0.1');
    near.on('data', (bytes: Buffer) => {
      said.push({ side: 0, bytes: Buffer.from(bytes) });
      far.write(bytes);
    });
    far.on('data', (bytes: Buffer) => {
      said.push({ side: 1, bytes: Buffer.from(bytes) });
      near.write(bytes);
    });
    far.on('end', () => near.end());
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  between.listen(0, '127.0.0.1');
  await once(between, 'listening');
  const socket = new WebSocket(`ws://127.0.0.1:${(between.address() as AddressInfo).port}/chat`);
  socket.addEventListener('open', () => socket.send('{"method":"orders.watch"}'));
  await once(socket, 'close');
  between.close();
  http.close();

  const behindHeads = said.map((one) => {
    const end = one.bytes.indexOf('\r\n\r\n');
    return /^(?:GET|HTTP)/.test(one.bytes.toString('latin1', 0, 4))
      ? { ...one, bytes: one.bytes.subarray(end + 4) }
      : one;
  });
  const length = behindHeads.reduce((sum, { bytes }) => sum + bytes.length, 0);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: length }), { maxLength: 60 }), (places) => {
      const { told, held } = hear(recut(behindHeads, places));
      expect(told).toMatchObject([{ messages: { sent: 1, received: 2 }, calls: ['orders.watch'] }]);
      expect(held).toBe(0);
    }),
  );
});

test('any bytes, in any pieces, with gaps: no error, bounded memory, nothing kept', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((content) => Buffer.from(content)),
    fc
      .tuple(fc.nat({ max: 15 }), fc.string(), fc.boolean(), fc.boolean(), fc.boolean())
      .map(([code, content, masked, last, rsv1]) => frame(code, content, { masked, last, rsv1 })),
  );
  const side = fc.constantFrom<0 | 1>(0, 1);
  const one: fc.Arbitrary<Said> = fc.oneof(
    fc.record({ side, bytes }),
    fc.record({ side, gap: fc.integer({ min: 1, max: 60 }) }),
  );
  fc.assert(
    fc.property(fc.array(one, { maxLength: 20 }), fc.constantFrom(undefined, deflate), (said, extensions) => {
      const { told, held, most } = hear(said, extensions);
      expect(told).toHaveLength(1);
      expect(most).toBeLessThan(200_000);
      expect(held).toBe(0);
    }),
  );
});
