import { addressOf, authorityOf } from '#collectors/capture/packet/endpoint';
import type { Session } from '#collectors/capture/session';
import type { Piece, Receiver, Side } from '#collectors/capture/tcp/receiver';
import { type Ends, exchangeOf, isRequest } from './exchange.ts';
import { defaultMaxFrame, flag, frameType, largestFrame } from './frame.ts';
import { FrameReader, type Frames } from './frame-reader.ts';
import { type Head, HeadDecoder, unknownHead } from './head.ts';
import { HeaderBlock } from './header-block.ts';
import { beginAnswer, beginRequest, cutHalf, type Half, openStream, releaseStream, type Stream } from './stream.ts';

/** Streams of a connection that are followed at once; beyond, the oldest is told as it is. */
const maxStreams = 1_000;
/** Of them, those that wait for an answer although the client reset them: a flood of resets must not cost the others their place. */
const maxGivenUp = 100;
/** Memory of a connection beside what it holds. */
const overhead = 4_096;
/** SETTINGS_MAX_FRAME_SIZE (RFC 9113, section 6.5.2). */
const maxFrameSize = 5;

/** The request of HTTP/1 that upgraded a connection to h2c (RFC 7540, section 3.2): it is stream 1. */
export interface UpgradedRequest {
  at: number;
  ref: number;
  method: string;
  host: string;
  target: string;
  headers: ReadonlyMap<string, string>;
}

export interface Http2Options {
  /** The side that asks, where it is known; otherwise the preface and the heads tell. */
  client?: Side;
  upgraded?: UpgradedRequest;
}

/**
 * The exchanges of a connection of HTTP/2 (RFC 9113), each when both its directions have ended, when it is reset, or when the
 * connection is over.
 *
 * Where the capture began late or bytes are missing, header tables are known in part: a request is told only when its method and path
 * are known, and counted as `nameless` otherwise; nothing is guessed.
 */
export class Http2Connection implements Receiver, Frames {
  readonly #session: Session;
  readonly #readers: readonly [FrameReader, FrameReader];
  readonly #heads: [HeadDecoder, HeadDecoder];
  readonly #blocks: readonly [HeaderBlock, HeaderBlock];
  readonly #streams = new Map<number, Stream>();
  #client: Side | null;
  /** Streams that the client reset and that were not answered yet, oldest first. */
  readonly #givenUp: number[] = [];
  /** Made once: it is asked for with every exchange. */
  #known: Ends | null = null;
  /** The highest stream that the client opened. */
  #lastAsked = 0;
  /** The connection's beginning is in the capture; and which sides have said something since. */
  #prefaced = false;
  readonly #begun: [boolean, boolean] = [false, false];
  /** By side, how often frames may have been lost: what was open then may lack something. */
  readonly #losses: [number, number];
  /** Time of the piece that is read, and which file of the recording it stands in. */
  #now = 0;
  #file: number;
  readonly #ended: [boolean, boolean] = [false, false];
  #closed = false;

  constructor(session: Session, { client, upgraded }: Http2Options = {}) {
    const { budget } = session.shared;
    const midway = session.midway && upgraded === undefined;
    this.#session = session;
    this.#client = client ?? null;
    this.#file = session.shared.files;
    this.#readers = [new FrameReader(0, midway, this, budget), new FrameReader(1, midway, this, budget)];
    this.#heads = [new HeadDecoder(midway, budget), new HeadDecoder(midway, budget)];
    this.#blocks = [new HeaderBlock(budget), new HeaderBlock(budget)];
    this.#losses = midway ? [1, 1] : [0, 0];
    budget.held += overhead;
    if (upgraded !== undefined) this.#upgrade(upgraded);
  }

