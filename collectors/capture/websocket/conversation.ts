import type { Budget } from '#collectors/capture/tcp/receiver';
import { callsIn } from './calls.ts';
import { FrameSplitter, type Messages } from './frame-splitter.ts';
import { Inflater } from './inflater.ts';

/** Messages of the client that are looked into, and names that are kept of them. */
const maxLooked = 64;
const maxCalls = 32;

/** Both directions of a WebSocket: how many messages, and what the client's call. */
export class Conversation implements Messages {
  sent = 0;
  received = 0;
  readonly #calls = new Set<string>();
  readonly #client: FrameSplitter;
  readonly #server: FrameSplitter;
  #inflater: Inflater | null = null;

  constructor(budget: Budget) {
    this.#client = new FrameSplitter(true, this, budget);
    this.#server = new FrameSplitter(false, { message: () => void this.received++ }, budget);
  }

  /** What the server agreed to (`Sec-WebSocket-Extensions`): messages may be compressed from now on. */
  agree(extensions: string | undefined): void {
    if (extensions === undefined || !/(?:^|[\s,])permessage-deflate(?:[\s;,]|$)/i.test(extensions)) return;
    this.#inflater = new Inflater(!/client_no_context_takeover/i.test(extensions));
  }

  feed(byClient: boolean, bytes: Buffer, from: number, to: number): void {
    (byClient ? this.#client : this.#server).feed(bytes, from, to);
  }

  gap(byClient: boolean, length: number): void {
    (byClient ? this.#client : this.#server).gap(length);
    // What was compressed refers to what is missing.
    if (byClient) this.#client.looks = false;
  }

  /** Nothing more is read, and nothing held; the counts stay. */
  stop(): void {
    this.#client.close();
    this.#server.close();
  }

  /** Names that the client called, in the order of their first use; `undefined` for none. */
  get calls(): string[] | undefined {
    return this.#calls.size > 0 ? [...this.#calls] : undefined;
  }

  /** Of the client's direction. */
  message(text: boolean, compressed: boolean, content: Buffer | null): void {
    this.sent++;
    if (!this.#client.looks) return;
    if (this.sent >= maxLooked) this.#client.looks = false;
    const plain = content !== null && compressed ? (this.#inflater?.inflate(content) ?? null) : content;
    // Later messages may refer to what is not known.
    if (plain === null && this.#inflater !== null) this.#client.looks = false;
    if (plain === null || !text) return;
    for (const call of callsIn(plain.toString())) if (this.#calls.size < maxCalls) this.#calls.add(call);
  }
}
