import { retained } from './retained.ts';

/** What is known of one caller, to tell probing from use. Its name is not kept in it. */
export interface Client {
  exchanges: number;
  misses: number;
  /** Distinct templates that it asked for in vain; enough of them to decide. */
  missed: Set<string>;
}

/** So many distinct operations that are not there are no slip of a program. */
const enough = 20;

/** One client, many distinct paths, and mostly answers that there is no such thing. */
export function isProbing(client: Client): boolean {
  return client.missed.size >= enough && client.misses * 2 > client.exchanges;
}

/** The clients of a fold, at most `limit` of them. */
export class Clients {
  readonly #known = new Map<string, Client>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts an exchange; `null` when it is not known who asked. */
  note(name: string, missed: string | null): Client | null {
    if (name === '') return null;
    let client = this.#known.get(name);
    if (!client) {
      if (this.#known.size >= this.#limit) this.#forget();
      client = { exchanges: 0, misses: 0, missed: new Set() };
      this.#known.set(retained(name), client);
    }
    client.exchanges++;
    if (missed !== null) {
      client.misses++;
      if (client.missed.size < enough) client.missed.add(missed);
    }
    return client;
  }

  /** How many of them probe. */
  probing(): number {
    return [...this.#known.values()].filter(isProbing).length;
  }

  /** Those that probe stay known; of the rest, the older half is begun anew. */
  #forget(): void {
    let spare = Math.max(1, this.#limit >> 1);
    for (const [name, client] of this.#known) {
      if (spare === 0) return;
      if (isProbing(client)) continue;
      this.#known.delete(name);
      spare--;
    }
    if (spare > 0) this.#known.clear();
  }
}
