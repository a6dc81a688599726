import type { Budget } from '#collectors/capture/tcp/receiver';
import { type GrpcProtocol, trailersOf } from '#collectors/traffic/grpc';

/** The frame of trailers, at most. */
const maxTrailers = 4_096;

/**
 * Counts the length-prefixed messages of one direction (gRPC over HTTP/2: Length-Prefixed-Message; gRPC-Web and Connect streams have
 * the same prefix), whose bytes come in pieces of any size, and finds the trailers that the latter two carry in the body.
 */
export class GrpcMessages {
  count = 0;
  /** What the last frame said; `null` until then. */
  trailers: ReadonlyMap<string, string> | null = null;
  readonly #protocol: GrpcProtocol;
  #over = false;
  #prefix = 0;
  #flags = 0;
  #remaining = 0;
  #end: Buffer | null = null;
  #endLength = 0;
  readonly #base64: Base64 | null;
  readonly #budget: Budget;

  /** `text`: the body is base64 (`application/grpc-web-text`). */
  constructor(protocol: GrpcProtocol, text: boolean, budget: Budget) {
    this.#protocol = protocol;
    this.#base64 = text ? new Base64() : null;
    this.#budget = budget;
  }

  feed(bytes: Buffer, from: number, to: number): void {
    if (this.#over) return;
    if (this.#base64 === null) {
      this.#split(bytes, from, to);
      return;
    }
    const decoded = this.#base64.decode(bytes, from, to);
    this.#split(decoded, 0, decoded.length);
  }

  /** Bytes are missing: what is counted by then stays. */
  stop(): void {
    this.#over = true;
    this.#budget.held -= this.#end?.length ?? 0;
    this.#end = null;
  }

  #split(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to && !this.#over) {
      if (this.#prefix < 5) {
        if (this.#prefix === 0) this.#flags = bytes[at]!;
        else this.#remaining = this.#remaining * 256 + bytes[at]!;
        at++;
        if (++this.#prefix === 5) this.#begin();
      } else {
        const taken = Math.min(this.#remaining, to - at);
        if (this.#end !== null) bytes.copy(this.#end, this.#endLength, at, at + taken);
        this.#endLength += taken;
        this.#remaining -= taken;
        at += taken;
        if (this.#remaining === 0) this.#finish();
      }
    }
  }

  #begin(): void {
    const isEnd =
      this.#protocol === 'grpc-web' ? this.#flags >= 0x80 : this.#protocol === 'connect' && this.#flags >= 2;
    if (!isEnd && this.#flags > 1) {
      this.stop();
      return;
    }
    if (!isEnd) this.count++;
    this.#endLength = 0;
    // Compressed ones (the lowest bit) are not looked into.
    if (isEnd && (this.#flags & 1) === 0 && this.#remaining <= maxTrailers) {
      this.#end = Buffer.allocUnsafe(this.#remaining);
      this.#budget.held += this.#remaining;
    }
    if (this.#remaining === 0) this.#finish();
  }

  #finish(): void {
    if (this.#end !== null) {
      this.trailers = trailersOf(this.#protocol, this.#end.toString('latin1'));
      this.stop();
    }
    this.#prefix = 0;
  }
}

/** Base64 in pieces of any size, each part of which may end in padding (PROTOCOL-WEB.md of gRPC). */
class Base64 {
  #bits = 0;
  #count = 0;

  decode(bytes: Buffer, from: number, to: number): Buffer {
    const decoded = Buffer.allocUnsafe(to - from);
    let length = 0;
    for (let at = from; at < to; at++) {
      const value = digits.indexOf(String.fromCharCode(bytes[at]!));
      if (value < 0) {
        this.#count = 0;
        continue;
      }
      this.#bits = ((this.#bits << 6) | value) & 0xffff;
      this.#count += 6;
      if (this.#count < 8) continue;
      this.#count -= 8;
      decoded[length++] = (this.#bits >> this.#count) & 0xff;
    }
    return decoded.subarray(0, length);
  }
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
