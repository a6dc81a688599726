import type { Tally } from '#collectors/capture/tally';
import type { Budget } from '#collectors/capture/tcp/receiver';
import type { RequestHead, ResponseHead } from './head.ts';

/** Requests of one connection that wait for their answer, or answers for a request that is late; beyond, the oldest goes without. */
const maxWaiting = 256;

/** A response under way. */
export interface Answer {
  head: ResponseHead;
  request: RequestHead | null;
  ended: boolean;
  length: number | null;
}

/**
 * Joins the requests of a connection with its responses: in order (RFC 9112, section 9.3.2). Once bytes were lost, order alone
 * would join the wrong ones; then a response must also begin behind all that the client had received when it asked, and its
 * server must have received the beginning of the request. What cannot be told stays apart.
 */
export class Pairing {
  readonly #emit: (request: RequestHead, answer: Answer | null) => void;
  readonly #tally: Tally;
  readonly #budget: Budget;
  #requests: RequestHead[] = [];
  #answers: Answer[] = [];
  /** Messages may be missing: order is not enough. */
  #doubtful = false;
  /** Responses were lost since the last one that was paired. */
  #behind = false;

  constructor(emit: (request: RequestHead, answer: Answer | null) => void, tally: Tally, budget: Budget) {
    this.#emit = emit;
    this.#tally = tally;
    this.#budget = budget;
  }

  request(head: RequestHead): void {
    while (this.#answers.length > 0) {
      const answer = this.#answers.shift()!;
      this.#budget.held -= cost(answer.head);
      if (!this.#doubtful || answers(answer.head, head)) {
        this.#pair(head, answer);
        return;
      }
      this.#tally.unasked++;
    }
    this.#requests.push(head);
    this.#budget.held += cost(head);
    if (this.#requests.length > maxWaiting) this.#unanswered(1);
  }

  /** A response began. It is given to the request that it answers when that is known, now or later. */
  response(head: ResponseHead): Answer {
    const answer: Answer = { head, request: null, ended: false, length: null };
    if (this.#behind) this.#catchUp(head);
    const [next] = this.#requests;
    if (next !== undefined && (!this.#doubtful || answers(head, next))) {
      this.#requests.shift();
      this.#budget.held -= cost(next);
      this.#pair(next, answer);
    } else if (next === undefined) {
      this.#answers.push(answer);
      this.#budget.held += cost(head);
      if (this.#answers.length > maxWaiting) this.#unasked(1);
    } else {
      this.#tally.unasked++;
    }
    return answer;
  }

  ended(answer: Answer, length: number | null): void {
    answer.ended = true;
    answer.length = length;
    if (answer.request !== null) this.#emit(answer.request, answer);
  }

  /** Messages may be missing; with `responses`, answers to requests that were given here. */
  doubt(responses: boolean): void {
    this.#doubtful = true;
    if (responses) this.#behind = true;
  }

  close(): void {
    this.#unanswered(this.#requests.length);
    this.#unasked(this.#answers.length);
  }

  #pair(request: RequestHead, answer: Answer): void {
    answer.request = request;
    if (answer.ended) this.#emit(request, answer);
  }

  /**
   * After lost responses: of the requests that this one can answer, the last that was sent is the one, unless others were sent in
   * one go with it. Those before it stay without.
   */
  #catchUp(head: ResponseHead): void {
    this.#behind = false;
    const last = this.#requests.findLastIndex((request) => answers(head, request));
    if (last < 0) return;
    const pipelined = last > 0 && this.#requests[last - 1]!.origin.ack === this.#requests[last]!.origin.ack;
    this.#unanswered(pipelined ? last + 1 : last);
  }

  #unanswered(count: number): void {
    for (const request of this.#requests.splice(0, count)) {
      this.#budget.held -= cost(request);
      this.#emit(request, null);
    }
  }

  #unasked(count: number): void {
    for (const { head } of this.#answers.splice(0, count)) {
      this.#budget.held -= cost(head);
      this.#tally.unasked++;
    }
  }
}

/** Whether the numbers of both directions let the one be the other's answer. */
function answers(response: ResponseHead, request: RequestHead): boolean {
  const received = response.origin.ack === null || ((response.origin.ack - request.origin.seq) | 0) > 0;
  const after = request.origin.ack === null || ((response.origin.seq - request.origin.ack) | 0) >= 0;
  return received && after;
}

/** Memory of a head that waits, roughly: its strings, and what holds them. */
function cost(head: RequestHead | ResponseHead): number {
  return 1_024 + 2 * head.size;
}
