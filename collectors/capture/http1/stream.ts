import type { Body } from '#collectors/capture/body';
import type { Budget, Piece, Side } from '#collectors/capture/tcp/receiver';
import { ChunkedBody } from './chunked.ts';
import { chunked, type Framing, tunnel, unknown, untilClose } from './framing.ts';
import { couldBegin, type Head, headEnd, type Origin, parseHead, parseStartLine } from './head.ts';
import type { Heads } from './heads.ts';

/** Longer heads are refused by every common server. */
const maxHeadLength = 65_536;

/** Of a body, what may be passed over at once. */
const mostUnread = 2 ** 30;

/** Who is told of a stream's messages; `side` is the stream's own. */
export interface Messages {
  /**
   * A head, and how it says that its body ends; the answer is how it does. `origin` is used again for the next one. Where the body is
   * wanted, it makes one in {@link Http1Stream.body}.
   */
  head(side: Side, head: Head, declared: Framing, origin: Origin): Framing;
  /** The end of that message: its body's bytes as transferred, or `null` when that is not known; at so many milliseconds. */
  ended(side: Side, length: number | null, at: number): void;
  /** The stream has no HTTP message here. With `gap`, because bytes are missing; a message may be among them. */
  lost(side: Side, gap: boolean): void;
}

const state = { start: 0, head: 1, length: 2, chunked: 3, close: 4, lost: 5, closed: 6 } as const;
type State = (typeof state)[keyof typeof state];

/**
 * Splits one direction of a connection into HTTP/1.x messages (RFC 9112).
 *
 * Feeds in order, in pieces of any size; keeps at most one head (64 KiB) between calls, and of bodies what is wanted. Bytes that are not
 * HTTP, and gaps that a body's length does not account for, are told as `lost`, never as an exception; it goes on at the next piece
 * that begins with the whole start line of a message, as messages begin in a segment of their own.
 */
export class Http1Stream {
  /** Of the message under way, where it is wanted. */
  body: Body | null = null;
  readonly #side: Side;
  readonly #messages: Messages;
  readonly #heads: Heads;
  readonly #budget: Budget;
  #state: State = state.start;
  /** The direction, once a head told. */
  #kind: Head['kind'] | null = null;
  /** The head so far, when it did not come in one piece. */
  #held: Buffer = none;
  #heldLength = 0;
  #scanned = 0;
  /** Whether the start line is there, and is one. */
  #started = false;
  readonly #origin: Origin = { ref: 0, at: 0, seq: 0, ack: 0 };
  #remaining = 0;
  #length = 0;
  #chunks: ChunkedBody | null = null;
  /** Time of the last piece. */
  #at = 0;

  constructor(side: Side, messages: Messages, heads: Heads, budget: Budget) {
    this.#side = side;
    this.#messages = messages;
    this.#heads = heads;
    this.#budget = budget;
  }

  /** Requests or responses; `null` before the first head. */
  get kind(): Head['kind'] | null {
    return this.#kind;
  }

