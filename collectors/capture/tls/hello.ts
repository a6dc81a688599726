/**
 * Whether a stream begins with a TLS record (RFC 8446, section 5.1): a handshake with a ClientHello or ServerHello, or, of a
 * connection that is older than the capture, application data.
 */
export function isTls(bytes: Buffer, from: number, to: number): boolean {
  if (to - from < 6 || bytes[from + 1] !== 3 || bytes[from + 2]! > 4) return false;
  return bytes[from] === 23 || (bytes[from] === 22 && (bytes[from + 5] === 1 || bytes[from + 5] === 2));
}

/** What a client asks for. */
export interface ClientHello {
  /** 32 bytes. */
  random: Buffer;
  /** The host by server_name (RFC 6066, section 3), lower case; `null` without, or when it is none that DNS could have. */
  name: string | null;
  /** Protocols offered (RFC 7301), without those that only test servers (RFC 8701). */
  alpn: string[];
  earlyData: boolean;
  /** Encrypted ClientHello (RFC 9849): the name is that of a front, unless the extension only feigns it. */
  ech: boolean;
}

/** What a server chose. */
export interface ServerHello {
  random: Buffer;
  /** 0x0301 to 0x0304, as negotiated. */
  version: number;
  /** IANA's number of the cipher suite. */
  suite: number;
  alpn: string | null;
  encryptThenMac: boolean;
  /** Asks for another ClientHello (RFC 8446, section 4.1.4). */
  retry: boolean;
}

/** What a server says under encryption (RFC 8446, section 4.3.1). */
export interface EncryptedExtensions {
  alpn: string | null;
  earlyData: boolean;
}

const retryRandom = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

const extension = { name: 0, alpn: 16, encryptThenMac: 22, earlyData: 42, versions: 43, ech: 0xfe0d } as const;
const maxProtocols = 16;

/** Body of a ClientHello, behind its handshake header (RFC 8446, section 4.1.2); `null` when even its random is not there. */
export function readClientHello(body: Buffer): ClientHello | null {
  if (body.length < 35) return null;
  const hello: ClientHello = { random: copy(body, 2, 34), name: null, alpn: [], earlyData: false, ech: false };
  // Session id, cipher suites, compression methods: each behind its length.
  let at = 34;
  for (const width of [1, 2, 1]) {
    if (at + width > body.length) return hello;
    at += width + body.readUIntBE(at, width);
  }
  eachExtension(body, at, (type, from, to) => {
    if (type === extension.name) hello.name = serverName(body, from, to);
    else if (type === extension.alpn) hello.alpn = protocols(body, from, to);
    else if (type === extension.earlyData) hello.earlyData = true;
    else if (type === extension.ech) hello.ech = true;
  });
  return hello;
}

/** Body of a ServerHello (RFC 8446, section 4.1.3; RFC 5246, section 7.4.1.3); `null` when it is cut. */
export function readServerHello(body: Buffer): ServerHello | null {
  const session = body.length > 34 ? body[34]! : 0;
  if (body.length < 38 + session) return null;
  const random = copy(body, 2, 34);
  const hello: ServerHello = {
    random,
    version: body.readUInt16BE(0),
    suite: body.readUInt16BE(35 + session),
    alpn: null,
    encryptThenMac: false,
    retry: random.equals(retryRandom),
  };
  eachExtension(body, 38 + session, (type, from, to) => {
    if (type === extension.versions && to - from === 2) hello.version = body.readUInt16BE(from);
    else if (type === extension.alpn) hello.alpn = protocols(body, from, to)[0] ?? null;
    else if (type === extension.encryptThenMac) hello.encryptThenMac = true;
  });
  return hello;
}

export function readEncryptedExtensions(body: Buffer): EncryptedExtensions {
  const found: EncryptedExtensions = { alpn: null, earlyData: false };
  eachExtension(body, 0, (type, from, to) => {
    if (type === extension.alpn) found.alpn = protocols(body, from, to)[0] ?? null;
    else if (type === extension.earlyData) found.earlyData = true;
  });
  return found;
}

/**
 * Whether a Certificate message holds any (RFC 8446, section 4.4.2, behind a context; RFC 5246, section 7.4.6): an empty list is how a
 * client says that it has none.
 */
export function holdsCertificate(body: Buffer, version: number): boolean {
  const at = version === 0x0304 ? 1 + (body[0] ?? 0) : 0;
  return body.length >= at + 3 && body.readUIntBE(at, 3) > 0;
}

/** The same of a compressed one (RFC 8879, section 4), by its length: none has so little as an empty list behind the longest context. */
export function holdsCompressed(body: Buffer): boolean {
  return body.length >= 5 && body.readUIntBE(2, 3) > 1 + 255 + 3;
}

/** Extensions behind their common length at `at`, those that came whole. */
function eachExtension(body: Buffer, at: number, found: (type: number, from: number, to: number) => void): void {
  if (at + 2 > body.length) return;
  const end = Math.min(body.length, at + 2 + body.readUInt16BE(at));
  at += 2;
  while (at + 4 <= end) {
    const to = at + 4 + body.readUInt16BE(at + 2);
    if (to > end) return;
    found(body.readUInt16BE(at), at + 4, to);
    at = to;
  }
}

/** List length 2, name type 1 (0: host_name), name length 2. */
function serverName(body: Buffer, from: number, to: number): string | null {
  if (from + 5 > to || body[from + 2] !== 0) return null;
  const end = from + 5 + body.readUInt16BE(from + 3);
  if (end > to || end - from - 5 > 255) return null;
  const name = body.toString('latin1', from + 5, end).toLowerCase();
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) ? name : null;
}

function protocols(body: Buffer, from: number, to: number): string[] {
  const names: string[] = [];
  for (let at = from + 2; at < to && names.length < maxProtocols; ) {
    const end = at + 1 + body[at]!;
    const name = body.toString('latin1', at + 1, Math.min(end, to));
    // Names that are no text, or of RFC 8701, say nothing of the host.
    if (/^[a-z0-9][\w./+-]{0,31}$/i.test(name) && !/^([4-7]a|[JZjz])\1?$/.test(name)) names.push(name);
    at = end;
  }
  return names;
}

function copy(body: Buffer, from: number, to: number): Buffer {
  return Buffer.from(body.subarray(from, to));
}
