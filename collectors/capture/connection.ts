import type { Exchange } from '#collectors/traffic/exchange';
import { type Framing, requestFraming, responseFraming } from './http1/framing.ts';
import type { Head, RequestHead } from './http1/head.ts';
import { type Answer, Pairing } from './http1/pairing.ts';
import { Http1Stream, type Messages } from './http1/stream.ts';
import { addressOf, authorityOf } from './packet/ip.ts';
import type { Tally } from './tally.ts';
import type { Budget, Piece, Receiver, Side } from './tcp/receiver.ts';
import { isTls, serverName } from './tls/hello.ts';

/** Names of hosts that are kept for the report. */
const maxTlsHosts = 1_000;

/** What a TCP connection carries: the HTTP/1 exchanges of it, or a figure in the tally. */
export class Connection implements Receiver {
  readonly #endpoints: [string, string];
  readonly #tally: Tally;
  readonly #emit: (exchange: Exchange) => void;
  readonly #streams: [Http1Stream, Http1Stream];
  readonly #pairing: Pairing;
  #answer: Answer | null = null;
  /** The side that asks. */
  #client: Side = 0;
  /** Nothing of it was looked at yet. */
  #fresh = true;

  /** `midway`: the capture began after it. */
  constructor(
    endpoints: [string, string],
    midway: boolean,
    tally: Tally,
    budget: Budget,
    emit: (exchange: Exchange) => void,
  ) {
    this.#endpoints = endpoints;
    this.#tally = tally;
    this.#emit = emit;
    this.#pairing = new Pairing((request, answer) => this.#exchange(request, answer), tally, budget);
    if (midway) this.#pairing.doubt(false);
    this.#streams = [new Http1Stream(this.#messages(0), budget), new Http1Stream(this.#messages(1), budget)];
  }

  data(side: Side, piece: Piece): void {
    if (this.#fresh) {
      this.#fresh = false;
      this.#recognise(piece.bytes.subarray(piece.from, piece.to));
    }
    this.#streams[side].feed(piece);
  }

  gap(side: Side, length: number): void {
    this.#streams[side].gap(length);
  }

  end(side: Side): void {
    this.#streams[side].end();
  }

  close(): void {
    for (const stream of this.#streams) stream.end();
    this.#pairing.close();
  }

  /** Protocols that are counted and not read, by the first bytes of a connection. */
  #recognise(bytes: Buffer): void {
    const tls = isTls(bytes);
    const h2c = !tls && bytes.toString('latin1', 0, 18) === 'PRI * HTTP/2.0\r\n\r\n';
    if (tls) this.#countTls(bytes);
    if (h2c) this.#tally.h2c++;
    if (tls || h2c) this.#stop();
  }

  #countTls(bytes: Buffer): void {
    this.#tally.tls++;
    const name = serverName(bytes);
    if (name !== null && this.#tally.tlsHosts.size < maxTlsHosts) this.#tally.tlsHosts.add(name);
  }

  #stop(): void {
    for (const stream of this.#streams) stream.close();
  }

  #messages(side: Side): Messages {
    return {
      head: (head) => this.#head(side, head),
      ended: (length) => this.#ended(side, length),
      lost: (gap) => this.#lost(side, gap),
    };
  }

  #head(side: Side, head: Head): Framing {
    if (head.kind === 'request') {
      this.#tally.requests++;
      this.#client = side;
      this.#pairing.request(head);
      return requestFraming(head);
    }
    // Interim responses (RFC 9110, section 15.2) precede the one that answers.
    if (head.status < 200 && head.status !== 101) return responseFraming(head, '');
    this.#tally.responses++;
    this.#answer = this.#pairing.response(head);
    const framing = responseFraming(head, this.#answer.request?.method ?? '');
    if (framing.kind === 'tunnel') {
      this.#tally.tunnelled++;
      this.#streams[side === 0 ? 1 : 0].close();
    }
    return framing;
  }

  #ended(side: Side, length: number | null): void {
    if (this.#streams[side].kind !== 'response' || this.#answer === null) return;
    this.#pairing.ended(this.#answer, length);
    this.#answer = null;
  }

  #lost(side: Side, gap: boolean): void {
    // Where the first message itself was lost, the other direction tells which one this is.
    const other = this.#streams[side === 0 ? 1 : 0].kind;
    const kind = this.#streams[side].kind ?? (gap && other !== null ? opposite[other] : null);
    if (gap || kind !== null) this.#pairing.doubt(kind === 'response');
    if (kind !== null) this.#tally[gap ? 'lostMessages' : 'desyncs']++;
  }

  #exchange(request: RequestHead, answer: Answer | null): void {
    const { method, target, headers, whole, origin } = request;
    const sender = this.#endpoints[this.#client];
    const server = this.#endpoints[this.#client === 0 ? 1 : 0];
    this.#emit({
      at: origin.at,
      ref: origin.ref,
      scheme: 'http',
      method,
      host: authority(target) ?? hostOf(headers) ?? (whole ? authorityOf(server) : ''),
      target,
      status: answer?.head.status ?? 0,
      requestHeaders: headers,
      responseHeaders: answer?.head.headers ?? new Map(),
      responseLength: answer?.length ?? null,
      client: addressOf(sender),
    });
  }
}

const opposite = { request: 'response', response: 'request' } as const;

/** The first, of a request that has several. */
function hostOf(headers: Map<string, string>): string | undefined {
  return headers.get('host')?.split(',', 1)[0]?.trim();
}

/** Of a target in absolute form, which wins over Host (RFC 9112, section 3.2.2). */
function authority(target: string): string | undefined {
  const found = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]+)/.exec(target)?.[1];
  return found?.slice(found.lastIndexOf('@') + 1);
}
