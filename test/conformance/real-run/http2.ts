import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { buffer } from 'node:stream/consumers';
import { type Asked, answerOf } from './shop.ts';

/** A shop over HTTP/2, and gRPC on `/shop.Orders/…`. */
export function answerHttp2(stream: ServerHttp2Stream, fields: IncomingHttpHeaders): void {
  const [method = '', target = ''] = [fields[':method'], fields[':path']];
  const answer = async () => {
    const sent = await buffer(stream);
    if (fields['content-type'] === 'application/grpc') answerGrpc(stream, target, sent);
    else {
      const { status, body } = answerOf(method, target);
      stream.respond({ ':status': status, 'content-type': 'application/json' });
      // Where no body may follow, Node has ended it already.
      if (!stream.writableEnded) stream.end(body);
    }
  };
  void answer();
}

export async function startHttp2Shop(): Promise<Http2Server> {
  const server = createServer().on('stream', answerHttp2);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

/** Asks for all of it at once, on one connection in clear. */
export async function askHttp2(port: number, host: string, all: readonly Asked[]): Promise<void> {
  await askOver(connect(`http://127.0.0.1:${port}`), host, all);
}

export async function askOver(session: ClientHttp2Session, host: string, all: readonly Asked[]): Promise<void> {
  await Promise.all(
    all.map(async ({ method, target, body }) => {
      const stream = session.request({ ':method': method, ':authority': host, ':path': target, 'user-agent': 'test' });
      // Where no body may follow, Node has ended it already.
      if (!stream.writableEnded) stream.end(body);
      await buffer(stream);
    }),
  );
  session.close();
  await once(session, 'close');
}

/** Messages of a call: a unary one, one that answers with many, and one that fails. */
export const calls = [
  { target: '/shop.Orders/Get', sent: 1, received: 1, status: 0 },
  { target: '/shop.Orders/Watch', sent: 1, received: 5, status: 0 },
  { target: '/shop.Orders/Import', sent: 4, received: 1, status: 0 },
  { target: '/shop.Orders/Break', sent: 1, received: 0, status: 13 },
] as const;

/** Calls with gRPC's framing: a byte of flags and four of length before each message. */
export async function askGrpc(port: number, host: string): Promise<void> {
  const session = connect(`http://127.0.0.1:${port}`);
  for (const { target, sent } of calls) {
    const stream = session.request({
      ':method': 'POST',
      ':authority': host,
      ':path': target,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    for (let i = 0; i < sent; i++) stream.write(message(`message ${i}`));
    stream.end();
    await buffer(stream);
  }
  session.close();
  await once(session, 'close');
}

function answerGrpc(stream: ServerHttp2Stream, target: string, sent: Buffer): void {
  const call = calls.find((one) => one.target === target);
  const known = call !== undefined && sent.length > 0;
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(known ? call.status : 12) }));
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  for (let i = 0; i < (call?.received ?? 0); i++) stream.write(message(`answer ${i}`));
  stream.end();
}

function message(text: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, Buffer.from(text)]);
}
