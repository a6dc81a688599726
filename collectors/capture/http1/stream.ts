import type { Budget, Piece } from '#collectors/capture/tcp/receiver';
import { ChunkedBody } from './chunked.ts';
import type { Framing } from './framing.ts';
import { couldBegin, type Head, headEnd, isProxyLine, type Origin, parseHead, parseStartLine } from './head.ts';

/** Longer heads are refused by every common server. */
const maxHeadLength = 65_536;

/** What a stream of messages tells. */
export interface Messages {
  /** A head; the answer says how its body ends. */
  head(head: Head): Framing;
  /** The end of that message: its body's bytes as transferred, or `null` when that is not known. */
  ended(length: number | null): void;
  /** The stream has no HTTP message here. With `gap`, because bytes are missing; a message may be among them. */
  lost(gap: boolean): void;
}

type State = 'start' | 'head' | 'length' | 'chunked' | 'close' | 'lost' | 'closed';

/**
 * Splits one direction of a TCP stream into HTTP/1.x messages (RFC 9112).
 *
 * Feeds in order, in pieces of any size; keeps at most one head (64 KiB) between calls, and no bodies. Bytes that are not HTTP,
 * and gaps that a body's length does not account for, are told as `lost`, never as an exception; it goes on at the next piece that
 * begins with the whole start line of a message, as messages begin in a segment of their own.
 */
export class Http1Stream {
  readonly #messages: Messages;
  readonly #budget: Budget;
  #state: State = 'start';
  /** The direction, once a head told. */
  #kind: Head['kind'] | null = null;
  /** The head so far, when it did not come in one piece. */
  #held: Buffer = none;
  #heldLength = 0;
  #scanned = 0;
  /** Whether the start line is there, and is one. */
  #started = false;
  #origin: Origin | null = null;
  #remaining = 0;
  #length = 0;
  #chunks: ChunkedBody | null = null;

  constructor(messages: Messages, budget: Budget) {
    this.#messages = messages;
    this.#budget = budget;
  }

  /** Requests or responses; `null` before the first head. */
  get kind(): Head['kind'] | null {
    return this.#kind;
  }

