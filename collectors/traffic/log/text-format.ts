import type { Exchange } from '#collectors/traffic/exchange';
import { ExchangeMaker, type Missing } from './exchange-of.ts';
import { type Field, isAddress, isTold, type Role } from './field.ts';
import type { LogFormat, NoExchange } from './format.ts';
import { utf8 } from './lines.ts';
import { Texts } from './texts.ts';
import { type Escape, unescaped } from './unescape.ts';

/** A line as it is declared: literal text, fields, and fields that say nothing (`null`). */
export type Piece = string | Field | null;

export interface TextLayout {
  pieces: readonly Piece[];
  escaping: Escape;
  /** More may follow, after a space. */
  open?: boolean;
}

/** Two fields of which nobody can tell where one ends; said of a declared format. */
export class AmbiguousFormat extends Error {}

/**
 * Reads lines that a server prints by a declared format.
 *
 * A field ends where the text that follows it in the format is met first, past escaped quotes; an unquoted request line ends after its
 * version, and an unquoted list goes on past its commas. `-` is no value. Throws {@link AmbiguousFormat} for two fields in a row.
 */
export class TextFormat implements LogFormat {
  readonly name: string;
  readonly #maker: ExchangeMaker;
  /** Before each field, and after the last. */
  readonly #literals: string[];
  readonly #fields: (Field | null)[];
  readonly #escaping: Escape;
  readonly #open: boolean;
  readonly #values: string[];
  readonly #decoded: boolean[];
  /** Of which fields the values are taken. */
  readonly #told: boolean[];
  /** Of fields whose values come again: their texts, once there are any. */
  readonly #texts: (Texts | null)[];
  readonly #comesAgain: boolean[];
  /** Where the request line of the line at hand stands in its bytes, if it stands there as it is; else -1. */
  #requestAt = -1;

  constructor(name: string, { pieces, escaping, open }: TextLayout, missing: Missing) {
    this.name = name;
    this.#escaping = escaping;
    this.#open = open ?? false;
    const { literals, fields } = laidOut(pieces);
    this.#literals = literals;
    this.#fields = fields;
    this.#values = fields.map(() => '');
    this.#decoded = fields.map((field) => field !== null && isAddress(field));
    this.#texts = fields.map(() => null);
    this.#comesAgain = fields.map((field) => field !== null && comesAgain(field));
    this.#told = fields.map((field) => field !== null && isTold(field));
    this.#maker = new ExchangeMaker(fields, missing);
  }

