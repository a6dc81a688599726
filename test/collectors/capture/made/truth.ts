import type { MadeExchange } from './exchange.ts';

/** What a made capture holds. */
export interface Truth {
  /** Size of the file. */
  bytes: number;
  packets: number;
  /** Packets that only acknowledge, that stand behind their successor, and that are there twice. */
  acks: number;
  reordered: number;
  repeated: number;
  connections: number;
  requests: number;
  /** Requests by `GET api.example.com /v1/orders/{id} 200`. */
  counts: Record<string, number>;
}

/** Counts exchanges while they are made. */
export class Counts {
  readonly #counts = new Map<string, number>();
  requests = 0;

  add({ operation, method, status }: MadeExchange): void {
    const key = `${method} ${operation.host} ${operation.template} ${status}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.requests++;
  }

  /** Ordered, so that the same capture has the same text. */
  all(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
