import type { Exchange } from './exchange.ts';
import { hashNumber, hashText } from './hash.ts';
import { inspectRequest, type RequestFacts } from './inspect/request.ts';
import { inspectResponse, type ResponseFacts } from './inspect/response.ts';
import { emptySample, everyLot, isDue, type Kept, keep, resize, type Sample } from './sample.ts';
import type { Tally } from './tally.ts';

/** Exchanges that are looked into, of an operation's requests and of its answers by status. */
const mostKept = 10;
/** So many exchanges may be looked into whatever it takes, and beyond one of so many that were read: it shall not take the most time. */
const freeLooks = 4_000;
const readPerLook = 64;
/** What waits to be looked into: exchanges, and bytes of their bodies. */
const mostWaiting = 512;
const mostBytes = 2 * 1_048_576;
/** Exchanges that are read before it is seen whether more may come in. */
const mostUnlooked = 16_384;

type Look = (exchange: Exchange) => RequestFacts | ResponseFacts;

/**
 * Which exchanges are looked into, and that what is found has room: all samples of a fold together.
 *
 * To look into one costs more than to read a hundred, and most that come into a sample leave it again: they wait, and only those
 * that stay are looked into.
 */
export class Sampling {
  /** What each sample holds at most: halved when all of them together hold too much. */
  #size = mostKept;
  /** What samples told, each text once, and the length of all. */
  #texts = new Map<string, string>();
  #length = 0;
  #full = false;
  readonly #limit: number;
  readonly #waiting = new Map<Kept, { exchange: Exchange; look: Look }>();
  #bytes = 0;
  /** Exchanges that were read since. */
  #unlooked = 0;
  /** Exchanges that may be looked into. */
  #looks = freeLooks;
  /** The share of exchanges that come into an empty sample, as a bound on their lots: below all of them once there are too many to look into. */
  #ceiling = everyLot;

  /** `limit`: characters of what all samples told, in all. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** There is too much, and {@link fit} is due. */
  get isOver(): boolean {
    return this.#length > this.#limit && !this.#full;
  }

  request(tally: Tally, exchange: Exchange, at: number, lot: number): void {
    if (this.#full) return;
    tally.requests ??= emptySample(this.#size);
    this.#take(tally.requests, exchange, at, lot, inspectRequest);
  }

  response(tally: Tally, exchange: Exchange, status: number, at: number, lot: number): void {
    if (this.#full) return;
    tally.responses ??= new Map();
    let sample = tally.responses.get(status);
    if (!sample) {
      sample = emptySample(this.#size);
      tally.responses.set(status, sample);
    }
    this.#take(sample, exchange, at, lot, inspectResponse);
  }

  /** The bound below which a lot is of interest. The first of a sample tells more than those that follow it, of which fewer come in. */
  bound(sample: Sample | null | undefined): number {
    if (this.#full) return 0;
    const ceiling = this.#ceiling;
    if (sample == null || sample.kept.length === 0) return ceiling;
    return Math.min(sample.below, (ceiling * ceiling) / everyLot);
  }

  /** An exchange was read. */
  read(): void {
    this.#looks += 1 / readPerLook;
    // Where few come in, they are not waited for: more may.
    if (++this.#unlooked >= mostUnlooked && this.#ceiling < everyLot) this.look();
  }

  /**
   * Looks into those that wait: always before samples are given away or measured. Where there are too many, into those with the lowest
   * lots, and fewer come in from then on; what the others would have told is not known.
   */
  look(): void {
    const waiting = [...this.#waiting];
    if (waiting.length > this.#looks) {
      waiting.sort(([a], [b]) => a.lot - b.lot);
      this.#ceiling = Math.ceil((this.#ceiling * Math.max(1, this.#looks)) / waiting.length);
    } else if (this.#looks > waiting.length * 2) this.#ceiling = Math.min(everyLot, this.#ceiling * 2);
    for (const [kept, { exchange, look }] of waiting) {
      if (this.#looks < 1) break;
      this.#looks--;
      kept.facts = this.#one(JSON.stringify(look(exchange)));
    }
    this.#waiting.clear();
    this.#bytes = 0;
    this.#unlooked = 0;
  }

  /** Measures all samples anew, halves them until there is room; when one of each is still too much, no more come in. */
  fit(tallies: readonly Tally[], size: number = this.#size): void {
    this.look();
    this.#size = Math.min(size, this.#size);
    const samples = tallies.flatMap(samplesOf);
    for (;;) {
      this.#texts.clear();
      this.#length = 0;
      for (const sample of samples) this.#measure(sample);
      if (this.#length <= this.#limit || this.#size === 1) break;
      this.#size >>= 1;
    }
    this.#full = this.#length > this.#limit;
  }

  #measure(sample: Sample): void {
    if (this.#size < sample.size) resize(sample, this.#size);
    for (const kept of sample.kept) if (kept.facts !== null) kept.facts = this.#one(kept.facts);
  }

  #one(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    this.#texts.set(text, text);
    this.#length += text.length;
    return text;
  }

  #take(sample: Sample, exchange: Exchange, at: number, lot: number, look: Look): void {
    const { ref } = exchange;
    if (!isDue(sample, lot, at, ref)) return;
    const fresh: Kept = { lot, at, ref, facts: null };
    const left = keep(sample, fresh);
    // One that is like others is used again.
    this.#waiting.set(fresh, { exchange: exchange.like === undefined ? exchange : { ...exchange }, look });
    this.#bytes += bytesOf(exchange);
    for (const one of left) this.#leave(one);
    if (this.#waiting.size > mostWaiting || this.#bytes > mostBytes) this.look();
  }

  #leave(kept: Kept): void {
    const waiting = this.#waiting.get(kept);
    if (waiting === undefined) return;
    this.#bytes -= bytesOf(waiting.exchange);
    this.#waiting.delete(kept);
  }
}

function bytesOf({ requestBody, responseBody }: Exchange): number {
  return (requestBody?.length ?? 0) + (responseBody?.length ?? 0);
}

/** The lot of an exchange whose evidence gives none: the same for the same line or entry. */
export function lotOf({ at, method, host, target, status }: Exchange): number {
  return hashText(target, hashText(host, hashText(method, hashNumber(Math.floor(at), status))));
}

function samplesOf({ requests, responses }: Tally): Sample[] {
  return [...(requests ? [requests] : []), ...(responses?.values() ?? [])];
}
