import { type Distinct, mergeDistinct, noteDistinct } from './distinct.ts';
import { hashText } from './hash.ts';
import { networkOf } from './network.ts';
import { retained } from './retained.ts';

/** What is known of one caller, to tell probing from use. Plain data; its name stays in memory, and is in no sighting. */
export interface Client {
  name: string;
  /** Hashes of its name and of its network; `null` when its name is no address. */
  hash: number;
  network: number | null;
  exchanges: number;
  misses: number;
  /** Distinct templates that it asked for in vain; enough of them to decide. */
  missed: Distinct;
}

/** So many distinct operations that are not there are no slip of a program. */
const enough = 20;

/** One client, many distinct paths, and mostly answers that there is no such thing. */
export function isProbing(client: Client): boolean {
  return client.missed.length >= enough && client.misses * 2 > client.exchanges;
}

/** The clients of a fold, at most `limit` of them. */
export class Clients {
  readonly #known = new Map<string, Client>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts an exchange, `missed` the hash of a template that is not there; `null` when it is not known who asked. Hot. */
  note(name: string, missed: number | null): Client | null {
    if (name === '') return null;
    const client = this.#known.get(name) ?? this.#begin(name);
    client.exchanges++;
    if (missed !== null) {
      client.misses++;
      noteDistinct(client.missed, missed, enough);
    }
    return client;
  }

  /** Adds what another fold knows of a client; gives this one's own. */
  unite(other: Client): Client {
    const client = this.#known.get(other.name) ?? this.#begin(other.name);
    client.exchanges += other.exchanges;
    client.misses += other.misses;
    mergeDistinct(client.missed, other.missed, enough);
    return client;
  }

  all(): Client[] {
    return [...this.#known.values()];
  }

  /** How many of them probe. */
  probing(): number {
    return this.all().filter(isProbing).length;
  }

  #begin(name: string): Client {
    if (this.#known.size >= this.#limit) this.#forget();
    const network = networkOf(name);
    const client: Client = {
      name: retained(name),
      hash: hashText(name),
      network: network === null ? null : hashText(network),
      exchanges: 0,
      misses: 0,
      missed: [],
    };
    this.#known.set(client.name, client);
    return client;
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
