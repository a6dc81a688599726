import type { Exchange } from '#collectors/traffic/exchange';
import { ExchangeMaker, type Missing } from './exchange-of.ts';
import { type Field, latency } from './field.ts';
import type { LogFormat, NoExchange } from './format.ts';
import { utf8 } from './lines.ts';
import { durationOf } from './time.ts';

/**
 * Where a JSON record has what: a key, or keys that lead inwards, joined by dots (`request.host`). A key that has dots itself is found as
 * well. Of several that mean the same the first that has a value counts.
 */
export type JsonLayout = readonly (readonly [path: string, field: Field])[];

export interface JsonFormatOptions {
  name: string;
  layout: JsonLayout;
  /** Whether a record is of this format at all: by a key that only it has. */
  knows(record: Record<string, unknown>): boolean;
  /** Whether it is a request, where the same log holds other events too. */
  isRequest?(record: Record<string, unknown>): boolean;
  /** What it is when it is none; another kind of event when left out. */
  noRequest?(record: Record<string, unknown>): NoExchange;
  /** The exchange with what no single key tells; see {@link withHeaders}. */
  finish?(exchange: Exchange, record: Record<string, unknown>): Exchange;
}

/** Reads records that are JSON objects. */
export class JsonFormat implements LogFormat {
  readonly name: string;
  readonly #options: JsonFormatOptions;
  readonly #maker: ExchangeMaker;
  readonly #places: Place[][];
  readonly #values: string[];

  constructor(options: JsonFormatOptions, missing: Missing) {
    this.name = options.name;
    this.#options = options;
    const byMeaning = new Map<string, { field: Field; places: Place[] }>();
    for (const [key, field] of options.layout) {
      const meaning = `${field.role} ${field.header ?? ''}`;
      const place = { key, keys: key.split('.'), scale: field.role === 'latency' ? (field.scale ?? null) : 1 };
      const known = byMeaning.get(meaning);
      if (known) known.places.push(place);
      else byMeaning.set(meaning, { field: field.role === 'latency' ? latency(1) : field, places: [place] });
    }
    const meanings = [...byMeaning.values()];
    this.#places = meanings.map(({ places }) => places);
    this.#values = meanings.map(() => '');
    this.#maker = new ExchangeMaker(
      meanings.map(({ field }) => field),
      missing,
    );
  }

  read(text: string, ref: number): Exchange | NoExchange {
    const record = objectOf(text);
    if (record === null) return 'foreign';
    return this.readObject(record, ref);
  }

  readObject(record: Record<string, unknown>, ref: number): Exchange | NoExchange {
    const { knows, isRequest, noRequest, finish } = this.#options;
    if (!knows(record)) return 'foreign';
    if (isRequest && !isRequest(record)) return noRequest?.(record) ?? 'aside';
    for (let i = 0; i < this.#places.length; i++) this.#values[i] = firstOf(record, this.#places[i]!);
    const made = this.#maker.make(this.#values, ref);
    if (made === null) return 'foreign';
    return typeof made === 'string' || !finish ? made : finish(made, record);
  }
}

/** The same exchange with all of its headers, and what they tell. */
export function withHeaders(
  { like: _, headersSeen: __, ...exchange }: Exchange,
  requestHeaders: ReadonlyMap<string, string>,
  responseHeaders: ReadonlyMap<string, string>,
): Exchange {
  const host = exchange.host || requestHeaders.get('host') || '';
  return { ...exchange, host, requestHeaders, responseHeaders };
}

interface Place {
  key: string;
  keys: string[];
  /** Of a number; `null` for a duration with its own unit. */
  scale: number | null;
}

function firstOf(record: Record<string, unknown>, places: readonly Place[]): string {
  for (const { key, keys, scale } of places) {
    const text = textOf(Object.hasOwn(record, key) ? record[key] : valueAt(record, keys));
    if (text === '') continue;
    if (scale === 1) return text;
    const value = scale === null ? durationOf(text) : Number(text) * scale;
    if (!Number.isNaN(value)) return String(value);
  }
  return '';
}

/** The object that a text of one byte a character is; `null` when it is none. */
export function objectOf(text: string): Record<string, unknown> | null {
  if (text.charCodeAt(0) !== 0x7b && !/^\s*\{/.test(text)) return null;
  try {
    const read: unknown = JSON.parse(utf8(text));
    return isObject(read) ? read : null;
  } catch {
    // No JSON: whoever counts records says so.
    return null;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function valueAt(record: Record<string, unknown>, keys: readonly string[]): unknown {
  let at: unknown = record;
  for (const key of keys) {
    if (!isObject(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}

/** Texts and numbers; `-` and an empty list's text are no value. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value === '-' ? '' : value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : '';
}

/** The text or number of a key, as text; `''` for anything else. */
export function textAt(record: Record<string, unknown>, key: string): string {
  return Object.hasOwn(record, key) ? textOf(record[key]) : '';
}
