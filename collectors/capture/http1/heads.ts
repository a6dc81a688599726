import type { Framing } from './framing.ts';
import { type Parsed, parseHead, type RequestHead, type ResponseHead } from './head.ts';
import { counts, HeadScan } from './scan.ts';

/** Heads that are kept; when there are more, all are forgotten, and met anew. */
const maxHeads = 8_192;
const firstSlots = 1_024;
/** Parameters of alike heads; one with others is read by itself. */
const maxParameters = 256;
/** A head that takes more memory is not kept: its bytes, and a field's string and place in a map. */
const maxKept = 8_192;
const fieldWeight = 64;
/** Keys of heads that were met once, each in its place until another takes it. */
const onceMet = 32_768;
/** Memory of all heads that are kept; when there is more, all are forgotten as well. */
const maxWeight = 12 * 1_048_576;

/**
 * Reads heads so that those that are alike are one object: most traffic repeats itself, and what follows from a head is then worked out
 * once.
 */
export class Heads {
  readonly #scan = new HeadScan();
  /** Keys, two words each, in open addressing; both 0 for none. Made with the first head. */
  #keys = new Int32Array(0);
  #heads: (RequestHead | ResponseHead | null)[] = [];
  #once = new Int32Array(0);
  #size = 0;
  #weight = 0;
  readonly #alike: boolean;
  /** Where the head that was read last begins. */
  #bytes: Buffer = none;
  #from = 0;

  /** Behind the head that was read last, and how it says that its body ends. */
  end = 0;
  declared: Framing = 0;

  /** `alike`: false for who wants each head with its own target and values. */
  constructor(alike: boolean) {
    this.#alike = alike;
  }

  /** The head of the usual form that begins at `from`, or `null`. Hot. */
  request(bytes: Buffer, from: number, to: number): RequestHead | null {
    if (!this.#scan.request(bytes, from, to)) return null;
    const head = this.#read(bytes, from);
    return head?.kind === 'request' ? head : null;
  }

  response(bytes: Buffer, from: number, to: number): ResponseHead | null {
    if (!this.#scan.response(bytes, from, to)) return null;
    const head = this.#read(bytes, from);
    return head?.kind === 'response' ? head : null;
  }

  /** The head that was read last, with its own target and values, whoever it is like. Only until its bytes are used again. */
  own(): RequestHead | ResponseHead | null {
    return own(this.#bytes, this.#from, this.end);
  }

  /** Exchanges are counted elsewhere from now on: what was counted of heads that are alike is of no use. */
  recount(): void {
    for (const head of this.#heads) if (head?.kind === 'request' && head.likes !== null) head.likes = [];
  }

  #read(bytes: Buffer, from: number): RequestHead | ResponseHead | null {
    const scan = this.#scan;
    this.#bytes = bytes;
    this.#from = from;
    this.end = scan.end;
    this.declared = scan.declared;
    const weight = scan.end - from + scan.fieldCount * fieldWeight;
    if (!this.#alike || scan.leads || weight > maxKept) return own(bytes, from, scan.end);
    if (this.#size * 2 >= this.#heads.length || this.#weight > maxWeight) this.#grow();
    const mask = this.#heads.length - 1;
    let at = scan.one & mask;
    for (let head = this.#heads[at]!; head !== null; head = this.#heads[at]!) {
      if (this.#keys[at * 2] === scan.one && this.#keys[at * 2 + 1] === scan.other)
        return head.kind === 'response' || this.#knowsParameters(head) ? head : partial(bytes, from, scan.end);
      at = (at + 1) & mask;
    }
    // What it stands for is in the fields that count; of others only who is due for inspection has need.
    const head = partial(bytes, from, scan.end);
    if (head === null || !this.#isMetAgain()) return head;
    if (head.kind === 'response') head.shared = true;
    // Whose host is that of the connection is not alike on another one.
    else if (head.host === null) return head;
    else {
      head.likes = [];
      this.#knowsParameters(head);
    }
    this.#keys[at * 2] = scan.one;
    this.#keys[at * 2 + 1] = scan.other;
    this.#heads[at] = head;
    this.#size++;
    this.#weight += weight;
    return head;
  }

  /** Half of all targets may be met once (names in the place of ids): a head is kept, with all that follows from it, from the second time on. */
  #isMetAgain(): boolean {
    if (this.#once.length === 0) this.#once = new Int32Array(onceMet);
    const place = this.#scan.other & (onceMet - 1);
    if (this.#once[place] === this.#scan.one) return true;
    this.#once[place] = this.#scan.one;
    return false;
  }

  /** Begins anew when there are too many. */
  #grow(): void {
    const keys = this.#keys;
    const heads = this.#size < maxHeads && this.#weight <= maxWeight ? this.#heads : [];
    const slots = heads.length === 0 ? firstSlots : heads.length * 2;
    this.#keys = new Int32Array(slots * 2);
    this.#heads = new Array<null>(slots).fill(null);
    if (heads.length === 0) {
      this.#size = 0;
      this.#weight = 0;
    }
    for (const [from, head] of heads.entries()) {
      if (head === null) continue;
      let at = keys[from * 2]! & (slots - 1);
      while (this.#heads[at] !== null) at = (at + 1) & (slots - 1);
      this.#heads[at] = head;
      this.#keys[at * 2] = keys[from * 2]!;
      this.#keys[at * 2 + 1] = keys[from * 2 + 1]!;
    }
  }

  /** Whether the head's like had every parameter that this one has; they are known from now on. */
  #knowsParameters(head: RequestHead): boolean {
    const { parameters, parameterCount } = this.#scan;
    let all = true;
    for (let i = 0; i < parameterCount; i++) {
      if (head.parameters?.has(parameters[i]!)) continue;
      all = false;
      head.parameters ??= new Set();
      if (head.parameters.size < maxParameters) head.parameters.add(parameters[i]!);
    }
    return all;
  }
}

const none = Buffer.alloc(0);

function partial(bytes: Buffer, from: number, to: number): Parsed['head'] | null {
  return parseHead(bytes, from, to, true, counts)?.head ?? null;
}

function own(bytes: Buffer, from: number, to: number): Parsed['head'] | null {
  return parseHead(bytes, from, to, true)?.head ?? null;
}