  /** Hot: once a line. */
  read(record: string, ref: number): Exchange | NoExchange {
    return this.split(record, this.#values) ? (this.#maker.make(this.#values, ref) ?? 'foreign') : 'foreign';
  }

  /** Hot: once a line. */
  readLine(line: string, ref: number, bytes: Uint8Array, at: number): Exchange | NoExchange {
    if (!this.split(line, this.#values, bytes, at)) return 'foreign';
    return this.#maker.make(this.#values, ref, bytes, this.#requestAt) ?? 'foreign';
  }

  /** Puts the fields of a line, which may stand in `bytes` from `base` on, into `values`, in their order; false when it is not of this format. */
  split(line: string, values: string[], bytes: Uint8Array | null = null, base = 0): boolean {
    this.#requestAt = -1;
    const literals = this.#literals;
    const fields = this.#fields;
    const first = literals[0] as string;
    if (!line.startsWith(first)) return false;
    const escapes = this.#escaping !== 'none' && line.includes(this.#escaping === 'hash' ? '#' : '\\');
    let at = first.length;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as Field | null;
      const next = literals[i + 1] as string;
      const last = i === fields.length - 1;
      let end: number;
      if (next === '') {
        end = this.#open ? spaceOrEnd(line, at) : line.length;
      } else if (escapes && next.charCodeAt(0) === 0x22 && this.#escaping !== 'hash') {
        end = unescapedEnd(line, next, at);
      } else {
        end = line.indexOf(next, at);
        if (field !== null && next.charCodeAt(0) === 0x20) {
          if (field.role === 'request') end = requestEnd(line, next, at);
          else if (field.list) end = listEnd(line, next, at, end);
        }
      }
      if (end < 0) return false;
      if (this.#told[i]) {
        if (end - at === 1 && line.charCodeAt(at) === 0x2d) values[i] = '';
        else if (bytes === null || escapes) values[i] = this.#valueOf(i, line.slice(at, end), escapes);
        else values[i] = this.#valueIn(i, line, at, end, bytes, base);
      }
      at = end + next.length;
      if (last && at !== line.length && !(this.#open && line.charCodeAt(at) === 0x20)) return false;
    }
    return true;
  }

  #valueOf(field: number, raw: string, escapes: boolean): string {
    const text = escapes ? unescaped(raw, this.#escaping) : raw;
    return this.#decoded[field] ? utf8(text) : text;
  }

  /** The same of a value in which nothing is escaped, from its bytes. */
  #valueIn(field: number, line: string, at: number, end: number, bytes: Uint8Array, base: number): string {
    if (this.#comesAgain[field]) {
      const texts = this.#texts[field] ?? new Texts();
      this.#texts[field] = texts;
      const text = texts.of(line, at, end, bytes, base);
      return this.#decoded[field] ? utf8(text) : text;
    }
    const raw = line.slice(at, end);
    if (!this.#decoded[field]) return raw;
    if (!isAscii(bytes, base + at, base + end)) return utf8(raw);
    if (this.#fields[field]?.role === 'request') this.#requestAt = base + at;
    return raw;
  }
}

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  let all = 0;
  for (let i = from; i < to; i++) all |= bytes[i]!;
  return all < 0x80;
}

/** Whether many lines have the same value. */
function comesAgain({ role }: Field): boolean {
  return !ownRoles.has(role);
}

/** What is each request's own. */
const ownRoles: ReadonlySet<Role> = new Set([
  'request',
  'target',
  'path',
  'query',
  'url',
  'length',
  'requestLength',
  'latency',
]);

/** Literals before each field and after the last one; fields. */
function laidOut(pieces: readonly Piece[]): { literals: string[]; fields: (Field | null)[] } {
  const literals = [''];
  const fields: (Field | null)[] = [];
  for (const piece of withTargets(pieces)) {
    if (typeof piece === 'string') {
      literals[literals.length - 1] += piece;
      continue;
    }
    if (fields.length > 0 && literals.at(-1) === '')
      throw new AmbiguousFormat('two fields stand without text between them');
    fields.push(piece);
    literals.push('');
  }
  return { literals, fields };
}

/** A path with its query right behind it is the target as it was sent. */
function withTargets(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    if (piece === '') continue;
    const before = joined.at(-1);
    const isQuery = typeof piece === 'object' && piece?.role === 'query';
    if (isQuery && typeof before === 'object' && before?.role === 'path')
      joined[joined.length - 1] = { role: 'target' };
    else joined.push(piece);
  }
  return joined;
}

/** Where a closing quote and what follows it begin, past quotes that are escaped. */
function unescapedEnd(line: string, next: string, from: number): number {
  for (let at = line.indexOf('"', from); at >= 0; at = line.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (at - 1 - backslashes >= from && line.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return line.startsWith(next, at) ? at : -1;
  }
  return -1;
}

function requestEnd(line: string, next: string, from: number): number {
  const version = line.indexOf(' HTTP/', from);
  return line.indexOf(next, version < 0 ? from : version + 6);
}

/** Commas, and colons between groups, join what several servers answered: `10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80`. */
function listEnd(line: string, next: string, from: number, end: number): number {
  let at = end;
  while (at > from) {
    const before = line.charCodeAt(at - 1);
    if (before === 0x2c) at = line.indexOf(next, at + 1);
    else if (line.startsWith(' : ', at)) at = line.indexOf(next, at + 3);
    else break;
  }
  return at;
}

function spaceOrEnd(line: string, from: number): number {
  const space = line.indexOf(' ', from);
  return space < 0 ? line.length : space;
}
