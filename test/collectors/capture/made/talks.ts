import type { Bytes } from './bytes.ts';
import type { Catalogue } from './catalogue.ts';
import { type Client, newClient } from './client.ts';
import { newExchange } from './exchange.ts';
import type { Talk } from './flow.ts';
import { writeRequest, writeResponse } from './http1.ts';
import { Http2Writer } from './http2.ts';
import type { PacketWriter } from './packets.ts';
import type { Random } from './random.ts';
import type { Counts } from './truth.ts';

/** What all conversations of a capture draw from. */
export interface Stage {
  operations: Catalogue;
  counts: Counts;
  writer: PacketWriter;
  random: Random;
  /** Once the file is long enough nobody asks for more. */
  full(): boolean;
}

/** Requests one after the other on a connection that is kept alive; a few are pipelined. */
export class Http1Talk implements Talk {
  readonly #stage: Stage;
  readonly #client: Client;
  readonly #host: string;
  #left: number;

  constructor(stage: Stage, host: string, requests: number) {
    this.#stage = stage;
    this.#host = host;
    this.#client = newClient(stage.random);
    this.#left = requests;
  }

  turn([asked, answered]: readonly [Bytes, Bytes]): boolean {
    const { operations, counts, writer, random, full } = this.#stage;
    if (this.#left <= 0 || full()) return false;
    for (let pipelined = random.chance(0.02) ? 3 : 1; pipelined > 0; pipelined--) {
      const operation = operations.operation(this.#host, random);
      const exchange = newExchange(operation, this.#client, writer.date, random);
      writeRequest(asked, exchange, this.#client);
      writeResponse(answered, exchange);
      counts.add(exchange);
      this.#left--;
    }
    return true;
  }
}

/** Requests on one connection of HTTP/2: one at a time, or a few at once. */
export class Http2Talk implements Talk {
  readonly #stage: Stage;
  readonly #client: Client;
  readonly #host: string;
  readonly #writer: Http2Writer;
  #left: number;

  constructor(stage: Stage, host: string, requests: number) {
    this.#stage = stage;
    this.#host = host;
    this.#client = newClient(stage.random);
    this.#writer = new Http2Writer(stage.random);
    this.#left = requests;
  }

  turn(said: readonly [Bytes, Bytes]): boolean {
    const { operations, counts, writer, random, full } = this.#stage;
    if (this.#left <= 0 || full()) return false;
    const together = random.chance(0.3) ? 2 + random.below(6) : 1;
    const exchanges = Array.from({ length: Math.min(together, this.#left) }, () =>
      newExchange(operations.operation(this.#host, random), this.#client, writer.date, random),
    );
    for (const exchange of exchanges) counts.add(exchange);
    this.#left -= exchanges.length;
    this.#writer.write(said, exchanges);
    return true;
  }
}
