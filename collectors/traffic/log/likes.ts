import type { Exchange, Like } from '#collectors/traffic/exchange';
import { retained } from '#collectors/traffic/retained';

const places = 32_768;
const mostCredit = 15;

/**
 * Knows exchanges that are alike in all that is counted of them. Whole numbers in a target's path and query stand for each other: whatever
 * their value, they become the same placeholder, and the same type.
 *
 * Each has one place, by its hash, and is remembered when it comes for the second time: most targets with an id in them never do. Headers
 * are compared as objects; their reader has to give the same map for the same values.
 */
export class Likes {
  readonly #met = new Int32Array(places);
  /** How often what is known came of late: what is rarer than what stands in its place does not take it. */
  readonly #credit = new Uint8Array(places);
  readonly #known: (Exchange | null)[] = new Array(places).fill(null);

  /** `null` for what has not been met lately. `heads` is a number that tells the request's headers from others. Hot: once a record. */
  of(exchange: Exchange, heads: number): Like | null {
    const { target, status, method } = exchange;
    // Whether a redirect leads to another spelling of the same path hangs on the numbers.
    if (exchange.responseHeaders.has('location')) return null;
    const hash = hashOf(target, Math.imul(heads, 0x9e3779b1 | 0) ^ (status << 8) ^ method.charCodeAt(0));
    const place = hash & (places - 1);
    const known = this.#known[place] as Exchange | null;
    if (known !== null) {
      if (isAlike(known, exchange)) {
        if (this.#credit[place]! < mostCredit) this.#credit[place]!++;
        return known.like as Like;
      }
      if (this.#credit[place]! > 0) {
        this.#credit[place]!--;
        return null;
      }
    }
    if (this.#met[place] !== hash) {
      this.#met[place] = hash;
      return null;
    }
    const like: Like = { cell: null, requestsBelow: 0, responsesBelow: 0 };
    this.#known[place] = {
      ...exchange,
      method: retained(method),
      target: retained(target),
      host: retained(exchange.host),
      version: retained(exchange.version ?? ''),
      client: '',
      like,
    };
    return like;
  }
}

function isAlike(one: Exchange, other: Exchange): boolean {
  return (
    one.status === other.status &&
    one.requestHeaders === other.requestHeaders &&
    one.responseHeaders === other.responseHeaders &&
    one.mechanisms === other.mechanisms &&
    one.scheme === other.scheme &&
    one.method === other.method &&
    one.host === other.host &&
    one.version === (other.version ?? '') &&
    sameTarget(one.target, other.target)
  );
}

const slash = 0x2f;
const equals = 0x3d;

/** FNV-1a over a text, with whole numbers for nought. */
function hashOf(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    hash = Math.imul(hash ^ code, 0x01000193);
    if (code === slash || code === equals) {
      const end = numberEnd(text, i + 1);
      if (end > i) i = end - 1;
    }
  }
  return hash ^ (hash >>> 15);
}

function sameTarget(one: string, other: string): boolean {
  let i = 0;
  let j = 0;
  while (i < one.length && j < other.length) {
    const code = one.charCodeAt(i++);
    if (code !== other.charCodeAt(j++)) return false;
    if (code !== slash && code !== equals) continue;
    const first = numberEnd(one, i);
    const second = numberEnd(other, j);
    if (first < 0 && second < 0) continue;
    if (first < 0 || second < 0) return false;
    i = first;
    j = second;
  }
  return i === one.length && j === other.length;
}

/** Where a whole number that begins here ends, when it is all of a segment or a value; -1 when there is none. */
function numberEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) break;
  }
  if (at === from) return -1;
  if (at === text.length) return at;
  const next = text.charCodeAt(at);
  return next === slash || next === 0x3f || next === 0x26 || next === 0x23 ? at : -1;
}