  data(side: Side, piece: Piece): void {
    if (this.#closed) return;
    if (this.#file !== this.#session.shared.files) this.#goOn();
    this.#now = piece.at;
    this.#readers[side].feed(piece);
  }

  gap(side: Side, length: number): void {
    if (!this.#closed) this.#readers[side].gap(length);
  }

  /** What is open waits for the other side. */
  end(side: Side): void {
    this.#ended[side] = true;
    if (this.#ended[0] && this.#ended[1]) this.close();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const stream of this.#streams.values()) this.#tell(stream);
    this.#streams.clear();
    for (const parts of [this.#readers, this.#heads, this.#blocks]) for (const part of parts) part.release();
    this.#session.shared.budget.held -= overhead;
  }

  #goOn(): void {
    this.#file = this.#session.shared.files;
    for (const heads of this.#heads) heads.recount();
  }

  preface(side: Side): void {
    this.#client ??= side;
    this.#prefaced = true;
    if (this.#losses[side] > 0 && !this.#begun[side]) this.#renew(side);
    this.#begun[side] = true;
  }

  frame(side: Side, type: number, flags: number, stream: number, bytes: Buffer, from: number, to: number): void {
    if (!this.#begun[side]) this.#begin(side, type === frameType.settings && (flags & flag.ack) === 0);
    const block = this.#blocks[side];
    if (block.open !== (type === frameType.continuation)) {
      this.lost(side, false);
    } else if (type === frameType.headers || type === frameType.pushPromise) {
      this.#beginBlock(side, type, flags, stream, bytes, from, to);
    } else if (type === frameType.continuation) {
      if (stream === block.carrier) this.#continueBlock(side, flags, bytes, from, to);
      else this.lost(side, false);
    } else if (type === frameType.reset) {
      this.#reset(side, stream);
    } else if (type === frameType.settings) {
      this.#settings(side, bytes, from, to);
    }
  }

  /** Hot: once a packet of a body. */
  content(side: Side, id: number, bytes: Buffer, from: number, to: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    const half = this.#half(stream, side);
    half.length += to - from;
    if (stream.conversation !== null) {
      stream.conversation.feed(side === this.#client, bytes, from, to);
      return;
    }
    if (half.body !== null) half.body.add(bytes, from, to);
    if (half.messages !== null) half.messages.feed(bytes, from, to);
  }

  hole(side: Side, id: number, length: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    const half = this.#half(stream, side);
    half.length += length;
    cutHalf(half);
    stream.conversation?.gap(side === this.#client, length);
  }

  contentEnded(side: Side, id: number): void {
    const stream = this.#streams.get(id);
    if (stream !== undefined) this.#end(stream, side);
  }

  lost(side: Side, gap: boolean): void {
    this.#blocks[side].release();
    this.#heads[side].forget();
    this.#losses[side]++;
    this.#session.shared.tally[gap ? 'lostMessages' : 'desyncs']++;
  }

  #upgrade({ at, ref, method, host, target, headers }: UpgradedRequest): void {
    const stream = this.#open(1);
    this.#lastAsked = 1;
    stream.ref = ref;
    stream.request.at = at;
    stream.request.endedAt = at;
    stream.request.ended = true;
    // Its body, if any, was HTTP/1's.
    stream.request.whole = false;
    const size = 256 + target.length;
    beginRequest(
      stream,
      { ...unknownHead, method, path: target, authority: host, headers, cut: false, size },
      this.#session,
    );
  }

  /** The first frame of a side. Where the connection's beginning was seen, SETTINGS say that it is the first indeed (section 3.4). */
  #begin(side: Side, first: boolean): void {
    this.#begun[side] = true;
    if (first && this.#prefaced && this.#losses[side] === 1 && this.#session.midway) this.#renew(side);
  }

  /** Nothing of the side is missing, although the capture has no handshake. */
  #renew(side: Side): void {
    this.#heads[side].release();
    this.#heads[side] = new HeadDecoder(false, this.#session.shared.budget);
    this.#losses[side] = 0;
  }

  /** Sections 6.2 and 6.6. */
  #beginBlock(side: Side, type: number, flags: number, carrier: number, bytes: Buffer, from: number, to: number): void {
    if ((flags & flag.padded) !== 0) to -= from < to ? bytes[from++]! : 0;
    let stream = carrier;
    if (type === frameType.pushPromise) {
      this.#client ??= side === 0 ? 1 : 0;
      if (to - from >= 4) stream = bytes.readUInt32BE(from) & 0x7fff_ffff;
      flags &= ~flag.endStream;
      from += 4;
    } else if ((flags & flag.priority) !== 0) {
      from += 5;
    }
    const { at, ref } = this.#readers[side];
    if (to < from) {
      this.lost(side, false);
    } else if ((flags & flag.endHeaders) !== 0) {
      this.#head(side, stream, flags, at, ref, this.#heads[side].decode(bytes, from, to));
    } else {
      this.#blocks[side].begin(carrier, stream, flags, at, ref);
      this.#blocks[side].add(bytes, from, to);
    }
  }

  #continueBlock(side: Side, flags: number, bytes: Buffer, from: number, to: number): void {
    const block = this.#blocks[side];
    block.add(bytes, from, to);
    if ((flags & flag.endHeaders) === 0) return;
    const head = block.flooded ? null : this.#heads[side].decode(block.bytes, 0, block.length);
    block.release();
    this.#head(side, block.stream, block.flags, block.at, block.ref, head);
  }

  /** `null` for a block that could not be decoded; what it did to the table is not known. */
  #head(side: Side, id: number, flags: number, at: number, ref: number, decoded: Head | null): void {
    if (decoded === null) this.lost(side, false);
    const head = decoded ?? unknownHead;
    if (this.#client === null && head !== unknownHead) this.#client = clientBy(side, head);
    const stream =
      this.#client === side ? this.#asked(side, id, at, ref, head) : this.#answered(side, id, at, ref, head);
    if (stream !== undefined && (flags & flag.endStream) !== 0) this.#end(stream, side);
  }

  #asked(side: Side, id: number, at: number, ref: number, head: Head): Stream | undefined {
    const known = this.#streams.get(id);
    if (known !== undefined && known.request.head !== null) {
      this.#half(known, side).trailers = head;
      return known;
    }
    const isNew = id > this.#lastAsked;
    // Not by what could not be decoded: its number may be anything.
    if (head !== unknownHead) this.#lastAsked = Math.max(this.#lastAsked, id);
    if (id % 2 === 0 || !isRequest(head)) {
      if (isNew) this.#session.shared.tally.nameless++;
      return known;
    }
    const stream = known ?? this.#open(id);
    this.#ask(stream, at, ref, head);
    return stream;
  }

  #ask(stream: Stream, at: number, ref: number, head: Head): void {
    this.#session.shared.tally.requests++;
    stream.ref = ref;
    stream.request.at = at;
    beginRequest(stream, head, this.#session);
  }

  #answered(side: Side, id: number, at: number, ref: number, head: Head): Stream | undefined {
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      // Of a server's streams only the promise says what was asked (section 8.4); it is sent by the server, and has no status.
      const promised = id % 2 === 0 && head.status === 0 && this.#client !== null;
      const early = id % 2 === 1 && id > this.#lastAsked;
      if (promised && isRequest(head)) {
        stream = this.#open(id);
        this.#ask(stream, at, ref, head);
        stream.request.endedAt = at;
        stream.request.ended = true;
      } else if (early) {
        stream = this.#open(id);
      } else {
        if (head.status >= 200) this.#session.shared.tally.unasked++;
        return undefined;
      }
    }
    const half = this.#half(stream, side);
    // Interim answers (section 8.1) precede the one that counts.
    if (half.head !== null) half.trailers = head;
    else if (head.status >= 200) {
      this.#session.shared.tally.responses++;
      half.at = at;
      beginAnswer(stream, head, this.#session);
    }
    return stream;
  }

  /** What the side says in a stream; cut where frames were lost since it began. */
  #half(stream: Stream, side: Side): Half {
    const half = side === this.#client ? stream.request : stream.answer;
    const losses = this.#losses[side];
    if (half.losses !== losses && !half.ended) {
      half.losses = losses;
      half.whole = false;
      cutHalf(half);
      stream.conversation?.stop();
    }
    return half;
  }

  #end(stream: Stream, side: Side): void {
    const half = this.#half(stream, side);
    half.ended = true;
    half.endedAt = this.#now;
    const { request, answer } = stream;
    if (!answer.ended || request.head === null) return;
    // Where bytes of the client were lost, the request's end may be among them.
    if (request.ended || request.losses !== this.#losses[this.#client!]) this.#finish(stream);
  }

  /** What a client gave up may be answered all the same: the server knows later. */
  #reset(side: Side, id: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    if (side === this.#client && stream.request.head !== null && stream.answer.head === null) {
      if (!stream.request.ended) {
        stream.request.whole = false;
        this.#end(stream, side);
      }
      this.#givenUp.push(id);
      const oldest = this.#givenUp.length > maxGivenUp ? this.#streams.get(this.#givenUp.shift()!) : undefined;
      if (oldest !== undefined) this.#finish(oldest);
    } else {
      this.#finish(stream);
    }
  }

  #open(id: number): Stream {
    if (this.#streams.size >= maxStreams) for (const oldest of this.#streams.values()) return this.#replace(oldest, id);
    const [one, other] = this.#losses;
    const [asking, answering] = this.#client === 1 ? [other, one] : [one, other];
    const stream = openStream(id, asking, answering, this.#session);
    this.#streams.set(id, stream);
    return stream;
  }

  #replace(oldest: Stream, id: number): Stream {
    this.#finish(oldest);
    return this.#open(id);
  }

  #finish(stream: Stream): void {
    this.#streams.delete(stream.id);
    this.#tell(stream);
  }

