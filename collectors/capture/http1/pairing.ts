import type { Body } from '#collectors/capture/body';
import type { Tally } from '#collectors/capture/tally';
import type { Budget } from '#collectors/capture/tcp/receiver';
import type { Origin, RequestHead, ResponseHead } from './head.ts';

/**
 * Requests of one connection that wait for their answer, or answers for a request that is late; beyond, the oldest goes without, and
 * what would have been joined with it does too.
 */
const maxWaiting = 1_024;

/** A request under way, or whose answer is. */
export interface Request extends Origin {
  head: RequestHead;
  /** With its own target and values where it is due for inspection, else the same. */
  own: RequestHead;
  lot: number;
  /** When its last byte came, epoch milliseconds. */
  endedAt: number;
  /** Bytes of its body; `null` when that is not known. */
  length: number | null;
  body: Body | null;
  /** Its exchange was told: an answer may come before the request's body has ended, which is of no use then. */
  told: boolean;
}

/** A response under way. */
export interface Answer extends Origin {
  head: ResponseHead;
  own: ResponseHead;
  request: Request | null;
  ended: boolean;
  /** It answers none of the requests that are there. */
  refused: boolean;
  length: number | null;
  body: Body | null;
}

/** A request that begins; `spare` is one of those that were told, to be used again. */
export function beginRequest(
  spare: Request | null,
  head: RequestHead,
  { ref, at, seq, ack }: Origin,
  lot: number,
): Request {
  if (spare === null)
    return { ref, at, seq, ack, head, own: head, lot, endedAt: at, length: null, body: null, told: false };
  spare.ref = ref;
  spare.at = at;
  spare.seq = seq;
  spare.ack = ack;
  spare.head = head;
  spare.own = head;
  spare.lot = lot;
  spare.endedAt = at;
  spare.length = null;
  spare.body = null;
  spare.told = false;
  return spare;
}

export function beginAnswer(spare: Answer | null, head: ResponseHead, { ref, at, seq, ack }: Origin): Answer {
  if (spare === null)
    return {
      ref,
      at,
      seq,
      ack,
      head,
      own: head,
      request: null,
      ended: false,
      refused: false,
      length: null,
      body: null,
    };
  spare.ref = ref;
  spare.at = at;
  spare.seq = seq;
  spare.ack = ack;
  spare.head = head;
  spare.own = head;
  spare.request = null;
  spare.ended = false;
  spare.refused = false;
  spare.length = null;
  spare.body = null;
  return spare;
}

/**
 * Joins the requests of a connection with its responses: in order (RFC 9112, section 9.3.2). Once bytes were lost, order alone
 * would join the wrong ones; then a response must also begin behind all that the client had received when it asked, and its
 * server must have received the beginning of the request. What cannot be told stays apart.
 */
export class Pairing {
  readonly #emit: (request: Request, answer: Answer | null) => void;
  readonly #tally: Tally;
  readonly #budget: Budget;
  /** The request that waits, nearly always alone, and those behind it. */
  #first: Request | null = null;
  #later: Request[] = none;
  #answers: Answer[] = none;
  /** Messages may be missing: order is not enough. */
  #doubtful = false;
  /** Responses were lost since the last one that was paired. */
  #behind = false;
  /** Requests that no longer wait and have their answers still to come; and answers, whose requests are late. */
  #given = 0;
  #dropped = 0;

  constructor(emit: (request: Request, answer: Answer | null) => void, tally: Tally, budget: Budget) {
    this.#emit = emit;
    this.#tally = tally;
    this.#budget = budget;
  }

  request(request: Request): void {
    if (this.#dropped > 0) {
      this.#dropped--;
      this.#emit(request, null);
      return;
    }
    while (this.#answers.length > 0) {
      const answer = this.#answers.shift()!;
      this.#budget.held -= cost(answer);
      // A server may also say that it closes an idle connection (408) just when a request is on its way.
      if (answers(answer, request)) {
        this.#pair(request, answer);
        return;
      }
      this.#drop(answer);
    }
    this.#budget.held += cost(request);
    if (this.#first === null) {
      this.#first = request;
      return;
    }
    if (this.#later.length === 0) this.#later = [request];
    else this.#later.push(request);
    if (this.#later.length >= maxWaiting) {
      this.#unanswered(1);
      this.#given++;
    }
  }

  /** The request that the next response answers, when that is known before the response is. */
  get next(): Request | null {
    return this.#first;
  }

  /** A response began. It is given to the request that it answers when that is known, now or later. */
  response(answer: Answer): void {
    if (this.#given > 0) {
      this.#given--;
      this.#drop(answer);
      return;
    }
    if (this.#behind) this.#catchUp(answer);
    const next = this.next;
    if (next !== null && (!this.#doubtful || answers(answer, next))) {
      this.#shift();
      this.#pair(next, answer);
    } else if (next === null) {
      if (this.#answers.length === 0) this.#answers = [answer];
      else this.#answers.push(answer);
      this.#budget.held += cost(answer);
      if (this.#answers.length > maxWaiting) {
        this.#unasked(1);
        this.#dropped++;
      }
    } else {
      this.#drop(answer);
    }
  }

  /** The body that was kept of it came whole, or as far as it goes. */
  ended(answer: Answer, length: number | null, body: Body | null): void {
    answer.ended = true;
    answer.length = length;
    answer.body = body;
    if (answer.request !== null) this.#emit(answer.request, answer);
    else if (answer.refused) body?.taken();
  }

  /** Messages may be missing; with `responses`, answers to requests that were given here. */
  doubt(responses: boolean): void {
    this.#doubtful = true;
    if (!responses) return;
    this.#behind = true;
    this.#given = 0;
  }

  close(): void {
    this.#unanswered(Number.POSITIVE_INFINITY);
    this.#unasked(this.#answers.length);
  }

  #pair(request: Request, answer: Answer): void {
    answer.request = request;
    if (answer.ended) this.#emit(request, answer);
  }

  /**
   * After lost responses: of the requests that this one can answer, the last that was sent is the one, unless others were sent in
   * one go with it. Those before it stay without.
   */
  #catchUp(answer: Answer): void {
    this.#behind = false;
    const requests = this.#first === null ? [] : [this.#first, ...this.#later];
    const last = requests.findLastIndex((request) => answers(answer, request));
    if (last < 0) return;
    const pipelined = last > 0 && requests[last - 1]!.ack === requests[last]!.ack;
    this.#unanswered(pipelined ? last + 1 : last);
  }

  #unanswered(count: number): void {
    for (let i = 0; i < count && this.#first !== null; i++) this.#emit(this.#shift(), null);
  }

  /** Takes the first of those that wait. */
  #shift(): Request {
    const first = this.#first!;
    this.#budget.held -= cost(first);
    this.#first = this.#later.shift() ?? null;
    return first;
  }

  #unasked(count: number): void {
    for (const answer of this.#answers.splice(0, count)) {
      this.#budget.held -= cost(answer);
      this.#drop(answer);
    }
  }

  #drop(answer: Answer): void {
    answer.refused = true;
    answer.body?.taken();
    this.#tally.unasked++;
  }
}

/** Of the many connections of which nothing waits. */
const none: never[] = [];

/** Whether the numbers of both directions let the one be the other's answer. */
function answers(response: Origin, request: Origin): boolean {
  const received = response.ack === null || ((response.ack - request.seq) | 0) > 0;
  const after = request.ack === null || ((response.seq - request.ack) | 0) >= 0;
  return received && after;
}

/** Memory of a head that waits, roughly: its strings, and what holds them. */
function cost({ head }: Request | Answer): number {
  return 1_024 + 2 * head.size;
}
