import type { Exchange, Like } from '#collectors/traffic/exchange';
import { retained } from '#collectors/traffic/retained';

const places = 32_768;
const mostCredit = 15;
/** Bytes of a target; of longer ones it is not known what is like them. */
const longestTarget = 4_096;

/** An exchange that came twice, by what is counted of it. */
interface Known {
  readonly status: number;
  readonly heads: number;
  readonly method: string;
  /** UTF-8. */
  readonly target: Uint8Array;
  readonly host: string;
  readonly version: string;
  readonly scheme: Exchange['scheme'];
  readonly mechanisms: Exchange['mechanisms'];
  readonly responseHeaders: Exchange['responseHeaders'];
  readonly like: Like;
}

/**
 * Knows exchanges that are alike in all that is counted of them. Whole numbers in a target's path and query stand for each other: whatever
 * their value, they become the same placeholder, and the same type.
 *
 * Each has one place, by its hash, and is remembered when it comes for the second time: most targets with an id in them never do. Of the
 * request's headers their reader gives a number; those of the response are compared as objects, and it has to give the same map for the
 * same values.
 */
export class Likes {
  readonly #met = new Int32Array(places);
  /** How often what is known came of late: what is rarer than what stands in its place does not take it. */
  readonly #credit = new Uint8Array(places);
  readonly #known: (Known | null)[] = new Array(places).fill(null);

  /** Where targets are put that do not stand in bytes already. */
  readonly #bytes = Buffer.allocUnsafe(longestTarget);

  /** `null` for what has not been met lately. `heads` is the same number for requests whose headers count alike. */
  of(exchange: Exchange, heads: number): Like | null {
    // As UTF-8 a character has three bytes at most.
    if (exchange.target.length * 3 > longestTarget) return null;
    return this.ofBytes(exchange, heads, this.#bytes, 0, this.#bytes.write(exchange.target));
  }

  /** The same, when the target stands in `bytes[from, to)`. Hot: once a record. */
  ofBytes(exchange: Exchange, heads: number, bytes: Uint8Array, from: number, to: number): Like | null {
    const { status, method } = exchange;
    if (to - from > longestTarget) return null;
    // Whether a redirect leads to another spelling of the same path hangs on the numbers.
    if (exchange.responseHeaders.size > 0 && exchange.responseHeaders.has('location')) return null;
    const hash = hashOf(bytes, from, to, Math.imul(heads, 0x9e3779b1 | 0) ^ (status << 8) ^ method.charCodeAt(0));
    const place = hash & (places - 1);
    const known = this.#known[place] as Known | null;
    if (known !== null) {
      if (known.heads === heads && isAlike(known, exchange) && sameTarget(known.target, bytes, from, to)) {
        if (this.#credit[place]! < mostCredit) this.#credit[place]!++;
        return known.like;
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
      status,
      heads,
      method: retained(method),
      target: new Uint8Array(bytes.subarray(from, to)),
      host: retained(exchange.host),
      version: retained(exchange.version ?? ''),
      scheme: exchange.scheme,
      mechanisms: exchange.mechanisms,
      responseHeaders: exchange.responseHeaders,
      like,
    };
    return like;
  }
}

function isAlike(one: Known, other: Exchange): boolean {
  return (
    one.status === other.status &&
    one.responseHeaders === other.responseHeaders &&
    one.mechanisms === other.mechanisms &&
    one.scheme === other.scheme &&
    one.method === other.method &&
    one.host === other.host &&
    one.version === (other.version ?? '')
  );
}

const slash = 0x2f;
const equals = 0x3d;

/** FNV-1a over a text, with whole numbers for nought. */
function hashOf(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = from; i < to; i++) {
    const code = bytes[i]!;
    hash = Math.imul(hash ^ code, 0x01000193);
    if (code === slash || code === equals) {
      const end = numberEnd(bytes, i + 1, to);
      if (end > i) i = end - 1;
    }
  }
  return hash ^ (hash >>> 15);
}

function sameTarget(one: Uint8Array, other: Uint8Array, from: number, to: number): boolean {
  let i = 0;
  let j = from;
  while (i < one.length && j < to) {
    const code = one[i++];
    if (code !== other[j++]) return false;
    if (code !== slash && code !== equals) continue;
    const first = numberEnd(one, i, one.length);
    const second = numberEnd(other, j, to);
    if (first < 0 && second < 0) continue;
    if (first < 0 || second < 0) return false;
    i = first;
    j = second;
  }
  return i === one.length && j === to;
}

/** Where a whole number that begins here ends, when it is all of a segment or a value; -1 when there is none. */
function numberEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  for (; at < to; at++) {
    const code = bytes[at]!;
    if (code < 0x30 || code > 0x39) break;
  }
  if (at === from) return -1;
  if (at === to) return at;
  const next = bytes[at]!;
  return next === slash || next === 0x3f || next === 0x26 || next === 0x23 ? at : -1;
}
