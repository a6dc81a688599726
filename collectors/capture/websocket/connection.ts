import type { Session } from '#collectors/capture/session';
import type { Piece, Receiver, Side } from '#collectors/capture/tcp/receiver';
import type { Exchange } from '#collectors/traffic/exchange';
import { Conversation } from './conversation.ts';

/** A conversation is told when it is over, and a long one earlier: after so many milliseconds or messages. */
const maxDuration = 300_000;
const maxMessages = 10_000;

/**
 * What follows a WebSocket's handshake (RFC 6455). Tells the handshake's exchange once, with its messages counted and the client's calls
 * named.
 */
export class WebSocketConnection implements Receiver {
  readonly #session: Session;
  readonly #client: Side;
  #exchange: Exchange | null;
  readonly #ended: [boolean, boolean] = [false, false];
  readonly #conversation: Conversation;

  /** `exchange`: the handshake's, answered with 101 and not told yet. `client`: the side that asked. */
  constructor(session: Session, exchange: Exchange, client: Side) {
    this.#session = session;
    this.#client = client;
    this.#exchange = exchange;
    this.#conversation = new Conversation(session.shared.budget);
    this.#conversation.agree(exchange.responseHeaders.get('sec-websocket-extensions'));
  }

  data(side: Side, piece: Piece): void {
    if (this.#exchange === null) return;
    if (piece.at - this.#exchange.at > maxDuration) {
      this.close();
      return;
    }
    this.#conversation.feed(side === this.#client, piece.bytes, piece.from, piece.to);
    if (this.#conversation.sent + this.#conversation.received >= maxMessages) this.close();
  }

  gap(side: Side, length: number): void {
    if (this.#exchange !== null) this.#conversation.gap(side === this.#client, length);
  }

  end(side: Side): void {
    this.#ended[side] = true;
    if (this.#ended[0] && this.#ended[1]) this.close();
  }

  close(): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    this.#exchange = null;
    const { sent, received, calls } = this.#conversation;
    this.#conversation.stop();
    exchange.protocol = 'websocket';
    exchange.messages = { sent, received };
    if (calls !== undefined) exchange.calls = calls;
    this.#session.shared.emit(exchange);
  }
}
