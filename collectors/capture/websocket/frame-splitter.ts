import type { Budget } from '#collectors/capture/tcp/receiver';

/** Of a message that is looked into, at most; a longer one is counted only. */
const maxMessage = 65_536;

/** What one direction of a WebSocket says. */
export interface Messages {
  /**
   * The end of a message. `content` is what it held, unmasked and still compressed where `compressed` says so; `null` when it was not
   * looked into or was too long. It is used again when this returns.
   */
  message(text: boolean, compressed: boolean, content: Buffer | null): void;
}

const opcode = { continuation: 0, text: 1, binary: 2, close: 8 } as const;
const none = Buffer.alloc(0);

/**
 * Splits one direction into messages (RFC 6455, section 5), in pieces of any size: fragments are joined, control frames between them
 * passed over. Nothing is kept unless it is asked to look.
 */
export class FrameSplitter {
  /** Whether contents are wanted. */
  looks: boolean;
  readonly #messages: Messages;
  readonly #budget: Budget;
  #over = false;
  /** The head so far, at most 14 bytes, and how many it has. */
  readonly #head = new Uint8Array(14);
  #headLength = 0;
  #headSize = 2;
  #remaining = 0;
  /** Bytes of the frame that went by: where the mask is. */
  #passed = 0;
  /** The frame under way, and the message that its fragments belong to. */
  #isControl = false;
  #isLast = false;
  #inMessage = false;
  #isText = false;
  #isCompressed = false;
  #content = none;
  #length = 0;
  #isWhole = true;

  constructor(looks: boolean, messages: Messages, budget: Budget) {
    this.looks = looks;
    this.#messages = messages;
    this.#budget = budget;
  }

  /** What follows a close frame, or bytes that are none, is passed over. */
  feed(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to && !this.#over) {
      if (this.#headLength < this.#headSize) {
        this.#head[this.#headLength++] = bytes[at++]!;
        if (this.#headLength === 2) this.#sizeHead();
        if (this.#headLength === this.#headSize) this.#begin();
      } else {
        const taken = Math.min(this.#remaining, to - at);
        if (!this.#isControl && this.looks && this.#isWhole) this.#keep(bytes, at, taken);
        this.#pass(taken);
        at += taken;
      }
    }
  }

  /** Whether a hole of so many bytes lies within a frame's content, so that counting goes on; it stops otherwise. */
  gap(length: number): void {
    if (this.#headLength < this.#headSize || length > this.#remaining) {
      this.close();
      return;
    }
    this.#isWhole = false;
    this.#pass(length);
  }

  close(): void {
    this.#over = true;
    this.#release();
  }

  #sizeHead(): void {
    const short = this.#head[1]! & 0x7f;
    this.#headSize = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (this.#head[1]! >= 0x80 ? 4 : 0);
  }

  /** Section 5.2. */
  #begin(): void {
    const first = this.#head[0]!;
    const code = first & 0x0f;
    this.#isControl = code >= 8;
    this.#isLast = first >= 0x80;
    this.#remaining = this.#contentLength();
    this.#passed = 0;
    const plausible = this.#isControl
      ? code <= 10 && this.#isLast && this.#remaining <= 125
      : code <= opcode.binary && (code === opcode.continuation) === this.#inMessage;
    if (!plausible || (first & 0x30) !== 0 || code === opcode.close) {
      this.close();
      return;
    }
    if (code !== opcode.continuation && !this.#isControl) {
      this.#inMessage = true;
      this.#isText = code === opcode.text;
      this.#isCompressed = (first & 0x40) !== 0;
      this.#isWhole = true;
      this.#length = 0;
    }
    if (this.#remaining === 0) this.#pass(0);
  }

  #contentLength(): number {
    const short = this.#head[1]! & 0x7f;
    if (short < 126) return short;
    let length = 0;
    const end = short === 126 ? 4 : 10;
    for (let at = 2; at < end; at++) length = length * 256 + this.#head[at]!;
    return length;
  }

  #pass(length: number): void {
    this.#remaining -= length;
    this.#passed += length;
    if (this.#remaining > 0) return;
    this.#headLength = 0;
    this.#headSize = 2;
    if (this.#isControl || !this.#isLast) return;
    this.#inMessage = false;
    const content = this.looks && this.#isWhole ? this.#content.subarray(0, this.#length) : null;
    this.#messages.message(this.#isText, this.#isCompressed, content);
    this.#release();
  }

  /** Section 5.3: the mask goes on from piece to piece of a frame. */
  #keep(bytes: Buffer, from: number, length: number): void {
    const end = this.#length + length;
    if (end > maxMessage) {
      this.#isWhole = false;
      this.#release();
      return;
    }
    if (end > this.#content.length) this.#grow(end);
    const masked = this.#head[1]! >= 0x80;
    const mask = this.#headSize - 4;
    for (let i = 0; i < length; i++) {
      const key = masked ? this.#head[mask + ((this.#passed + i) & 3)]! : 0;
      this.#content[this.#length + i] = bytes[from + i]! ^ key;
    }
    this.#length = end;
  }

  #grow(length: number): void {
    const room = Math.min(maxMessage, Math.max(length, this.#content.length * 2, 256));
    const larger = Buffer.allocUnsafe(room);
    this.#content.copy(larger, 0, 0, this.#length);
    this.#budget.held += room - this.#content.length;
    this.#content = larger;
  }

  #release(): void {
    this.#budget.held -= this.#content.length;
    this.#content = none;
    this.#length = 0;
  }
}
