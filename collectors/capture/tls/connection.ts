import { addressOf } from '#collectors/capture/packet/endpoint';
import { type Caller, mechanisms, type Session, type Shared } from '#collectors/capture/session';
import type { Piece, Receiver, Side } from '#collectors/capture/tcp/receiver';
import { Direction, type Parties, stage } from './direction.ts';
import { message } from './handshake.ts';
import {
  type ClientHello,
  holdsCertificate,
  holdsCompressed,
  readClientHello,
  readEncryptedExtensions,
  readServerHello,
  type ServerHello,
} from './hello.ts';
import type { Label } from './key-log.ts';
import { Marks } from './marks.ts';
import { nextSecret, type Opener, opener13, openers12 } from './opener.ts';
import type { Place } from './records.ts';
import { type Suite, suiteOf } from './suites.ts';

/** Opens nothing: of a stage whose key is not in the log, while that of a later one is. */
const closed: Opener = { open: () => null, passed: () => undefined, overhead: null };

const empty = Buffer.alloc(0);

/**
 * A TLS connection (RFC 8446, RFC 5246; 1.0 to 1.3): tells the tally which host it is of, and, with the session's secrets in the key
 * log, hands what is inside to a receiver of its own.
 *
 * Pieces of the plain stream have its offset as their sequence number, and as acknowledgement the other's, as far as whole records
 * were received; packet and time are those with which their record was whole. A gap has the length that is missing of the plain stream: exact with AEAD suites, unless records were padded
 * or a handshake message is among what is missing; the length of the ciphertext with others. Never throws, whatever comes.
 */
export class TlsConnection implements Receiver, Parties {
  readonly #session: Session;
  readonly #shared: Shared;
  readonly #open: (session: Session) => Receiver;
  /** `null` once nothing of it can be read: most connections, where there are no keys. */
  #directions: [Direction, Direction] | null;
  #inner: Receiver | null = null;
  /** As the inner receiver knows the client. */
  #caller: Caller | null = null;
  readonly #piece: Piece = { bytes: empty, from: 0, to: 0, ref: 0, at: 0, seq: 0, ack: null };
  /** Offsets in the plain streams. */
  readonly #offsets: [number, number] = [0, 0];
  #marks: [Marks, Marks] | null = null;
  /** Sides whose last byte has come, and those of which the inner receiver was told so. */
  readonly #over: [boolean, boolean] = [false, false];
  readonly #ended: [boolean, boolean] = [false, false];
  /** In which file of the recording it was counted last. */
  #countedIn = 0;
  /** Time and packet of the piece at hand. */
  #at = 0;
  #ref = 0;

  /** The side that sent a ClientHello, or did not send the ServerHello. */
  #client: Side | null = null;
  #clientRandom: Buffer | null = null;
  /** What the client asked for, with time and packet; and whether it was told, in the file at hand, which host that is. */
  #asks: (Pick<ClientHello, 'name' | 'alpn' | 'ech'> & { at: number; ref: number }) | null = null;
  #told = false;
  #chosen: string | null = null;
  /** A client certificate was asked for, and one was sent. */
  #asked = false;
  #sent = false;
  #earlyOffered = false;
  /** `null` until the server has answered it. */
  #earlyAccepted: boolean | null = null;
  /** The server asked for another ClientHello: it is TLS 1.3. */
  #retried = false;
  #server: ServerHello | null = null;
  #suite: Suite | undefined;

