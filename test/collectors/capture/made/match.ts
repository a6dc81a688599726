import type { Exchange } from '#collectors/traffic/exchange';
import type { Truth } from './truth.ts';

/** What was read against what was made, by method, host, template and status. */
export interface Match {
  found: number;
  /** Requests that were made and not read, and read and not made. */
  missed: number;
  invented: number;
  /** Some of each kind, for a message: `GET api.example.com /v1/orders/{id} 200: 3 of 4`. */
  differences: string[];
}

interface Known {
  template: string;
  pattern: RegExp;
}

/** Counts what was read by the templates of the truth. */
export class Matcher {
  readonly #truth: Truth;
  /** By method and host. */
  readonly #known = new Map<string, Known[]>();
  readonly #read = new Map<string, number>();
  #found = 0;

  constructor(truth: Truth) {
    this.#truth = truth;
    for (const key of Object.keys(truth.counts)) {
      const [method, host, template = ''] = key.split(' ');
      const place = `${method} ${host}`;
      const known = this.#known.get(place) ?? [];
      this.#known.set(place, known);
      if (known.some((one) => one.template === template)) continue;
      const literal = template.split('{id}').map((text) => text.replace(/[.+*?()[\]]/g, '\\$&'));
      known.push({ template, pattern: new RegExp(`^${literal.join('[^/?]+')}(\\?|$)`) });
    }
  }

  add({ method, host, target, status }: Pick<Exchange, 'method' | 'host' | 'target' | 'status'>, count = 1): void {
    const known = this.#known.get(`${method} ${host}`)?.find(({ pattern }) => pattern.test(target));
    const key = `${method} ${host} ${known?.template ?? target} ${status}`;
    this.#read.set(key, (this.#read.get(key) ?? 0) + count);
    this.#found += count;
  }

  result(): Match {
    const match: Match = { found: this.#found, missed: 0, invented: 0, differences: [] };
    for (const key of new Set([...Object.keys(this.#truth.counts), ...this.#read.keys()])) {
      const made = this.#truth.counts[key] ?? 0;
      const read = this.#read.get(key) ?? 0;
      match.missed += Math.max(0, made - read);
      match.invented += Math.max(0, read - made);
      if (made !== read && match.differences.length < 20) match.differences.push(`${key}: ${read} of ${made}`);
    }
    return match;
  }
}
