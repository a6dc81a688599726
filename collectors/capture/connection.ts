import { Http1Connection } from './http1/connection.ts';
import { Http2Connection } from './http2/connection.ts';
import { beginsHttp2, couldBeHttp2, preface } from './http2/frame.ts';
import type { Session } from './session.ts';
import type { Piece, Receiver, Side } from './tcp/receiver.ts';
import { TlsConnection } from './tls/connection.ts';
import { isTls } from './tls/hello.ts';

/** Readers within readers: TLS in a tunnel in TLS, and so on. */
const maxDepth = 4;
/** Bytes by which TLS is known. */
const tlsHead = 6;
/** Version 2 of the PROXY protocol (HAProxy, section 2.2): its signature, then a version, a family and a length. */
const proxySignature = Buffer.from('\r\n\r\n\0\r\nQUIT\n');
const proxyHeader = 16;
/** What it names fits well; more would be held of too many connections. */
const maxProxyNames = 512;
/** Version 1 (section 2.1) is a line of text. */
const proxyWord = Buffer.from('PROXY ');
const maxProxyLine = 107;

export function openConnection(session: Session): Receiver {
  return new Connection(session);
}

/** Bytes in order of which nothing is known yet: the first of them tell who reads them. */
export class Connection implements Receiver {
  #session: Session;
  #reader: Receiver | null = null;
  /** The first bytes, as long as they do not tell, and the piece they came in. */
  #first: { side: Side; piece: Piece } | null = null;

  constructor(session: Session) {
    this.#session = session;
  }

  data(side: Side, piece: Piece): void {
    if (this.#reader !== null) this.#reader.data(side, piece);
    else this.#begin(side, piece);
  }

  get decided(): Receiver | null {
    return this.#reader;
  }

  pass(side: Side, length: number): void {
    this.#reader?.pass?.(side, length);
  }

  gap(side: Side, length: number): void {
    const reader = this.#decided();
    if (reader !== null) reader.gap(side, length);
    // What comes first is not the beginning, as where the capture began later.
    else if (!this.#session.midway) this.#session = { ...this.#session, midway: true };
  }

  end(side: Side): void {
    this.#decided()?.end(side);
  }

  close(): void {
    this.#decided()?.close();
  }

  #begin(side: Side, piece: Piece): void {
    let whole = piece;
    if (this.#first !== null) {
      if (side !== this.#first.side) {
        this.#decided()!.data(side, piece);
        return;
      }
      const { bytes, from, to } = piece;
      const joined = Buffer.concat([this.#first.piece.bytes, bytes.subarray(from, to)]);
      whole = { ...this.#first.piece, bytes: joined, from: 0, to: joined.length, ref: piece.ref, at: piece.at };
      this.#first = null;
    }
    const skipped = proxyLength(whole);
    if (skipped !== null) {
      whole.from += skipped;
      whole.seq = (whole.seq + skipped) | 0;
      if (whole.from === whole.to) return;
    }
    if (skipped === null || isUndecided(whole)) {
      const bytes = Buffer.from(whole.bytes.subarray(whole.from, whole.to));
      this.#first = { side, piece: { ...whole, bytes, from: 0, to: bytes.length } };
      return;
    }
    this.#reader = this.#readerOf(side, whole);
    this.#reader.data(side, whole);
  }

  /** The reader, decided by what is there. */
  #decided(): Receiver | null {
    if (this.#first !== null) {
      const { side, piece } = this.#first;
      this.#first = null;
      this.#reader = this.#readerOf(side, piece);
      this.#reader.data(side, piece);
    }
    return this.#reader;
  }

  #readerOf(side: Side, { bytes, from, to }: Piece): Receiver {
    const { depth, midway, shared } = this.#session;
    if (depth < maxDepth && isTls(bytes, from, to)) return new TlsConnection(this.#session, openConnection);
    const begins = beginsHttp2(bytes, from, to);
    if (begins === null && !(midway && couldBeHttp2(bytes, from, to)))
      return new Http1Connection(this.#session, openConnection);
    shared.tally.h2c++;
    if (begins === null) return new Http2Connection(this.#session);
    return new Http2Connection(this.#session, { client: begins === 'client' ? side : side === 0 ? 1 : 0 });
  }
}

/** Too few bytes to tell HTTP/2 or TLS from other protocols. */
function isUndecided({ bytes, from, to }: Piece): boolean {
  const length = to - from;
  if (bytes[from] === 22) return length < tlsHead;
  return length < 4 && preface.compare(bytes, from, to, 0, length) === 0;
}

/** Bytes that a load balancer sent ahead of a connection's own; `null` when what is there does not tell yet. */
function proxyLength({ bytes, from, to }: Piece): number | null {
  if (bytes[from] === proxyWord[0]) {
    if (!begins(bytes, from, to, proxyWord)) return 0;
    const line = bytes.subarray(from, Math.min(to, from + maxProxyLine)).indexOf(10) + 1;
    return line > 0 || to - from >= maxProxyLine ? line : null;
  }
  if (bytes[from] !== proxySignature[0] || !begins(bytes, from, to, proxySignature)) return 0;
  if (to - from < proxyHeader) return null;
  const names = bytes.readUInt16BE(from + proxyHeader - 2);
  if (names > maxProxyNames) return 0;
  return to - from < proxyHeader + names ? null : proxyHeader + names;
}

/** Whether what is there is as much of `word`, or all of it. */
function begins(bytes: Buffer, from: number, to: number, word: Buffer): boolean {
  const length = Math.min(to - from, word.length);
  return word.compare(bytes, from, from + length, 0, length) === 0;
}