  #secrets: Partial<Record<Label, Buffer>> | undefined;
  /** State of the key log when the secrets were last looked for. */
  #looked = -1;
  /** The newest traffic secret of each side, and its stage. */
  readonly #traffic: [{ stage: number; secret: Buffer } | null, { stage: number; secret: Buffer } | null] = [
    null,
    null,
  ];
  /** Of the client and the server, up to TLS 1.2, for these hellos. */
  #pair: [Opener, Opener] | null = null;
  #decrypted = false;

  /** `open` makes the reader of what is inside, when there is something. */
  constructor(session: Session, open: (session: Session) => Receiver) {
    this.#session = session;
    this.#shared = session.shared;
    this.#open = open;
    const { budget } = session.shared;
    this.#directions = [new Direction(0, this, budget), new Direction(1, this, budget)];
  }

  data(side: Side, piece: Piece): void {
    if (this.#countedIn !== this.#shared.files) this.#count(piece);
    const directions = this.#directions;
    if (directions === null) return;
    this.#at = piece.at;
    this.#ref = piece.ref;
    directions[side].feed(piece);
    this.#resume();
    if (!this.#decrypted && directions[0].opaque && directions[1].opaque) this.#letGo();
  }

  gap(side: Side, length: number): void {
    this.#directions?.[side].gap(length);
  }

  end(side: Side): void {
    this.#over[side] = true;
    this.#resume();
    // What waits for keys is not over yet.
    if (this.#directions !== null && this.#directions[side].waiting === null) this.#end(side);
  }

  close(): void {
    this.#resume();
    for (const side of [0, 1] as const) {
      if (this.#over[side]) this.#end(side);
      else this.#directions?.[side].close();
    }
    this.#inner?.close();
    this.#inner = null;
    this.#tellHost();
  }

  get version(): number {
    return this.#server?.version ?? (this.#retried ? 0x0304 : 0);
  }

  firstStage(side: Side): number | null {
    if (side !== this.#client || !this.#earlyOffered) return stage.handshake;
    const server = this.#directions![side === 0 ? 1 : 0];
    if (this.#earlyAccepted === null) return server.opaque ? stage.handshake : null;
    return this.#earlyAccepted ? stage.early : stage.handshake;
  }

  opener(side: Side, at: number): Opener | null {
    const secrets = this.#lookUp();
    if (secrets === undefined || this.#suite === undefined || this.#server === null) return null;
    if (this.#server.version !== 0x0304) return this.#opener12(side, secrets);
    const secret = this.#secret(side, at, secrets);
    if (secret !== null) return opener13(this.#suite, secret);
    // The next stage's key opens what follows.
    return at < stage.data && this.#secret(side, stage.data, secrets) !== null ? closed : null;
  }

  mayWait(side: Side): boolean {
    if (this.#clientRandom === null) return false;
    if (this.#shared.keys.growing) return true;
    // Keys are there, and the server has still to say what for.
    return side === this.#client && this.#lookUp() !== undefined && this.#awaitsServer();
  }

  message(side: Side, type: number, body: Buffer, length: number): void {
    switch (type) {
      case message.clientHello:
        this.#clientHello(side, body);
        break;
      case message.serverHello:
        this.#serverHello(side, body);
        break;
      case message.encryptedExtensions: {
        const { alpn, earlyData } = readEncryptedExtensions(body);
        this.#chosen = alpn ?? this.#chosen;
        this.#earlyAccepted = earlyData;
        break;
      }
      case message.certificateRequest:
        if (side !== this.#client) this.#asked = true;
        break;
      case message.certificate:
        if (side === this.#client && holdsCertificate(body, this.version)) this.#certified();
        break;
      case message.compressedCertificate:
        if (side === this.#client && holdsCompressed(body)) this.#certified();
        break;
      case message.finished:
      case message.endOfEarlyData:
        if (this.version === 0x0304 && this.#directions![side].protected) this.#directions![side].turn();
        break;
      case message.keyUpdate:
        if (this.version === 0x0304 && this.#directions![side].protected && length === 1)
          this.#directions![side].turn();
        break;
    }
  }

  opened(): void {
    if (this.#decrypted) return;
    this.#decrypted = true;
    this.#shared.tally.tlsDecrypted++;
  }

  plain(side: Side, bytes: Buffer, length: number, { ref, at, ack, end }: Place): void {
    this.#inner ??= this.#openInner();
    const piece = this.#piece;
    piece.bytes = bytes;
    piece.to = length;
    piece.ref = ref;
    piece.at = at;
    piece.seq = this.#offsets[side] | 0;
    this.#marks ??= [new Marks(), new Marks()];
    piece.ack = ack === null ? null : this.#marks[side === 0 ? 1 : 0].offset(ack) | 0;
    this.#offsets[side] += length;
    this.#marks[side].add(end, this.#offsets[side]);
    this.#inner.data(side, piece);
  }

  missing(side: Side, length: number): void {
    if (!this.#decrypted) return;
    this.#inner ??= this.#openInner();
    this.#offsets[side] += length;
    this.#inner.gap(side, length);
  }

  closed(side: Side): void {
    this.#end(side);
  }

  lost(): void {
    this.#shared.tally.tlsLost++;
  }

  #openInner(): Receiver {
    this.#tellHost();
    const { shared, endpoints, midway, lot, depth } = this.#session;
    const caller = { mechanisms: this.#sent ? mechanisms.certificate : mechanisms.none };
    this.#caller = caller;
    return this.#open({ shared, endpoints, midway, lot, scheme: 'https', caller, depth: depth + 1 });
  }

  /** Mostly before the first application data; but a server may speak first, or ask for a certificate only when it needs one. */
  #certified(): void {
    this.#sent = true;
    if (this.#caller !== null) this.#caller.mechanisms = mechanisms.certificate;
  }

  /** Each file of a recording tells of the connections that it has a part of. */
  #count({ at, ref }: Piece): void {
    const { tally, files } = this.#shared;
    this.#countedIn = files;
    tally.tls++;
    if (!this.#decrypted) return;
    tally.tlsDecrypted++;
    if (!this.#told || this.#asks === null) return;
    this.#asks = { ...this.#asks, at, ref };
    this.#told = false;
    this.#tellHost();
  }

  /** Nothing can be read: a capture may have tens of thousands of these at once. */
  #letGo(): void {
    this.#tellHost();
    this.#directions = null;
    this.#clientRandom = null;
    this.#server = null;
    this.#asks = null;
    this.#secrets = undefined;
  }

  #end(side: Side): void {
    if (this.#ended[side]) return;
    this.#ended[side] = true;
    this.#directions?.[side].close();
    this.#inner?.end(side);
  }

  /** Records that waited, of both sides in the order of their packets. */
  #resume(): void {
    if (this.#directions === null) return;
    const [one, other] = this.#directions;
    if (one.waiting === null && other.waiting === null) return;
    for (let going = true; going; ) {
      const first = (one.waiting ?? Infinity) <= (other.waiting ?? Infinity) ? one : other;
      going = first.resume() || (first === one ? other : one).resume();
    }
  }

  #clientHello(side: Side, body: Buffer): void {
    const hello = readClientHello(body);
    if (hello === null || (this.#client !== null && this.#client !== side)) return;
    const again = this.#clientRandom !== null;
    if (!again || !hello.random.equals(this.#clientRandom!)) {
      this.#clientRandom = hello.random;
      this.#looked = -1;
      this.#secrets = undefined;
      this.#pair = null;
    }
    if (again) return;
    this.#client = side;
    this.#earlyOffered = hello.earlyData;
    const { name, alpn, ech } = hello;
    this.#asks = { name, alpn, ech, at: this.#at, ref: this.#ref };
  }

  /** Once it is known whether the connection stays closed. */
  #tellHost(): void {
    const asks = this.#asks;
    if (asks === null || this.#told) return;
    this.#told = true;
    const { version } = this;
    const { host, port } = this.#address();
    this.#shared.tally.tlsHosts.add({
      host: asks.name ?? host,
      port,
      transport: 'tcp',
      decrypted: this.#decrypted,
      at: asks.at,
      ref: asks.ref,
      version: version === 0 ? null : `1.${version - 0x0301}`,
      chosen: this.#chosen,
      offered: asks.alpn,
      certificateAsked: this.#asked,
      certificateSent: this.#sent,
      ech: asks.ech,
    });
  }

  /** Of the server: behind a tunnel the address is that of the proxy, and what it was asked for leads on. */
  #address(): { host: string; port: number } {
    const { endpoints, authority } = this.#session;
    const [, name, port] = authority === undefined ? [] : (/^(.*?)(?::([0-9]+))?$/.exec(authority) ?? []);
    if (name !== undefined) return { host: name, port: Number(port ?? 443) };
    const server = endpoints[this.#client === 0 ? 1 : 0];
    return { host: addressOf(server), port: server.charCodeAt(server.length - 1) };
  }

  #serverHello(side: Side, body: Buffer): void {
    const hello = readServerHello(body);
    if (hello === null || this.#client === side) return;
    this.#client ??= side === 0 ? 1 : 0;
    if (hello.retry) {
      this.#retried = true;
      return;
    }
    // A second one is of a renegotiation, which TLS 1.3 does not have.
    if (this.#server?.version === 0x0304 || hello.version < 0x0301 || hello.version > 0x0304) return;
    this.#server = hello;
    this.#suite = suiteOf(hello.suite);
    this.#pair = null;
    this.#chosen = hello.alpn ?? this.#chosen;
  }

  /** Whether the client's records wait for a ServerHello, or for the server's word on early data, that may still come. */
  #awaitsServer(): boolean {
    const server = this.#directions![this.#client === 0 ? 1 : 0];
    return !server.opaque && (this.#server === null || (this.#earlyOffered && this.#earlyAccepted === null));
  }

  #lookUp(): Partial<Record<Label, Buffer>> | undefined {
    const { keys } = this.#shared;
    if (this.#looked !== keys.secrets && this.#clientRandom !== null) {
      this.#looked = keys.secrets;
      this.#secrets = keys.of(this.#clientRandom);
    }
    return this.#secrets;
  }

  #opener12(side: Side, { CLIENT_RANDOM: master }: Partial<Record<Label, Buffer>>): Opener | null {
    if (master === undefined || this.#clientRandom === null || this.#suite === undefined) return null;
    const { version, random, encryptThenMac } = this.#server!;
    this.#pair ??= openers12(this.#suite, version, master, random, this.#clientRandom, encryptThenMac);
    return this.#pair[side === this.#client ? 0 : 1];
  }

  /** The traffic secret of a stage; later ones follow from the first (RFC 8446, section 7.2). */
  #secret(side: Side, at: number, secrets: Partial<Record<Label, Buffer>>): Buffer | null {
    const client = side === this.#client;
    if (at === stage.early) return secrets.CLIENT_EARLY_TRAFFIC_SECRET ?? null;
    if (at === stage.handshake) {
      return (client ? secrets.CLIENT_HANDSHAKE_TRAFFIC_SECRET : secrets.SERVER_HANDSHAKE_TRAFFIC_SECRET) ?? null;
    }
    const first = client ? secrets.CLIENT_TRAFFIC_SECRET_0 : secrets.SERVER_TRAFFIC_SECRET_0;
    if (first === undefined) return null;
    let newest = this.#traffic[side];
    if (newest === null || newest.stage > at) newest = { stage: stage.data, secret: first };
    for (; newest.stage < at; newest.stage++) newest.secret = nextSecret(this.#suite!, newest.secret);
    this.#traffic[side] = newest;
    return newest.secret;
  }
}
