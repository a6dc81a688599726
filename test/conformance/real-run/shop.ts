import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What is asked of a server, and what it answers. */
export interface Asked {
  method: string;
  target: string;
  status: number;
  body?: string;
}

/** Requests whose answers a shop knows, with all that HTTP has for the ends of bodies. */
export const asks: readonly Asked[] = [
  ...Array.from({ length: 20 }, (_, n): Asked => ({ method: 'GET', target: `/orders/${n}?expand=lines`, status: 200 })),
  { method: 'GET', target: '/orders?limit=20&cursor=a%20b', status: 200 },
  { method: 'POST', target: '/orders', status: 201, body: JSON.stringify({ sku: 'lamp', count: 2 }) },
  { method: 'POST', target: '/orders', status: 201, body: JSON.stringify({ note: 'x'.repeat(100_000) }) },
  { method: 'PUT', target: '/orders/7', status: 200, body: '{}' },
  { method: 'DELETE', target: '/orders/8', status: 204 },
  { method: 'HEAD', target: '/orders/9', status: 200 },
  { method: 'GET', target: '/orders/10/unchanged', status: 304 },
  { method: 'GET', target: '/away', status: 404 },
  { method: 'GET', target: '/report/long', status: 200 },
  { method: 'PATCH', target: '/broken', status: 500, body: 'a=1' },
];

/** The status and body that the shop answers with. */
export function answerOf(method: string, target: string): { status: number; body: string } {
  const status = asks.find((asked) => asked.method === method && asked.target === target)?.status ?? 400;
  const long = target.startsWith('/report');
  return {
    status,
    body: status === 204 || status === 304 ? '' : JSON.stringify({ target, rows: long ? 'y'.repeat(300_000) : [] }),
  };
}

/** A shop over HTTP/1.1 that answers in chunks, and GraphQL on `/graphql`. */
export async function startShop(): Promise<Server> {
  const answer = async (asked: IncomingMessage, response: ServerResponse) => {
    await text(asked);
    const isGraphql = asked.url === '/graphql';
    const { status, body } = isGraphql
      ? { status: 200, body: '{"data":{"orders":[]}}' }
      : answerOf(asked.method ?? '', asked.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).write(body);
    response.end();
  };
  const server = createServer((asked, response) => void answer(asked, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

export function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}

/** Asks over HTTP/1.1 on three connections that are kept alive. */
export async function askHttp1(port: number, host: string, all: readonly Asked[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 3 });
  try {
    await Promise.all(
      all.map(async ({ method, target, body }) => {
        const length = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length };
        const asked = request({ agent, port, host: '127.0.0.1', method, path: target, headers: { host, ...length } });
        asked.end(body);
        const [response] = (await once(asked, 'response')) as [IncomingMessage];
        await text(response);
      }),
    );
  } finally {
    agent.destroy();
  }
}
