import { Body } from '#collectors/capture/body';
import { lotAt, type Session } from '#collectors/capture/session';
import { Conversation } from '#collectors/capture/websocket/conversation';
import type { Like } from '#collectors/traffic/exchange';
import { type GrpcProtocol, isGrpcText } from '#collectors/traffic/grpc';
import { GrpcMessages } from './grpc-messages.ts';
import type { Head } from './head.ts';

/** One direction's part of a stream. */
export interface Half {
  head: Head | null;
  trailers: Head | null;
  /** When its head began and when it ended, epoch milliseconds. */
  at: number;
  endedAt: number;
  ended: boolean;
  /** Bytes of DATA; `whole` is false when some may be missing. */
  length: number;
  whole: boolean;
  body: Body | null;
  messages: GrpcMessages | null;
  /** How often frames of its side had been lost when it was looked at last. */
  losses: number;
}

/** A request and its answer under way (RFC 9113, section 5). */
export interface Stream {
  readonly id: number;
  readonly lot: number;
  /** The request's packet. */
  ref: number;
  readonly request: Half;
  readonly answer: Half;
  conversation: Conversation | null;
  /** Memory of its heads, counted in the budget. */
  held: number;
}

/** What a stream costs beside its heads. */
const overhead = 512;

export function newLike({ shared }: Session): Like {
  const below = firstBelow(shared);
  return { cell: null, requestsBelow: below, responsesBelow: below };
}

/** Bodies also tell calls, to whom it is told each by each. */
function firstBelow({ interest }: Session['shared']): number {
  return interest?.firstBelow ?? 2 ** 32;
}

/** `asking`, `answering`: how often frames of the client and of the server have been lost so far. */
export function openStream(id: number, asking: number, answering: number, session: Session): Stream {
  session.shared.budget.held += overhead;
  return {
    id,
    lot: lotAt(session, id),
    ref: 0,
    request: emptyHalf(asking),
    answer: emptyHalf(answering),
    conversation: null,
    held: overhead,
  };
}

/** The request's head is there: what its body is read for. The answer may have come before, where packets are out of order. */
export function beginRequest(stream: Stream, head: Head, session: Session): void {
  const { budget } = session.shared;
  const { request, answer } = stream;
  request.head = head;
  hold(stream, head, session);
  // RFC 8441, section 5: both directions are a WebSocket's.
  if (head.protocol === 'websocket') stream.conversation = new Conversation(budget);
  else if (stream.lot < (head.alike?.like.requestsBelow ?? firstBelow(session.shared))) request.body = new Body(budget);
  if (head.grpc !== null) request.messages = messagesOf(head.grpc, head, session);
  if (answer.head !== null) pair(stream, head, answer.head, session);
}

/** The same for the final answer's. */
export function beginAnswer(stream: Stream, head: Head, session: Session): void {
  const { request, answer } = stream;
  answer.head = head;
  hold(stream, head, session);
  const alike = request.head?.alike;
  const below = alike?.answer === head ? alike.like.responsesBelow : firstBelow(session.shared);
  if (stream.lot < below) answer.body = new Body(session.shared.budget);
  if (request.head !== null) pair(stream, request.head, head, session);
}

/** Both heads are there: what the answer's body is read for, with what has come of it. */
function pair(stream: Stream, asked: Head, answered: Head, session: Session): void {
  const { answer, conversation } = stream;
  const early = answer.body?.bytes;
  if (asked.grpc !== null) {
    answer.messages = messagesOf(asked.grpc, answered, session);
    if (early !== undefined) answer.messages?.feed(early, 0, early.length);
  }
  if (conversation === null) return;
  if (answered.status >= 300) {
    conversation.stop();
    stream.conversation = null;
    return;
  }
  conversation.agree(answered.headers.get('sec-websocket-extensions'));
  if (early !== undefined) conversation.feed(false, early, 0, early.length);
  answer.body?.taken();
  answer.body = null;
}

function hold(stream: Stream, head: Head, { shared }: Session): void {
  stream.held += head.size;
  shared.budget.held += head.size;
}

export function releaseStream(stream: Stream, { shared }: Session): void {
  shared.budget.held -= stream.held;
  for (const half of [stream.request, stream.answer]) {
    half.body?.taken();
    half.messages?.stop();
  }
  stream.conversation?.stop();
}

/** Content is missing: what came before it is all that is looked into. */
export function cutHalf(half: Half): void {
  half.body?.cut();
  half.messages?.stop();
}

/** Unary calls of Connect have bodies without a prefix. */
function messagesOf(protocol: GrpcProtocol, { headers }: Head, { shared }: Session): GrpcMessages | null {
  const type = headers.get('content-type');
  if (protocol === 'connect' && !type?.startsWith('application/connect+')) return null;
  return new GrpcMessages(protocol, isGrpcText(type), shared.budget);
}

function emptyHalf(losses: number): Half {
  return {
    head: null,
    trailers: null,
    at: 0,
    endedAt: 0,
    ended: false,
    length: 0,
    whole: true,
    body: null,
    messages: null,
    losses,
  };
}
