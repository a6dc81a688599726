/** Writes the fixtures beside this file: `node --conditions=source test/collectors/capture/fixtures.ts`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { pcapFile, request, response, type Turn, talk } from './pcap.ts';

const secret: Turn =
  '>GET /v1/orders/1842?token=q-secret-41 HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer s3cr3t-bearer-77\r\nCookie: session=c00kie-88\r\n\r\n';

const turns: Turn[] = [
  secret,
  response(200, '{"id":1842,"email":"ann.private@example.com"}'),
  request('POST', '/v1/orders', 'api.example.com', '{"password":"hunter2-99"}'),
  response(201, '{"id":1843}'),
  request('GET', '/v1/orders', 'api.example.com'),
  response(200, '[]'),
];

const folder = new URL('fixtures/', import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(fileURLToPath(new URL('shop.pcap', folder)), pcapFile(talk(turns)));
await writeFile(
  fileURLToPath(new URL('nanoseconds', folder)),
  pcapFile(talk([request('DELETE', '/v1/orders/7', 'api.example.com'), response(204, '', '')]), {
    bigEndian: true,
    nanoseconds: true,
  }),
);
