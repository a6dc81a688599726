import { once } from 'node:events';
import { createServer } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { Bytes } from './made/bytes.ts';
import { catalogue } from './made/catalogue.ts';
import { newClient } from './made/client.ts';
import { type MadeExchange, newExchange } from './made/exchange.ts';
import { Http2Writer } from './made/http2.ts';
import { Random } from './made/random.ts';

/** What a server that others wrote makes of the bytes. */
async function understood(said: Buffer, requests: number): Promise<Record<string, unknown>[]> {
  const heads: Record<string, unknown>[] = [];
  const server = createServer();
  const all = new Promise<void>((resolve, reject) => {
    server.on('sessionError', reject);
    server.on('stream', (stream, fields) => {
      heads.push({ ...fields });
      stream.resume().on('end', () => {
        stream.respond({}, { endStream: true });
        if (heads.length === requests) resolve();
      });
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').resume();
  socket.write(said);
  await all;
  socket.destroy();
  server.close();
  return heads;
}

test.each([1, 2, 3, 4, 5, 6])('a server understands made requests of HTTP/2 (seed %i)', async (seed) => {
  const random = new Random(seed);
  const client = newClient(random);
  const writer = new Http2Writer(random);
  const said = [new Bytes(), new Bytes()] as const;
  const made: MadeExchange[] = [];
  const host = catalogue().host(random);
  for (let turn = 0; turn < 20; turn++) {
    const exchanges = Array.from({ length: 1 + (turn % 4) }, () =>
      newExchange(catalogue().operation(host, random), client, 'Fri, 02 Jan 2026 03:04:05 GMT', random),
    );
    writer.write(said, exchanges);
    made.push(...exchanges);
  }
  const heads = await understood(said[0].buffer.subarray(0, said[0].length), made.length);
  expect(heads.map((head) => `${head[':method']} ${head[':authority']}${head[':path']}`)).toEqual(
    made.map(({ method, operation, target }) => `${method} ${operation.host}${target}`),
  );
  heads.forEach((head, i) => {
    for (const [name, value] of made[i]!.requestFields) expect(head[name]).toBe(value);
  });
});