  feed(piece: Piece): void {
    const bytes = piece.bytes.subarray(piece.from, piece.to);
    if (this.#state === 'lost' && this.#resumes(bytes)) this.#state = 'start';
    let at = 0;
    while (at < bytes.length && this.#state !== 'lost' && this.#state !== 'closed') {
      switch (this.#state) {
        case 'start':
          at = this.#start(bytes, piece, at);
          break;
        case 'head':
          at = this.#head(bytes, at);
          break;
        case 'length':
          at += this.#pass(bytes.length - at);
          break;
        case 'chunked':
          at = this.#chunked(bytes, at);
          break;
        case 'close':
          this.#length += bytes.length - at;
          at = bytes.length;
          break;
      }
    }
  }

  gap(length: number): void {
    if (this.#state === 'close') {
      this.#length += length;
    } else if (this.#state === 'length' && length <= this.#remaining) {
      this.#pass(length);
    } else if (this.#state === 'chunked' && this.#chunks!.skip(length)) {
      return;
    } else if (this.#state !== 'closed' && this.#state !== 'lost') {
      if (this.#state === 'head') this.#cutHead();
      else if (this.#state !== 'start') this.#messages.ended(this.#state === 'length' ? this.#length : null);
      this.#lose(true);
    }
  }

  /** The stream is over. */
  end(): void {
    if (this.#state === 'head') this.#cutHead();
    else if (this.#state === 'close') this.#messages.ended(this.#length);
    else if (this.#state === 'chunked') this.#messages.ended(null);
    else if (this.#state === 'length') this.#messages.ended(this.#length);
    this.close();
  }

  /** What follows is no HTTP. */
  close(): void {
    this.#release();
    this.#state = 'closed';
  }

  /** Empty lines before a message are passed over (RFC 9112, section 2.2). */
  #start(bytes: Buffer, { ref, at: time, seq, ack }: Piece, at: number): number {
    while (at < bytes.length && (bytes[at] === 13 || bytes[at] === 10)) at++;
    if (at === bytes.length) return at;
    this.#origin = { ref, at: time, seq: (seq + at) | 0, ack };
    this.#state = 'head';
    return at;
  }

  #head(bytes: Buffer, from: number): number {
    if (this.#heldLength === 0) {
      const end = headEnd(bytes, from, from, bytes.length);
      if (end >= 0 && end - from <= maxHeadLength) {
        this.#finishHead(bytes, from, end, true);
        return end;
      }
    }
    const before = this.#heldLength;
    this.#hold(bytes.subarray(from, from + maxHeadLength - before));
    const end = headEnd(this.#held, 0, this.#scanned, this.#heldLength);
    if (end >= 0) {
      const held = this.#held;
      this.#finishHead(held, 0, end, true);
      return from + end - before;
    }
    const plausible = this.#plausible();
    // The last two bytes may be half of the empty line.
    this.#scanned = Math.max(0, this.#heldLength - 2);
    if (this.#heldLength >= maxHeadLength || !plausible) this.#lose(false);
    return bytes.length;
  }

  /** Whether what is held of a head can be the beginning of one: no more is kept of streams that are no HTTP. */
  #plausible(): boolean {
    if (this.#started) return true;
    if (!couldBegin(this.#held, 0, this.#heldLength)) return false;
    const lineEnd = this.#held.subarray(0, this.#heldLength).indexOf(10, this.#scanned);
    this.#started = lineEnd >= 0;
    return lineEnd < 0 || this.#isStartLine(this.#held, lineEnd);
  }

  #finishHead(bytes: Buffer, from: number, to: number, whole: boolean): void {
    const head = parseHead(bytes, from, to, this.#origin!, whole);
    this.#release();
    if (head === null || (this.#kind !== null && head.kind !== this.#kind)) {
      this.#lose(false);
      return;
    }
    this.#kind = head.kind;
    // It may close the stream, so the state is set first.
    this.#state = 'start';
    const framing = this.#messages.head(head);
    if (this.#state === 'start') this.#body(framing, whole);
  }

  /** A head whose end is missing still tells its start line and the headers that came whole. */
  #cutHead(): void {
    const lastLine = this.#held.subarray(0, this.#heldLength).lastIndexOf(10);
    if (lastLine < 0) this.#release();
    else this.#finishHead(this.#held, 0, lastLine + 1, false);
  }

  #body(framing: Framing, whole: boolean): void {
    this.#length = 0;
    if (framing.kind === 'length') {
      this.#length = framing.length;
      this.#remaining = framing.length;
      this.#state = 'length';
      this.#pass(0);
    } else if (framing.kind === 'chunked') {
      this.#chunks = new ChunkedBody();
      this.#state = 'chunked';
    } else if (framing.kind === 'close') {
      this.#state = 'close';
    } else {
      this.#messages.ended(null);
      if (framing.kind === 'tunnel') this.close();
      else if (whole) this.#lose(false);
      else this.#state = 'lost';
    }
  }

  /** Of a body of known length, so many bytes at most; how many it took. */
  #pass(available: number): number {
    const taken = Math.min(available, this.#remaining);
    this.#remaining -= taken;
    if (this.#remaining === 0) {
      this.#state = 'start';
      this.#messages.ended(this.#length);
    }
    return taken;
  }

  #chunked(bytes: Buffer, at: number): number {
    const chunks = this.#chunks!;
    const { end, done } = chunks.take(bytes, at);
    if (end < 0) {
      this.#messages.ended(null);
      this.#lose(false);
      return bytes.length;
    }
    if (done) {
      this.#state = 'start';
      this.#messages.ended(chunks.length);
    }
    return end;
  }

  #lose(gap: boolean): void {
    this.#release();
    if (this.#state === 'closed') return;
    this.#state = 'lost';
    this.#messages.lost(gap);
  }

  #resumes(bytes: Buffer): boolean {
    if (!couldBegin(bytes, 0, bytes.length)) return false;
    const lineEnd = bytes.subarray(0, maxHeadLength).indexOf(10);
    return lineEnd > 0 && this.#isStartLine(bytes, lineEnd);
  }

  #isStartLine(bytes: Buffer, lineEnd: number): boolean {
    const line = bytes.toString('latin1', 0, lineEnd).trimEnd();
    if (isProxyLine(line)) return this.#kind === null;
    const start = parseStartLine(line);
    return start !== null && (this.#kind === null || start.kind === this.#kind);
  }

  #hold(bytes: Buffer): void {
    const length = this.#heldLength + bytes.length;
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(maxHeadLength, Math.max(length, this.#held.length * 2, 1_024)));
      this.#held.copy(larger, 0, 0, this.#heldLength);
      this.#budget.held += larger.length - this.#held.length;
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#heldLength);
    this.#heldLength = length;
  }

  #release(): void {
    this.#budget.held -= this.#held.length;
    this.#held = none;
    this.#heldLength = 0;
    this.#scanned = 0;
    this.#started = false;
  }
}

const none = Buffer.alloc(0);