  #tell(stream: Stream): void {
    const { shared } = this.#session;
    if (stream.request.head !== null) {
      this.#half(stream, this.#client!);
      this.#half(stream, this.#client === 0 ? 1 : 0);
      shared.emit(exchangeOf(stream, this.#session, this.#ends()));
    } else if (stream.answer.head !== null) {
      shared.tally.unasked++;
    }
    releaseStream(stream, this.#session);
  }

  #ends(): Ends {
    const [one, other] = this.#session.endpoints;
    const [client, server] = this.#client === 0 ? [one, other] : [other, one];
    this.#known ??= { client: addressOf(client), server: authorityOf(server) };
    return this.#known;
  }

  #settings(side: Side, bytes: Buffer, from: number, to: number): void {
    for (let at = from; at + 6 <= to; at += 6) {
      if (bytes.readUInt16BE(at) !== maxFrameSize) continue;
      this.#readers[side === 0 ? 1 : 0].maxFrame = Math.max(
        defaultMaxFrame,
        Math.min(bytes.readUInt32BE(at + 2), largestFrame),
      );
    }
  }
}

/** The side that asks, by a head that one side sent; `null` when it does not tell. */
function clientBy(side: Side, { method, path, scheme, authority, status }: Head): Side | null {
  if (status !== 0) return side === 0 ? 1 : 0;
  return method !== '' || path !== '' || scheme !== '' || authority !== '' ? side : null;
}