  /** Hot: once a segment. Where it stopped in the piece: before its end only when what follows is no HTTP/1. */
  feed(piece: Piece): number {
    const { bytes, to } = piece;
    let at = piece.from;
    this.#at = piece.at;
    if (this.#state === state.lost && this.#resumes(bytes, at, to)) this.#state = state.start;
    while (at < to) {
      switch (this.#state) {
        case state.start:
          at = this.#start(piece, at);
          break;
        case state.head:
          at = this.#head(bytes, at, to);
          break;
        case state.length:
          at = this.#pass(bytes, at, to);
          break;
        case state.chunked:
          at = this.#chunked(bytes, at, to);
          break;
        case state.close:
          if (this.body !== null) this.body.add(bytes, at, to);
          this.#length += to - at;
          at = to;
          break;
        default:
          return at;
      }
    }
    if (this.body === null) piece.unread = this.#unread();
    return at;
  }

  /** Bytes that follow and tell nothing, at least. */
  #unread(): number {
    switch (this.#state) {
      case state.length:
        return Math.min(this.#remaining, mostUnread);
      case state.chunked:
        return Math.min(this.#chunks!.unread, mostUnread);
      case state.close:
        return mostUnread;
      default:
        return 0;
    }
  }

  /** Of those, so many have come, and more are to come. */
  pass(length: number): void {
    if (this.#state === state.length) this.#remaining -= length;
    else if (this.#state === state.chunked) this.#chunks!.skip(length);
    else if (this.#state === state.close) this.#length += length;
  }

  gap(length: number): void {
    if (this.#state === state.close) {
      this.#length += length;
    } else if (this.#state === state.length && length <= this.#remaining) {
      this.#skip(length);
    } else if (this.#state === state.chunked && this.#chunks!.skip(length)) {
      return;
    } else if (this.#state !== state.closed && this.#state !== state.lost) {
      if (this.#state === state.head) this.#cutHead();
      else if (this.#state !== state.start) this.#ended(this.#state === state.length ? this.#length : null);
      this.#lose(true);
    }
  }

  /** The stream is over. */
  end(): void {
    if (this.#state === state.head) this.#cutHead();
    else if (this.#state === state.chunked) this.#ended(null);
    else if (this.#state === state.length || this.#state === state.close) this.#ended(this.#length);
    this.close();
  }

  /** What follows is no HTTP/1. */
  close(): void {
    this.#release();
    this.body?.taken();
    this.body = null;
    this.#state = state.closed;
  }

  /** Empty lines before a message are passed over (RFC 9112, section 2.2). */
  #start({ bytes, from, to, ref, at: time, seq, ack }: Piece, at: number): number {
    while (at < to && (bytes[at] === 13 || bytes[at] === 10)) at++;
    if (at === to) return at;
    const origin = this.#origin;
    origin.ref = ref;
    origin.at = time;
    origin.seq = (seq + at - from) | 0;
    origin.ack = ack;
    this.#state = state.head;
    return at;
  }

  #head(bytes: Buffer, from: number, to: number): number {
    if (this.#heldLength === 0) {
      if (this.#usual(bytes, from, to)) return this.#heads.end;
      const end = headEnd(bytes, from, from, to);
      if (end >= 0 && end - from <= maxHeadLength) {
        this.#finishHead(bytes, from, end, true);
        return end;
      }
    }
    const before = this.#heldLength;
    this.#hold(bytes, from, Math.min(to, from + maxHeadLength - before));
    const end = headEnd(this.#held, 0, this.#scanned, this.#heldLength);
    if (end >= 0) {
      if (!this.#usual(this.#held, 0, end)) this.#finishHead(this.#held, 0, end, true);
      return from + end - before;
    }
    const plausible = this.#plausible();
    // The last two bytes may be half of the empty line.
    this.#scanned = Math.max(0, this.#heldLength - 2);
    if (this.#heldLength >= maxHeadLength || !plausible) this.#lose(false);
    return to;
  }

  /** Reads a head of the usual form; false when that did not succeed, and nothing was done. */
  #usual(bytes: Buffer, from: number, to: number): boolean {
    const heads = this.#heads;
    let head: Head | null = null;
    // A response begins with `HTTP/`, and no method has its slash.
    if (this.#kind !== 'request' && bytes[from] === 72 && bytes[from + 4] === 47)
      head = heads.response(bytes, from, to);
    else if (this.#kind !== 'response') head = heads.request(bytes, from, to);
    if (head === null || heads.end - from > maxHeadLength) return false;
    this.#accept(head, heads.declared);
    return true;
  }

  /** Whether what is held of a head can be the beginning of one: no more is kept of streams that are no HTTP. */
  #plausible(): boolean {
    if (this.#started) return true;
    if (!couldBegin(this.#held, 0, this.#heldLength)) return false;
    const lineEnd = this.#held.subarray(0, this.#heldLength).indexOf(10, this.#scanned);
    this.#started = lineEnd >= 0;
    return lineEnd < 0 || this.#isStartLine(this.#held, 0, lineEnd);
  }

  #finishHead(bytes: Buffer, from: number, to: number, whole: boolean): void {
    const parsed = parseHead(bytes, from, to, whole);
    if (parsed === null || (this.#kind !== null && parsed.head.kind !== this.#kind)) this.#lose(false);
    else this.#accept(parsed.head, parsed.declared);
  }

  #accept(head: Head, declared: Framing): void {
    this.#release();
    this.#kind = head.kind;
    // It may close the stream, so the state is set first.
    this.#state = state.start;
    this.#length = 0;
    const framing = this.#messages.head(this.#side, head, declared, this.#origin);
    if (this.#state !== state.start) return;
    if (framing > 0) {
      this.#length = framing;
      this.#remaining = framing;
      this.#state = state.length;
    } else if (framing === 0) {
      this.#ended(0);
    } else if (framing === chunked) {
      if (this.#chunks === null) this.#chunks = new ChunkedBody();
      else this.#chunks.begin();
      this.#state = state.chunked;
    } else if (framing === untilClose) {
      this.#state = state.close;
    } else {
      this.#ended(null);
      if (framing === tunnel) this.close();
      else if (framing === unknown && head.whole) this.#lose(false);
      else this.#state = state.lost;
    }
  }

  /** A head whose end is missing still tells its start line and the headers that came whole. */
  #cutHead(): void {
    const lastLine = this.#held.subarray(0, this.#heldLength).lastIndexOf(10);
    if (lastLine < 0) this.#release();
    else this.#finishHead(this.#held, 0, lastLine + 1, false);
  }

  /** Of a body of known length, what is there of it. */
  #pass(bytes: Buffer, at: number, to: number): number {
    const end = at + Math.min(to - at, this.#remaining);
    if (this.body !== null) this.body.add(bytes, at, end);
    this.#skip(end - at);
    return end;
  }

  #skip(length: number): void {
    this.#remaining -= length;
    if (this.#remaining > 0) return;
    this.#state = state.start;
    this.#ended(this.#length);
  }

  #chunked(bytes: Buffer, at: number, to: number): number {
    const chunks = this.#chunks!;
    const done = chunks.take(bytes, at, to, this.body);
    if (chunks.end < 0) {
      this.#ended(null);
      this.#lose(false);
      return to;
    }
    if (done) {
      this.#state = state.start;
      this.#ended(chunks.length);
    }
    return chunks.end;
  }

  #ended(length: number | null): void {
    this.#messages.ended(this.#side, length, this.#at);
  }

  #lose(gap: boolean): void {
    this.#release();
    if (this.#state === state.closed) return;
    this.#state = state.lost;
    this.#messages.lost(this.#side, gap);
  }

  #resumes(bytes: Buffer, from: number, to: number): boolean {
    if (!couldBegin(bytes, from, to)) return false;
    const lineEnd = bytes.subarray(from, Math.min(to, from + maxHeadLength)).indexOf(10);
    return lineEnd > 0 && this.#isStartLine(bytes, from, from + lineEnd);
  }

  #isStartLine(bytes: Buffer, from: number, lineEnd: number): boolean {
    const line = bytes.toString('latin1', from, lineEnd).trimEnd();
    const start = parseStartLine(line);
    return start !== null && (this.#kind === null || start.kind === this.#kind);
  }

  #hold(bytes: Buffer, from: number, to: number): void {
    const length = this.#heldLength + to - from;
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(maxHeadLength, Math.max(length, this.#held.length * 2, 1_024)));
      this.#held.copy(larger, 0, 0, this.#heldLength);
      this.#budget.held += larger.length - this.#held.length;
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#heldLength, from, to);
    this.#heldLength = length;
  }

  #release(): void {
    if (this.#held.length === 0) return;
    this.#budget.held -= this.#held.length;
    this.#held = none;
    this.#heldLength = 0;
    this.#scanned = 0;
    this.#started = false;
  }
}

const none = Buffer.alloc(0);
