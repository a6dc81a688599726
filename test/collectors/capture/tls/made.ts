/** Makes TLS 1.3 by hand, for what Node's own does not do: key updates, early data, padding, holes at a known place. */
import { type CipherGCMTypes, createCipheriv, createHmac } from 'node:crypto';

const clientRandom = Buffer.alloc(32, 0xc1);

const algorithm: CipherGCMTypes = 'aes-128-gcm';

/** HKDF-Expand-Label of at most one block. */
function label(secret: Buffer, name: string, length: number): Buffer {
  const text = Buffer.from(`tls13 ${name}`);
  const info = Buffer.concat([Buffer.from([0, length, text.length]), text, Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}

/** Seals what one side says under one traffic secret, record after record. */
export class Sealer {
  secret: Buffer;
  seq = 0;

  constructor(secret: Buffer) {
    this.secret = secret;
  }

  /** A record of a content type, with zeros behind it. */
  seal(type: number, content: Buffer | string, padding = 0): Buffer {
    const inner = Buffer.concat([Buffer.from(content as string), Buffer.from([type]), Buffer.alloc(padding)]);
    const header = Buffer.from([23, 3, 3, 0, 0]);
    header.writeUInt16BE(inner.length + 16, 3);
    const nonce = label(this.secret, 'iv', 12);
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ this.seq) >>> 0, 8);
    this.seq++;
    const cipher = createCipheriv(algorithm, label(this.secret, 'key', 16), nonce);
    cipher.setAAD(header);
    return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
  }

  data(content: Buffer | string, padding = 0): Buffer {
    return this.seal(23, content, padding);
  }

  /** A key update (RFC 8446, section 4.6.3), after which the next secret seals. */
  update(): Buffer {
    const record = this.seal(22, handshake(24, Buffer.from([0])));
    this.secret = label(this.secret, 'traffic upd', 32);
    this.seq = 0;
    return record;
  }
}

export const secrets = {
  CLIENT_EARLY_TRAFFIC_SECRET: Buffer.alloc(32, 1),
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: Buffer.alloc(32, 2),
  SERVER_HANDSHAKE_TRAFFIC_SECRET: Buffer.alloc(32, 3),
  CLIENT_TRAFFIC_SECRET_0: Buffer.alloc(32, 4),
  SERVER_TRAFFIC_SECRET_0: Buffer.alloc(32, 5),
};

/** All secrets, as SSLKEYLOGFILE has them. */
export const keyLog = Object.entries(secrets)
  .map(([name, secret]) => `${name} ${clientRandom.toString('hex')} ${secret.toString('hex')}\n`)
  .join('');

export function handshake(type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(type * 2 ** 24 + body.length);
  return Buffer.concat([header, body]);
}

/** A record in clear. */
export function record(type: number, content: Buffer): Buffer {
  const header = Buffer.from([type, 3, 3, 0, 0]);
  header.writeUInt16BE(content.length, 3);
  return Buffer.concat([header, content]);
}

export interface HelloOptions {
  host?: string | null;
  alpn?: string[];
  /** More extensions, by number. */
  extensions?: [number, Buffer][];
}

/** Body of a ClientHello. */
export function clientHello({ host = 'api.example.test', alpn = [], extensions = [] }: HelloOptions = {}): Buffer {
  const all: [number, Buffer][] = [...extensions];
  if (host !== null)
    all.push([0, behindLength(2, Buffer.concat([Buffer.from([0]), behindLength(2, Buffer.from(host))]))]);
  if (alpn.length > 0) {
    all.push([16, behindLength(2, Buffer.concat(alpn.map((name) => behindLength(1, Buffer.from(name, 'latin1')))))]);
  }
  const start = Buffer.concat([Buffer.from([3, 3]), clientRandom, Buffer.from([0, 0, 2, 0x13, 1, 1, 0])]);
  return Buffer.concat([start, behindLength(2, Buffer.concat(all.map(extension)))]);
}

/** Body of a ServerHello of TLS 1.3 with AES-128-GCM. */
function serverHello(): Buffer {
  const start = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 0x5e), Buffer.from([0, 0x13, 1, 0])]);
  return Buffer.concat([start, behindLength(2, extension([43, Buffer.from([3, 4])]))]);
}

function encryptedExtensions(extensions: [number, Buffer][] = []): Buffer {
  return behindLength(2, Buffer.concat(extensions.map(extension)));
}

/** The server's first flight up to its Finished, and the client's Finished. */
export function hands(extensions: [number, Buffer][] = []): { server: Buffer; client: Buffer } {
  const server = new Sealer(secrets.SERVER_HANDSHAKE_TRAFFIC_SECRET);
  const client = new Sealer(secrets.CLIENT_HANDSHAKE_TRAFFIC_SECRET);
  const flight = Buffer.concat([
    handshake(8, encryptedExtensions(extensions)),
    handshake(11, Buffer.alloc(900, 7)),
    handshake(20, Buffer.alloc(32, 8)),
  ]);
  return {
    server: Buffer.concat([
      record(22, handshake(2, serverHello())),
      record(20, Buffer.from([1])),
      server.seal(22, flight),
    ]),
    client: Buffer.concat([record(20, Buffer.from([1])), client.seal(22, handshake(20, Buffer.alloc(32, 9)))]),
  };
}

function extension([type, content]: [number, Buffer]): Buffer {
  return Buffer.concat([Buffer.from([type >> 8, type & 255]), behindLength(2, content)]);
}

function behindLength(width: number, content: Buffer): Buffer {
  const length = Buffer.alloc(width);
  length.writeUIntBE(content.length, 0, width);
  return Buffer.concat([length, content]);
}
