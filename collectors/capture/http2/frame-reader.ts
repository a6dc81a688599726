import type { Budget, Piece, Side } from '#collectors/capture/tcp/receiver';
import {
  beginsHttp2,
  couldBeHttp2,
  defaultMaxFrame,
  flag,
  frameType,
  headerLength,
  isFrame,
  largestFrame,
  preface,
} from './frame.ts';

/** What one direction of a connection says. */
export interface Frames {
  /** A whole frame but DATA. Its bytes are used again when this returns. */
  frame(side: Side, type: number, flags: number, stream: number, bytes: Buffer, from: number, to: number): void;
  /** The connection's preface (section 3.4), which its client sends. */
  preface(side: Side): void;
  /** A part of a DATA frame's content, in order. */
  content(side: Side, stream: number, bytes: Buffer, from: number, to: number): void;
  /** So many bytes of a DATA frame's content are missing, and nothing else. */
  hole(side: Side, stream: number, length: number): void;
  /** The end of a DATA frame with END_STREAM. */
  contentEnded(side: Side, stream: number): void;
  /** Frames may be missing. With `gap`, because bytes are; otherwise because these are no frames. */
  lost(side: Side, gap: boolean): void;
}

/** A frame of headers longer than this is passed over. */
const maxHeld = 65_536;

type State = 'start' | 'preface' | 'header' | 'padding' | 'data' | 'rest' | 'whole' | 'lost';

/**
 * Splits one direction of a connection into frames (RFC 9113, section 4), in pieces of any size. DATA passes through; of other frames
 * one is held at most, and only when it does not come in one piece. After a gap that may have taken a frame's header, and where a
 * capture began late, it goes on at the next piece that begins with a frame.
 */
export class FrameReader {
  readonly #side: Side;
  readonly #frames: Frames;
  readonly #budget: Budget;
  #state: State;
  /** Of the frame under way: when it began, and in which packet. */
  at = 0;
  ref = 0;
  /** Longest frame that the other side takes; `null` where it may have said so before the capture. */
  maxFrame: number | null;
  #type = 0;
  #flags = 0;
  #stream = 0;
  /** Bytes that the frame has yet, and those of its padding. */
  #remaining = 0;
  #padding = 0;
  /** A header, a preface or a frame so far. */
  #held: Buffer = Buffer.allocUnsafe(headerLength);
  #heldLength = 0;

  /** `midway`: the capture may have begun in the middle. */
  constructor(side: Side, midway: boolean, frames: Frames, budget: Budget) {
    this.#side = side;
    this.#frames = frames;
    this.#budget = budget;
    this.#state = midway ? 'lost' : 'start';
    this.maxFrame = midway ? null : defaultMaxFrame;
  }

