import { Body } from '#collectors/capture/body';
import { Http2Connection } from '#collectors/capture/http2/connection';
import { addressOf, authorityOf } from '#collectors/capture/packet/endpoint';
import { anybody, headsOf, lotAt, mechanisms, type OpenSession, type Session } from '#collectors/capture/session';
import type { Piece, Receiver, Side } from '#collectors/capture/tcp/receiver';
import { WebSocketConnection } from '#collectors/capture/websocket/connection';
import { type Exchange, type Like, newExchange, noHeaders } from '#collectors/traffic/exchange';
import { normaliseHost } from '#collectors/traffic/host';
import { type Framing, requestFraming, responseFraming, tunnel, unknown } from './framing.ts';
import type { Head, Origin, RequestHead, ResponseHead } from './head.ts';
import type { Heads } from './heads.ts';
import { type Answer, beginAnswer, beginRequest, Pairing, type Request } from './pairing.ts';
import { Http1Stream, type Messages } from './stream.ts';

/** Kinds of responses to one kind of request that are told apart; answers of others are counted one by one. */
const maxLikes = 16;
/** CONNECT within CONNECT. */
const maxTunnels = 4;

/** The exchanges of a connection that speaks HTTP/1, and what it becomes by CONNECT or an upgrade. */
export class Http1Connection implements Receiver, Messages {
  readonly #session: Session;
  readonly #open: OpenSession;
  readonly #one: Http1Stream;
  readonly #other: Http1Stream;
  readonly #pairing: Pairing;
  /** Those of the caller as it was known at the beginning. */
  readonly #heads: Heads;
  readonly #mechanisms: Exchange['mechanisms'];
  readonly #addresses: [string | null, string | null] = [null, null];
  /** Those under way. */
  #request: Request | null = null;
  #answer: Answer | null = null;
  /** Those that were told, for the next: whatever lives as long as an exchange takes is dear to collect. */
  #spareRequest: Request | null = null;
  #spareAnswer: Answer | null = null;
  /** The side that asks. */
  #client: Side = 0;
  /** What the response under way turns the connection into. */
  #becomes: 'websocket' | 'http2' | 'tunnel' | null = null;
  /** Who reads what follows when it is no HTTP/1 any more. */
  #inner: Receiver | null = null;

  constructor(session: Session, open: OpenSession) {
    this.#session = session;
    this.#open = open;
    const { tally, budget } = session.shared;
    const heads = headsOf(session);
    this.#heads = heads;
    this.#mechanisms = session.caller.mechanisms;
    this.#pairing = new Pairing((request, answer) => this.#exchange(request, answer), tally, budget);
    if (session.midway) this.#pairing.doubt(false);
    this.#one = new Http1Stream(0, this, heads, budget);
    this.#other = new Http1Stream(1, this, heads, budget);
  }

