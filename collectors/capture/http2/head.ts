import type { Budget } from '#collectors/capture/tcp/receiver';
import type { Exchange, Like } from '#collectors/traffic/exchange';
import { type GrpcProtocol, grpcProtocol } from '#collectors/traffic/grpc';
import { type Fields, HpackDecoder } from './hpack.ts';

/** The fields of a header block. Shared between messages that were sent with the same: it is never changed. */
export interface Head {
  /** Pseudo-header fields (RFC 9113, section 8.3); `''` and 0 when they are absent or not known. */
  readonly method: string;
  readonly path: string;
  readonly scheme: string;
  readonly authority: string;
  /** `:protocol` (RFC 8441). */
  readonly protocol: string;
  readonly status: number;
  /** By lower-case name; values of a repeated name joined by `, `, cookies by `; ` (RFC 9113, section 8.2.3). */
  readonly headers: ReadonlyMap<string, string>;
  /** Of a request: which protocol of gRPC it speaks. */
  readonly grpc: GrpcProtocol | null;
  /** What is odd about it; `null` for nothing. */
  readonly marks: readonly string[] | null;
  /** Some fields are not known, or were too many. */
  readonly cut: boolean;
  /** Memory of it, roughly. */
  readonly size: number;
  /** Of a request: what it had in common with its last answer, for the next that is answered by the same. */
  alike: Alike | null;
}

export interface Alike {
  answer: Head;
  trailers: Head | null;
  mechanisms: Exchange['mechanisms'];
  like: Like;
}

/** A head of which nothing is known. */
export const unknownHead: Head = {
  method: '',
  path: '',
  scheme: '',
  authority: '',
  protocol: '',
  status: 0,
  headers: new Map(),
  grpc: null,
  marks: null,
  cut: true,
  size: 0,
  alike: null,
};

/** What a proxy that speaks HTTP/1 to its servers would turn into another request (RFC 9113, sections 8.2 and 8.3, forbid each). */
const marks = {
  twice: 'request smuggling: a pseudo-header field stands twice',
  transferEncoding: 'request smuggling: Transfer-Encoding in HTTP/2',
  lineBreak: 'request smuggling: a line break in a field of HTTP/2',
};
export const lengthMark = 'request smuggling: Content-Length is not the length of the body';
const lineBreak = /[\r\n\0]/;

/** Fields of a head together, decoded (as RFC 9113, section 6.5.2, counts them); what is beyond is left out. */
const maxFields = 262_144;
/** Blocks that are kept so that the same bytes need not be decoded again: short ones, as repetition makes them. */
const slots = 256;
const maxKeptBlock = 256;
const maxKeptHead = 4_096;
const maxKept = 131_072;
/** Bytes held by all connections beyond which none are kept: a saving of time must not cost a connection its place. */
const maxHeld = 8 * 1_048_576;

interface Kept {
  block: Uint8Array;
  head: Head;
}

/**
 * Decodes the header blocks of one direction. Hot: most requests of a busy connection are the same bytes as one before, with the table
 * unchanged since; those are the same head, without a string or a map made for it.
 */
export class HeadDecoder implements Fields {
  readonly #hpack: HpackDecoder;
  readonly #budget: Budget;
  /** By a hash of the block; the later of two takes the place. What is met once is not kept: most paths with an id are. */
  readonly #kept: (Kept | undefined)[] = [];
  readonly #met = new Int32Array(slots);
  #keptVersion = 0;
  #keptSize = 0;
  #headers = new Map<string, string>();
  #method = '';
  #path = '';
  #scheme = '';
  #authority = '';
  #protocol = '';
  #status = 0;
  #cut = false;
  #size = 0;
  #marks: Set<string> | null = null;

  /** `midway`: earlier blocks may not be in the capture. */
  constructor(midway: boolean, budget: Budget) {
    this.#budget = budget;
    this.#hpack = new HpackDecoder(budget);
    if (midway) this.#hpack.table.forget();
  }

