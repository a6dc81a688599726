import { once } from 'node:events';
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { pass } from '#test/collectors/capture/pass';

/** What a real server and client of node:http2 say to each other, recorded on the way between their sockets. */
export async function recorded(
  serve: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  ask: (client: ClientHttp2Session) => Promise<void>,
  options: ServerOptions = {},
): Promise<{ said: { side: 0 | 1; bytes: Buffer }[]; port: number }> {
  const server = createServer(options);
  server.on('stream', serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const said: { side: 0 | 1; bytes: Buffer }[] = [];
  const between = createTcpServer((near) => {
    const far = connectTcp((server.address() as AddressInfo).port, '127.0.0.1');
    pass(near, far, (bytes) => said.push({ side: 0, bytes }));
    pass(far, near, (bytes) => said.push({ side: 1, bytes }));
  });
  between.listen(0, '127.0.0.1');
  await once(between, 'listening');
  const { port } = between.address() as AddressInfo;
  const client = connect(`http://127.0.0.1:${port}`);
  try {
    await ask(client);
  } finally {
    client.close();
    await once(client, 'close');
    between.close();
    server.close();
  }
  return { said, port };
}