  data(side: Side, piece: Piece): void {
    if (this.#inner === null) {
      const at = this.#stream(side).feed(piece);
      if (at === piece.to || this.#inner === null) return;
      piece.seq = (piece.seq + at - piece.from) | 0;
      piece.from = at;
    }
    this.#inner.data(side, piece);
  }

  pass(side: Side, length: number): void {
    if (this.#inner === null) this.#stream(side).pass(length);
    else this.#inner.pass?.(side, length);
  }

  gap(side: Side, length: number): void {
    if (this.#inner === null) this.#stream(side).gap(length);
    else this.#inner.gap(side, length);
  }

  end(side: Side): void {
    if (this.#inner === null) this.#stream(side).end();
    else this.#inner.end(side);
  }

  close(): void {
    this.#one.end();
    this.#other.end();
    this.#pairing.close();
    this.#inner?.close();
  }

  head(side: Side, head: Head, declared: Framing, origin: Origin): Framing {
    return head.kind === 'request'
      ? this.#requestHead(side, head, declared, origin)
      : this.#responseHead(side, head, declared, origin);
  }

  #requestHead(side: Side, head: RequestHead, declared: Framing, origin: Origin): Framing {
    const { shared } = this.#session;
    shared.tally.requests++;
    this.#client = side;
    const lot = lotAt(this.#session, origin.seq);
    const request = beginRequest(this.#spareRequest, head, origin, lot);
    this.#spareRequest = null;
    this.#request = request;
    const framing = requestFraming(declared);
    const { interest } = shared;
    if (interest !== null && lot < (head.likes?.length ? head.bodiesBelow : interest.firstBelow)) {
      if (framing !== 0) this.#stream(side).body = new Body(shared.budget, framing);
      if (head.partial) request.own = this.#own(head);
    }
    this.#pairing.request(request);
    return framing;
  }

  #responseHead(side: Side, head: ResponseHead, declared: Framing, origin: Origin): Framing {
    const { shared } = this.#session;
    // Interim responses (RFC 9110, section 15.2) precede the one that answers.
    if (head.status < 200 && head.status !== 101) return responseFraming(head.status, declared, '');
    shared.tally.responses++;
    const answer = beginAnswer(this.#spareAnswer, head, origin);
    this.#spareAnswer = null;
    this.#answer = answer;
    this.#pairing.response(answer);
    const { request } = answer;
    const framing = responseFraming(head.status, declared, request?.head.method ?? '');
    if (framing === tunnel) {
      shared.tally.tunnelled++;
      this.#stream(side === 0 ? 1 : 0).close();
      this.#becomes = becoming(head);
    } else if (shared.interest !== null) {
      const like = request === null ? undefined : this.#like(request.head, head);
      if (request === null || request.lot < (like?.responsesBelow ?? shared.interest.firstBelow)) {
        if (framing !== 0 && framing !== unknown) this.#stream(side).body = new Body(shared.budget, framing);
        if (head.partial) answer.own = this.#own(head);
      }
    }
    return framing;
  }

  /** A head that is due for inspection, with its own target and values instead of those of the first that is like it. */
  #own<H extends Head>(head: H): H {
    const own = this.#heads.own();
    return own?.kind === head.kind ? (own as H) : head;
  }

  ended(side: Side, length: number | null, at: number): void {
    const stream = this.#stream(side);
    const { body } = stream;
    stream.body = null;
    if (stream.kind === 'request') {
      const request = this.#request!;
      this.#request = null;
      request.length = length;
      request.endedAt = at;
      if (request.told) body?.taken();
      else request.body = body;
    } else if (this.#answer === null) {
      // An interim response, which has none.
      body?.taken();
    } else {
      const answer = this.#answer;
      this.#answer = null;
      this.#pairing.ended(answer, length, body);
    }
  }

  lost(side: Side, gap: boolean): void {
    // Where the first message itself was lost, the other direction tells which one this is.
    const other = this.#stream(side === 0 ? 1 : 0).kind;
    const kind = this.#stream(side).kind ?? (gap && other !== null ? opposite[other] : null);
    if (gap || kind !== null) this.#pairing.doubt(kind === 'response');
    if (kind !== null) this.#session.shared.tally[gap ? 'lostMessages' : 'desyncs']++;
  }

  #exchange(request: Request, answer: Answer | null): void {
    const exchange = this.#told(request, answer);
    request.body = null;
    request.told = true;
    if (this.#becomes !== null && answer !== null && this.#become(exchange)) return;
    this.#session.shared.emit(exchange);
    const { like } = exchange;
    const { head } = request;
    if (like != null) head.bodiesBelow = like.requestsBelow;
    // While its body is under way it is still in use.
    if (request !== this.#request) this.#spareRequest = request;
    if (answer !== null) this.#spareAnswer = answer;
  }

  /** Hands the connection on to who reads what it becomes; true when the exchange is told there. */
  #become(exchange: Exchange): boolean {
    const session = this.#session;
    const becomes = this.#becomes;
    this.#becomes = null;
    if (becomes === 'websocket') {
      this.#inner = new WebSocketConnection(session, exchange, this.#client);
      return true;
    }
    if (becomes === 'http2') {
      const { at, ref, method, host, target, requestHeaders: headers } = exchange;
      const upgraded = { at, ref, method, host, target, headers };
      session.shared.tally.h2c++;
      this.#inner = new Http2Connection(session, { client: this.#client, upgraded });
      return true;
    }
    if (becomes === 'tunnel' && session.depth < maxTunnels) this.#inner = this.#open(within(session, exchange));
    return false;
  }

  /** With a like it is the same object as the one before: only as long as it is told. */
  #told(request: Request, answer: Answer | null): Exchange {
    const { scheme, endpoints, shared, caller } = this.#session;
    const { head, own } = request;
    const response = answer?.head ?? null;
    const like = this.#like(head, response);
    const told = like === undefined ? newExchange() : shared.told;
    told.at = request.at;
    told.ref = request.ref;
    told.file = undefined;
    told.scheme = scheme;
    told.method = head.method;
    told.host = head.host ?? (head.whole ? authorityOf(endpoints[this.#client === 0 ? 1 : 0]) : '');
    told.target = own.target;
    told.status = response?.status ?? 0;
    told.requestHeaders = own.headers;
    told.responseHeaders = answer?.own.headers ?? noHeaders;
    told.responseLength = answer?.length ?? null;
    told.client = this.#clientAddress();
    told.mechanisms = caller.mechanisms === mechanisms.none ? undefined : caller.mechanisms;
    told.version = head.version;
    told.latency = answer === null ? undefined : Math.max(0, answer.at - request.endedAt);
    told.requestLength = request.length ?? undefined;
    told.requestBody = request.body?.taken();
    told.responseBody = answer?.body?.taken();
    told.marks = head.marks ?? response?.marks ?? undefined;
    told.lot = request.lot;
    told.like = like;
    return told;
  }

  #stream(side: Side): Http1Stream {
    return side === 0 ? this.#one : this.#other;
  }

  /** What is known of exchanges with these heads, where heads tell that. */
  #like(request: RequestHead, response: ResponseHead | null): Like | undefined {
    if (request.likes === null || (response !== null && !response.shared)) return undefined;
    // Others with these heads came from a caller of whom less was known.
    if (this.#session.caller.mechanisms !== this.#mechanisms) return undefined;
    const { likes } = request;
    for (let i = 0; i < likes.length; i++) if (likes[i]!.response === response) return likes[i]!;
    if (likes.length === maxLikes) return undefined;
    const below = this.#session.shared.interest?.firstBelow ?? 0;
    const like = { response, cell: null, requestsBelow: below, responsesBelow: below };
    likes.push(like);
    return like;
  }

  #clientAddress(): string {
    const side = this.#client;
    this.#addresses[side] ??= addressOf(this.#session.endpoints[side]);
    return this.#addresses[side];
  }
}

/** By what the server agreed to; `null` for what nobody here reads. */
function becoming({ status, headers }: ResponseHead): 'websocket' | 'http2' | 'tunnel' | null {
  if (status !== 101) return 'tunnel';
  const upgrade = headers.get('upgrade')?.toLowerCase() ?? '';
  if (upgrade.includes('websocket')) return 'websocket';
  return upgrade.includes('h2c') ? 'http2' : null;
}

/** What a tunnel carries: of a CONNECT it leads to another server, to which the client has yet to say who it is. */
function within(session: Session, { method, target }: Exchange): Session {
  const inner = { ...session, depth: session.depth + 1, midway: false };
  if (method !== 'CONNECT') return inner;
  return { ...inner, authority: normaliseHost(target, 'https') || undefined, caller: anybody };
}

const opposite = { request: 'response', response: 'request' } as const;