  /** The head of a whole block; `null` when it is none. */
  decode(bytes: Buffer, from: number, to: number): Head | null {
    const { table } = this.#hpack;
    if (table.version !== this.#keptVersion) this.#drop();
    const length = to - from;
    const hash = length <= maxKeptBlock ? hashOf(bytes, from, to) : 0;
    const slot = hash & (slots - 1);
    const kept = this.#kept[slot];
    if (kept !== undefined && isBlock(kept.block, bytes, from, length)) return kept.head;
    const { version } = table;
    this.#begin();
    if (!this.#hpack.decode(bytes, from, to, this)) return null;
    const head = this.#finish();
    if (hash === 0 || table.version !== version) return head;
    if (this.#met[slot] === hash) this.#keep(slot, bytes, from, to, head);
    this.#met[slot] = hash;
    return head;
  }

  /** Exchanges are counted elsewhere from now on: what was counted of heads that are alike is of no use. */
  recount(): void {
    for (const kept of this.#kept) if (kept !== undefined) kept.head.alike = null;
  }

  /** Blocks were lost: what they inserted is unknown. */
  forget(): void {
    this.#hpack.table.forget();
  }

  release(): void {
    this.#drop();
    this.#hpack.table.release();
  }

  field(name: string | null, value: string | null): void {
    if (name === null || value === null) {
      this.#cut = true;
      return;
    }
    this.#size += name.length + value.length + 32;
    if (this.#size > maxFields) {
      this.#cut = true;
    } else if (name.charCodeAt(0) === 58) {
      this.#pseudo(name, value);
    } else {
      if (lineBreak.test(value)) this.#mark(marks.lineBreak);
      if (name === 'transfer-encoding') this.#mark(marks.transferEncoding);
      const before = this.#headers.get(name);
      const joint = name === 'cookie' ? '; ' : ', ';
      this.#headers.set(name, before === undefined ? value : before + joint + value);
    }
  }

  #pseudo(name: string, value: string): void {
    if ((name === ':path' && this.#path !== '') || (name === ':method' && this.#method !== '')) this.#mark(marks.twice);
    if (lineBreak.test(value)) this.#mark(marks.lineBreak);
    if (name === ':status') this.#status = /^[1-9][0-9][0-9]$/.test(value) ? Number(value) : 0;
    else if (name === ':method') this.#method = value;
    else if (name === ':path') this.#path = value;
    else if (name === ':scheme') this.#scheme = value;
    else if (name === ':authority') this.#authority = value;
    else if (name === ':protocol') this.#protocol = value;
  }

  #mark(text: string): void {
    this.#marks ??= new Set();
    this.#marks.add(text);
  }

  #begin(): void {
    this.#headers = new Map();
    this.#method = '';
    this.#path = '';
    this.#scheme = '';
    this.#authority = '';
    this.#protocol = '';
    this.#status = 0;
    this.#cut = false;
    this.#marks = null;
    this.#size = 256;
  }

  #finish(): Head {
    const [method, path, requestHeaders] = [this.#method, this.#path, this.#headers];
    const isCall = path !== '' && requestHeaders.size > 0;
    return {
      method,
      path,
      scheme: this.#scheme,
      authority: this.#authority,
      protocol: this.#protocol,
      status: this.#status,
      headers: requestHeaders,
      grpc: isCall ? grpcProtocol({ method, target: path, requestHeaders }) : null,
      marks: this.#marks === null ? null : [...this.#marks],
      cut: this.#cut,
      size: Math.min(this.#size, maxFields),
      alike: null,
    };
  }

  #keep(slot: number, bytes: Buffer, from: number, to: number, head: Head): void {
    const before = this.#kept[slot]?.head.size ?? 0;
    if (head.size > maxKeptHead || this.#keptSize + head.size - before > maxKept) return;
    if (this.#budget.held + head.size > maxHeld) return;
    while (this.#kept.length <= slot) this.#kept.push(undefined);
    // Up to 64 bytes an array of its own stands in the heap, which costs a tenth of a buffer.
    const block = new Uint8Array(to - from);
    for (let at = from; at < to; at++) block[at - from] = bytes[at]!;
    this.#kept[slot] = { block, head };
    this.#charge(head.size - before);
  }

  #drop(): void {
    this.#keptVersion = this.#hpack.table.version;
    this.#charge(-this.#keptSize);
    this.#kept.length = 0;
  }

  #charge(size: number): void {
    this.#keptSize += size;
    this.#budget.held += size;
  }
}

function hashOf(bytes: Buffer, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function isBlock(block: Uint8Array, bytes: Buffer, from: number, length: number): boolean {
  if (block.length !== length) return false;
  for (let i = 0; i < length; i++) if (block[i] !== bytes[from + i]) return false;
  return true;
}
