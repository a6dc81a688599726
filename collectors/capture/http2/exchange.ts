import { mechanisms, type Session } from '#collectors/capture/session';
import type { Exchange, Like } from '#collectors/traffic/exchange';
import { type Head, lengthMark } from './head.ts';
import { type Half, newLike, type Stream } from './stream.ts';

/** What a message has that has none; never changed. */
const noFields: ReadonlyMap<string, string> = new Map();

/** Whether a head is a request's that can be told: its method and its path, or CONNECT's authority, are known (RFC 9113, 8.3.1 and 8.5). */
export function isRequest({ method, path, authority }: Head): boolean {
  return (path !== '' || (method === 'CONNECT' && authority !== '')) && token.test(method);
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/;

/** What the exchanges of a connection have in common: who asks, and what to call a server that nobody names. */
export interface Ends {
  client: string;
  server: string;
}

/** The exchange of a stream whose request is known. Hot: once an exchange. */
export function exchangeOf(stream: Stream, session: Session, ends: Ends): Exchange {
  const { request, answer, conversation } = stream;
  const head = request.head!;
  const authority = head.authority || head.headers.get('host') || (head.cut ? '' : ends.server);
  const exchange: Exchange = {
    at: request.at,
    ref: stream.ref,
    scheme: head.scheme === 'http' || head.scheme === 'https' ? head.scheme : session.scheme,
    method: head.method,
    host: authority,
    target: head.path === '' ? authority : encodedTarget(head.path),
    status: answer.head?.status ?? 0,
    requestHeaders: head.headers,
    responseHeaders: answer.head?.headers ?? noFields,
    responseLength: answer.head !== null && answer.ended && answer.whole ? answer.length : null,
    client: ends.client,
    version: '2',
    lot: stream.lot,
  };
  if (session.caller.mechanisms !== mechanisms.none) exchange.mechanisms = session.caller.mechanisms;
  if (request.ended && request.whole) exchange.requestLength = request.length;
  if (request.ended && answer.head !== null && answer.at >= request.endedAt)
    exchange.latency = answer.at - request.endedAt;
  const requestBody = request.body?.taken();
  const responseBody = answer.body?.taken();
  if (requestBody !== undefined) exchange.requestBody = requestBody;
  if (responseBody !== undefined) exchange.responseBody = responseBody;
  const trailers = answer.trailers?.headers ?? answer.messages?.trailers;
  if (trailers != null) exchange.responseTrailers = trailers;
  if (conversation !== null) {
    // As the handshake of RFC 6455 has it: the same operation, whatever carries it.
    exchange.method = 'GET';
    exchange.protocol = 'websocket';
    exchange.messages = { sent: conversation.sent, received: conversation.received };
    if (conversation.calls !== undefined) exchange.calls = conversation.calls;
  } else if (head.grpc !== null) {
    exchange.protocol = 'grpc';
    const messages = messagesOf(request, answer);
    if (messages !== null) exchange.messages = messages;
  }
  const marks = marksOf(request, head);
  if (marks !== null) exchange.marks = marks;
  if (conversation === null && answer.head !== null) exchange.like = likeOf(head, answer, session);
  return exchange;
}

/** RFC 9113, section 8.1.1: the body's length must be the one that was said. */
function marksOf({ ended, whole, length }: Half, { headers, marks }: Head): string[] | null {
  const said = headers.get('content-length');
  const differs = said !== undefined && ended && whole && Number(said) !== length;
  if (!differs) return marks === null ? null : [...marks];
  return [...(marks ?? []), lengthMark];
}

function messagesOf(request: Half, answer: Half): { sent: number; received: number } | null {
  if (request.messages === null && answer.messages === null) return null;
  return { sent: request.messages?.count ?? 0, received: answer.messages?.count ?? 0 };
}

/** Heads are shared between messages that have the same fields, so that the same two heads are alike. */
function likeOf(head: Head, { head: answer, trailers, messages }: Half, session: Session): Like {
  const { alike } = head;
  const { caller } = session;
  const inBody = messages?.trailers != null;
  const isSame = alike?.answer === answer && alike?.trailers === trailers && alike?.mechanisms === caller.mechanisms;
  if (!inBody && alike !== null && isSame) return alike.like;
  const like = newLike(session);
  if (!inBody) head.alike = { answer: answer!, trailers, mechanisms: caller.mechanisms, like };
  return like;
}

/** Bytes that no URI may hold, percent-encoded (RFC 3986, section 2.1). */
function encodedTarget(path: string): string {
  if (!foreign.test(path)) return path;
  return path.replace(foreigners, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

const foreign = /[^\x21-\x7e]/;
const foreigners = /[^\x21-\x7e]/g;