  /** Hot: once a packet, and its loop once a frame. */
  feed(piece: Piece): void {
    const { bytes, to } = piece;
    let at = piece.from;
    if (this.#state === 'lost') this.#resume(bytes, at, to);
    while (at < to) {
      switch (this.#state) {
        case 'start':
          this.#heldLength = 0;
          this.#state = bytes[at] === preface[0] ? 'preface' : 'header';
          break;
        case 'preface':
          if (bytes[at++] !== preface[this.#heldLength++]) {
            this.#lose(false);
            return;
          }
          if (this.#heldLength === preface.length) {
            this.#toHeader();
            this.#frames.preface(this.#side);
          }
          break;
        case 'header':
          at = this.#header(piece, at);
          break;
        case 'padding':
          this.#padding = bytes[at++]!;
          this.#remaining--;
          if (this.#padding > this.#remaining) {
            this.#lose(false);
            return;
          }
          this.#state = 'data';
          if (this.#remaining === 0) this.#endData();
          break;
        case 'data':
          at = this.#data(bytes, at, to);
          break;
        case 'rest': {
          const taken = Math.min(this.#remaining, to - at);
          this.#remaining -= taken;
          at += taken;
          if (this.#remaining === 0) this.#toHeader();
          break;
        }
        case 'whole':
          at = this.#whole(bytes, at, to);
          break;
        case 'lost':
          return;
      }
    }
  }

  gap(length: number): void {
    if (this.#state === 'data' && length <= this.#remaining) {
      const content = Math.min(length, this.#remaining - this.#padding);
      this.#remaining -= length;
      if (content > 0) this.#frames.hole(this.#side, this.#stream, content);
      if (this.#remaining === 0) this.#endData();
    } else if (this.#state === 'rest' && length <= this.#remaining) {
      this.#remaining -= length;
      if (this.#remaining === 0) this.#toHeader();
    } else if (this.#state !== 'lost') {
      this.#lose(true);
    }
  }

  /** Frees what is held; nothing more is read. */
  release(): void {
    this.#shrink();
    this.#state = 'lost';
  }

  #header({ bytes, to, at: time, ref }: Piece, at: number): number {
    if (this.#heldLength === 0) {
      this.at = time;
      this.ref = ref;
      if (to - at >= headerLength) {
        this.#begin(bytes, at);
        return at + headerLength;
      }
    }
    while (at < to && this.#heldLength < headerLength) this.#held[this.#heldLength++] = bytes[at++]!;
    if (this.#heldLength === headerLength) {
      this.#heldLength = 0;
      this.#begin(this.#held, 0);
    }
    return at;
  }

  #begin(bytes: Buffer, at: number): void {
    const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    const type = bytes[at + 3]!;
    this.#type = type;
    this.#flags = bytes[at + 4]!;
    this.#stream = ((bytes[at + 5]! & 0x7f) << 24) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 8) | bytes[at + 8]!;
    this.#remaining = length;
    this.#padding = 0;
    if (length > (this.maxFrame ?? largestFrame) || !isFrame(type, length, this.#stream)) {
      this.#lose(false);
    } else if (type === frameType.data) {
      const padded = (this.#flags & flag.padded) !== 0;
      if (padded && length === 0) this.#lose(false);
      else this.#state = padded ? 'padding' : 'data';
      if (length === 0 && !padded) this.#endData();
    } else if (type > frameType.continuation || length > maxHeld) {
      // What headers it had is lost: they are told as such, and the table with them.
      if (type <= frameType.continuation) this.#frames.lost(this.#side, false);
      this.#state = length === 0 ? 'header' : 'rest';
    } else {
      this.#state = 'whole';
      if (length === 0) this.#tell(bytes, at, at);
    }
  }

  #data(bytes: Buffer, at: number, to: number): number {
    const taken = Math.min(this.#remaining, to - at);
    const content = Math.min(taken, this.#remaining - this.#padding);
    this.#remaining -= taken;
    if (content > 0) this.#frames.content(this.#side, this.#stream, bytes, at, at + content);
    if (this.#remaining === 0 && this.#state === 'data') this.#endData();
    return at + taken;
  }

  #endData(): void {
    this.#toHeader();
    if ((this.#flags & flag.endStream) !== 0) this.#frames.contentEnded(this.#side, this.#stream);
  }

  #whole(bytes: Buffer, at: number, to: number): number {
    if (this.#heldLength === 0 && to - at >= this.#remaining) {
      const end = at + this.#remaining;
      this.#tell(bytes, at, end);
      return end;
    }
    if (this.#heldLength === 0) this.#makeRoom(this.#remaining);
    const taken = Math.min(this.#remaining, to - at);
    bytes.copy(this.#held, this.#heldLength, at, at + taken);
    this.#heldLength += taken;
    this.#remaining -= taken;
    if (this.#remaining === 0) {
      this.#tell(this.#held, 0, this.#heldLength);
      this.#shrink();
    }
    return at + taken;
  }

  /** The state is set first, as what is told may end the reading. */
  #tell(bytes: Buffer, from: number, to: number): void {
    this.#toHeader();
    this.#frames.frame(this.#side, this.#type, this.#flags, this.#stream, bytes, from, to);
  }

  #toHeader(): void {
    this.#state = 'header';
    this.#heldLength = 0;
  }

  #lose(gap: boolean): void {
    this.#shrink();
    this.#state = 'lost';
    this.#frames.lost(this.#side, gap);
  }

  #resume(bytes: Buffer, from: number, to: number): void {
    if (beginsHttp2(bytes, from, to) === 'client') this.#state = 'start';
    else if (couldBeHttp2(bytes, from, to, this.maxFrame ?? defaultMaxFrame)) this.#toHeader();
  }

  #makeRoom(length: number): void {
    if (length <= this.#held.length) return;
    this.#budget.held += length;
    this.#held = Buffer.allocUnsafe(length);
  }

  #shrink(): void {
    this.#heldLength = 0;
    if (this.#held.length === headerLength) return;
    this.#budget.held -= this.#held.length;
    this.#held = Buffer.allocUnsafe(headerLength);
  }
}
