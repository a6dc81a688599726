/** Makes real TLS connections with Node's own OpenSSL, and records what passes. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { type ConnectionOptions, connect, createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { pass } from '#test/collectors/capture/pass';

/** Bytes as they passed, in order. Side 0 is the client. */
export interface Chunk {
  side: 0 | 1;
  bytes: Buffer;
}

export interface Recording {
  chunks: Chunk[];
  /** As SSLKEYLOGFILE has it. */
  keyLog: string;
  /** What each side said inside. */
  said: [Buffer, Buffer];
  /** As the client negotiated. */
  cipher: string;
  protocol: string | null;
  resumed: boolean;
  /** To resume by. */
  session: Buffer | undefined;
}

export interface Wishes {
  server?: TlsOptions;
  client?: ConnectionOptions;
  /** What client and server say in turns, the client first. */
  turns?: readonly Buffer[];
}

const file = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));
export const rsa = { key: file('rsa-test-key.pem'), cert: file('rsa-test-certificate.pem') };
export const ec = { key: file('ec-test-key.pem'), cert: file('ec-test-certificate.pem') };

/** Server and proxy that live as long as a resumption takes. */
export class Recorder {
  readonly #server;
  readonly #proxy;
  #chunks: Chunk[] = [];
  #over: Promise<unknown> = Promise.resolve();
  #keyLog = '';
  #turns: readonly Buffer[] = [];

  constructor(options: TlsOptions = {}) {
    this.#server = createTlsServer({ ...rsa, ...options }, (socket) => {
      let told = 0;
      let turn = 0;
      socket.on('data', (data) => {
        told += data.length;
        // Answers each turn once it has come whole.
        while (turn < this.#turns.length && told >= this.#turns[turn]!.length) {
          told -= this.#turns[turn]!.length;
          const answer = this.#turns[turn + 1];
          if (answer !== undefined) socket.write(answer);
          turn += 2;
        }
        if (turn >= this.#turns.length) socket.end();
      });
      socket.on('error', () => socket.destroy());
    });
    this.#server.on('keylog', (line) => {
      this.#keyLog += line.toString('latin1');
    });
    this.#proxy = createServer({ allowHalfOpen: true }, (client) => {
      const { port } = this.#server.address() as AddressInfo;
      const server = dial({ port, host: '127.0.0.1', allowHalfOpen: true });
      const chunks: Chunk[] = [];
      this.#chunks = chunks;
      pass(client, server, (bytes) => chunks.push({ side: 0, bytes }));
      pass(server, client, (bytes) => chunks.push({ side: 1, bytes }));
      this.#over = Promise.all([closed(client), closed(server)]);
    });
  }

  async listen(): Promise<void> {
    for (const server of [this.#server, this.#proxy]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
  }

  close(): void {
    this.#server.close();
    this.#proxy.close();
  }

  /** One connection through the proxy, from its first byte to its last. */
  async record(options: ConnectionOptions, turns: readonly Buffer[]): Promise<Recording> {
    this.#keyLog = '';
    this.#turns = turns;
    const { port } = this.#proxy.address() as AddressInfo;
    const defaults = { servername: 'api.example.test', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] };
    const client = connect({ port, host: '127.0.0.1', ...defaults, ...options });
    let session: Buffer | undefined;
    client.on('session', (ticket: Buffer) => {
      session = ticket;
    });
    await once(client, 'secureConnect');
    const cipher = client.getCipher().name;
    const protocol = client.getProtocol();
    const resumed = client.isSessionReused();
    for (let i = 0; i < turns.length; i += 2) {
      client.write(turns[i]!);
      const answer = turns[i + 1];
      for (let left = answer?.length ?? 0; left > 0; ) {
        const data: Buffer | null = client.read(left) ?? client.read();
        if (data === null) await once(client, 'readable');
        else left -= data.length;
      }
    }
    client.resume();
    client.end();
    await once(client, 'close');
    await this.#over;
    const said = [0, 1].map((side) => Buffer.concat(turns.filter((_, i) => i % 2 === side))) as [Buffer, Buffer];
    return { chunks: this.#chunks, keyLog: this.#keyLog, said, cipher, protocol, resumed, session };
  }
}

/** Waits without minding errors: one side may go before the other has said all. */
function closed(socket: Socket): Promise<void> {
  return new Promise((done) => void socket.on('close', () => done()));
}

/** One connection to a server of its own. */
export async function record({ server = {}, client = {}, turns = [] }: Wishes): Promise<Recording> {
  const recorder = new Recorder(server);
  await recorder.listen();
  try {
    return await recorder.record(client, turns);
  } finally {
    recorder.close();
  }
}
