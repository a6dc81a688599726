import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect, createSecureServer, type Http2SecureServer } from 'node:http2';
import { createServer, request, type Server } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { answerHttp2, askOver } from './http2.ts';
import { type Asked, answerOf } from './shop.ts';

type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** A key and a certificate that nobody vouches for, by the openssl program. */
export async function certificate(openssl: string, folder: string): Promise<{ key: Buffer; cert: Buffer }> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const args = [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=tls.test',
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    cert,
  ];
  await promisify(execFile)(openssl, args);
  return { key: await readFile(key), cert: await readFile(cert) };
}

/** A shop over HTTPS that writes its sessions' secrets into a key log. */
export async function startHttps(pair: { key: Buffer; cert: Buffer }, keylog: string): Promise<Server> {
  const server = createServer(pair, (asked, response) => {
    const { status, body } = answerOf(asked.method ?? '', asked.url ?? '');
    asked.resume().on('end', () => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
  });
  server.on('keylog', (line: Buffer) => appendFileSync(keylog, line));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

export async function startHttps2(pair: { key: Buffer; cert: Buffer }, keylog: string): Promise<Http2SecureServer> {
  const server = createSecureServer(pair).on('stream', answerHttp2);
  server.on('keylog', (line: Buffer) => appendFileSync(keylog, line));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

/** Asks one after the other, each on a connection of its own. */
export async function askHttps(port: number, host: string, version: TlsVersion, all: readonly Asked[]): Promise<void> {
  const versions = { minVersion: version, maxVersion: version };
  for (const { method, target, body } of all) {
    const length = body === undefined ? {} : { 'content-length': body.length };
    const options = {
      agent: false,
      port,
      host: '127.0.0.1',
      method,
      path: target,
      servername: host,
      rejectUnauthorized: false,
    };
    const asked = request({ ...options, ...versions, headers: { host, ...length } });
    asked.end(body);
    const [response] = await once(asked, 'response');
    await text(response);
  }
}

/** Asks for all of it at once, on one connection. */
export async function askHttps2(port: number, host: string, all: readonly Asked[]): Promise<void> {
  await askOver(connect(`https://127.0.0.1:${port}`, { servername: host, rejectUnauthorized: false }), host, all);
}
