import { Bytes } from './bytes.ts';
import type { Field } from './client.ts';
import type { MadeExchange } from './exchange.ts';
import { HpackEncoder } from './hpack.ts';
import type { Random } from './random.ts';

/** Frame types and flags (RFC 9113, section 6). */
const frame = { data: 0, headers: 1, settings: 4, ping: 6, windowUpdate: 8, continuation: 9 } as const;
const endStream = 1;
const acknowledged = 1;
const endHeaders = 4;

/** A frame's payload, at most, as long as nobody agreed on more. */
const maxFrame = 16_384;

/** Fields whose value is another in each message: nobody keeps them in a table. */
const passing =
  /^(:path|content-length|etag|x-request-id|x-client-time|traceparent|idempotency-key|if-none-match|set-cookie|date|authorization)$/;

/** One connection of HTTP/2 in clear by prior knowledge (RFC 9113). */
export class Http2Writer {
  readonly #random: Random;
  readonly #encoders: readonly [HpackEncoder, HpackEncoder];
  readonly #block = new Bytes(1_024);
  #stream = -1;

  constructor(random: Random) {
    this.#random = random;
    const huffman = random.chance(0.85);
    this.#encoders = [new HpackEncoder(huffman), new HpackEncoder(huffman)];
  }

  /** Requests that are sent together, and their answers, whose frames are mixed. */
  write([asked, answered]: readonly [Bytes, Bytes], exchanges: readonly MadeExchange[]): void {
    if (this.#stream < 0) this.#greet(asked, answered);
    const streams = exchanges.map(() => (this.#stream += 2));
    exchanges.forEach((exchange, i) => void this.#request(asked, streams[i]!, exchange));
    const sent = exchanges.map((exchange, i) => this.#responseHead(answered, streams[i]!, exchange));
    for (let left = exchanges.length; left > 0; ) {
      left = 0;
      exchanges.forEach(({ responseBody, chunked }, i) => {
        const from = sent[i]!;
        if (responseBody === null || from < 0) return;
        const to = Math.min(responseBody.length, from + 1 + this.#random.below(maxFrame));
        const last = to === responseBody.length;
        header(answered, to - from, frame.data, last && !chunked ? endStream : 0, streams[i]!);
        answered.bytes(responseBody, from, to);
        if (last && chunked) header(answered, 0, frame.data, endStream, streams[i]!);
        sent[i] = last ? -1 : to;
        if (!last) left++;
      });
    }
    this.#between(asked);
  }

  #greet(asked: Bytes, answered: Bytes): void {
    asked.text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    // No push, and a larger window (section 6.5.2).
    header(asked, 12, frame.settings, 0, 0);
    setting(asked, 2, 0);
    setting(asked, 4, 1_048_576);
    windowUpdate(asked, 0, 15_663_105);
    header(answered, 6, frame.settings, 0, 0);
    setting(answered, 3, 128);
    header(answered, 0, frame.settings, acknowledged, 0);
  }

  /** What clients say beside their requests. */
  #between(asked: Bytes): void {
    const random = this.#random;
    if (random.chance(0.2)) windowUpdate(asked, 0, 65_536);
    if (random.chance(0.02)) {
      header(asked, 8, frame.ping, 0, 0);
      asked.text(random.hex(8));
    }
    if (this.#stream < 3) header(asked, 0, frame.settings, acknowledged, 0);
  }

  #request(to: Bytes, stream: number, exchange: MadeExchange): void {
    const { operation, method, target, requestFields, requestBody } = exchange;
    const pseudo: Field[] = [
      [':method', method],
      [':scheme', 'http'],
      [':authority', operation.host],
      [':path', target],
    ];
    this.#headers(to, stream, this.#encoders[0], [...pseudo, ...requestFields], requestBody === null);
    if (requestBody === null) return;
    header(to, requestBody.length, frame.data, endStream, stream);
    to.bytes(requestBody);
  }

  /** How far its body is sent: 0, or -1 when there is none. */
  #responseHead(to: Bytes, stream: number, { status, responseFields, responseBody }: MadeExchange): number {
    const fields: Field[] = [[':status', String(status)], ...responseFields];
    this.#headers(to, stream, this.#encoders[1], fields, responseBody === null);
    return responseBody === null ? -1 : 0;
  }

  /** One in fifty header blocks goes on in a second frame (section 6.10). */
  #headers(to: Bytes, stream: number, encoder: HpackEncoder, fields: readonly Field[], last: boolean): void {
    const block = this.#block;
    block.clear();
    for (const [name, value] of fields) encoder.field(block, name, value, !passing.test(name));
    const end = last ? endStream : 0;
    const first = this.#random.chance(0.02) ? this.#random.below(block.length) : block.length;
    header(to, first, frame.headers, end | (first === block.length ? endHeaders : 0), stream);
    to.bytes(block.buffer, 0, first);
    if (first === block.length) return;
    header(to, block.length - first, frame.continuation, endHeaders, stream);
    to.bytes(block.buffer, first, block.length);
  }
}

/** A frame's header: length, type, flags, stream (section 4.1). */
function header(to: Bytes, length: number, type: number, flags: number, stream: number): void {
  to.byte(length >>> 16);
  to.byte((length >>> 8) & 0xff);
  to.byte(length & 0xff);
  to.byte(type);
  to.byte(flags);
  word(to, stream);
}

function setting(to: Bytes, name: number, value: number): void {
  to.byte(0);
  to.byte(name);
  word(to, value);
}

function windowUpdate(to: Bytes, stream: number, more: number): void {
  header(to, 4, frame.windowUpdate, 0, stream);
  word(to, more);
}

function word(to: Bytes, value: number): void {
  to.byte(value >>> 24);
  to.byte((value >>> 16) & 0xff);
  to.byte((value >>> 8) & 0xff);
  to.byte(value & 0xff);
}
