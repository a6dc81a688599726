import { isIPv6 } from 'node:net';
import { isMonitor } from '#collectors/traffic/answer';
import type { Exchange } from '#collectors/traffic/exchange';
import { hashBytes, hashNumber, hashText } from '#collectors/traffic/hash';
import { withPort } from '#collectors/traffic/host';
import { httpVersionOf } from '#collectors/traffic/http-version';
import { retained } from '#collectors/traffic/retained';
import { userAgentFamily } from '#collectors/traffic/user-agent';
import { type Field, isTold, type Role, roles } from './field.ts';
import { Likes } from './likes.ts';
import { Clock, durationOf } from './time.ts';

/** What a source's configuration adds to what its log lacks. */
export interface Missing {
  /** For records without a host. */
  host: string;
  /** Minutes east of UTC, for times without a zone. */
  zone: number;
}

/** A record of the log in which nobody asked for anything: a connection that was closed, a request that could not be read. */
export type Unasked = 'unasked';

const maxKnown = 8_192;
const none = new Uint8Array();

/**
 * Makes exchanges of the fields of a log's records. Heads that were seen before are the same objects again, and so is {@link Like} of
 * records that differ in nothing but time, sizes, latency and client.
 */
export class ExchangeMaker {
  /** Where the values of each role stand; -1 where there is none. */
  readonly #at: Record<Role, number>;
  readonly #scale: number | undefined;
  readonly #mechanisms: string[];
  readonly #requestHeaders: Headers;
  readonly #responseHeaders: Headers;
  readonly #clock: Clock;
  readonly #missing: Missing;
  #likes: Likes | null = null;

  /** `fields` are those of the values that {@link make} is given, in their order; `null` where a value says nothing. */
  constructor(fields: readonly (Field | null)[], missing: Missing) {
    this.#at = placesOf(fields);
    this.#scale = fields[this.#at.latency]?.scale;
    this.#mechanisms = [fields[this.#at.user]?.mechanism ?? 'other'];
    this.#requestHeaders = new Headers(fields, 'request-header');
    this.#responseHeaders = new Headers(fields, 'response-header');
    this.#clock = new Clock(missing.zone);
    this.#missing = missing;
  }

  /**
   * The exchange of a record; `null` when its fields are not what they should be. `''` is a value that is not there. Hot: once a record,
   * and faster when the request line stands, as it is, in `bytes` from `requestAt` on.
   */
  make(values: readonly string[], ref: number, bytes: Uint8Array = none, requestAt = -1): Exchange | Unasked | null {
    const places = this.#at;
    const at = this.#timeOf(values);
    const status = statusOf(values, places.status);
    if (Number.isNaN(at) || status < 0) return null;
    const asked = places.request >= 0 ? (values[places.request] as string) : '';
    let method: string;
    let target: string;
    let version: string;
    let targetAt = -1;
    if (asked !== '') {
      const space = asked.indexOf(' ');
      if (space <= 0) return 'unasked';
      const last = versionAt(asked);
      method = methodOf(asked, space);
      target = last > space ? asked.slice(space + 1, last) : asked.slice(space + 1);
      version = last > space ? httpVersionOf(asked.slice(last + 6)) : '';
      if (requestAt >= 0) targetAt = requestAt + space + 1;
    } else {
      method = valueAt(values, places.method);
      target = this.#targetOf(values);
      version = httpVersionOf(valueAt(values, places.version));
      if (target === '') return 'unasked';
    }
    if (!isMethod(method)) return 'unasked';
    const host = this.#hostOf(values);
    const client = this.#clientOf(values);
    if (host === null || client.includes(' ')) return null;
    const user = valueAt(values, places.user);
    const scheme = this.#schemeOf(values);
    // All that an exchange may have, at once: so all of them have one shape, and none grows.
    const exchange: Exchange = {
      at,
      ref,
      scheme,
      method,
      host,
      target,
      status,
      requestHeaders: this.#requestHeaders.of(values),
      responseHeaders: this.#responseHeaders.of(values),
      responseLength: places.length >= 0 ? countOf(values[places.length] as string) : null,
      client,
      headersSeen: false,
      mechanisms: user === '' ? undefined : this.#mechanisms,
      version: version === '' ? undefined : version,
      latency: places.latency >= 0 ? this.#latencyOf(values[places.latency] as string) : undefined,
      requestLength:
        places.requestLength >= 0 ? (countOf(values[places.requestLength] as string) ?? undefined) : undefined,
      lot: undefined,
      like: undefined,
    };
    this.#likes ??= new Likes();
    const { number } = this.#requestHeaders;
    if (targetAt < 0) {
      exchange.like = this.#likes.of(exchange, number) ?? undefined;
    } else {
      const targetEnd = targetAt + target.length;
      exchange.like = this.#likes.ofBytes(exchange, number, bytes, targetAt, targetEnd) ?? undefined;
      exchange.lot = lotOf(exchange, bytes, targetAt, targetEnd);
    }
    return exchange;
  }

  #timeOf(values: readonly string[]): number {
    const { time, date, clock } = this.#at;
    const whole = valueAt(values, time);
    if (whole !== '') return this.#clock.read(whole);
    return clock < 0 ? Number.NaN : this.#clock.read(`${valueAt(values, date)}T${valueAt(values, clock)}`);
  }

  #targetOf(values: readonly string[]): string {
    const { target, url, path: bare, query: search } = this.#at;
    const path = valueAt(values, target) || valueAt(values, url) || valueAt(values, bare);
    const query = valueAt(values, search);
    if (path === '' || query === '' || path.includes('?')) return path;
    return query.startsWith('?') ? path + query : `${path}?${query}`;
  }

  /** `null` when the port is none. */
  #hostOf(values: readonly string[]): string | null {
    const places = this.#at;
    const host = valueAt(values, places.host) || valueAt(values, places.server) || this.#missing.host;
    const port = valueAt(values, places.port);
    if (port === '') return host;
    if (!/^[0-9]{1,5}$/.test(port)) return null;
    return host === '' || host === this.#missing.host || port === '0' || (/:[0-9]+$/.test(host) && !isIPv6(host))
      ? host
      : withPort(host, port);
  }

  #schemeOf(values: readonly string[]): Exchange['scheme'] {
    const { scheme, tls } = this.#at;
    if (scheme < 0 && tls < 0) return null;
    const said = valueAt(values, scheme).toLowerCase();
    if (said === 'http' || said === 'https' || said === 'ws' || said === 'wss') return said;
    return said === 'h2' || valueAt(values, tls) !== '' ? 'https' : null;
  }

  #clientOf(values: readonly string[]): string {
    const forwarded = valueAt(values, this.#at.forwarded);
    if (forwarded === '') return withoutPort(valueAt(values, this.#at.client));
    const comma = forwarded.indexOf(',');
    return comma < 0 ? forwarded : forwarded.slice(0, comma);
  }

  #latencyOf(text: string): number | undefined {
    const took = this.#scale === undefined ? durationOf(text) : text === '' ? Number.NaN : Number(text) * this.#scale;
    return took >= 0 && took < 1e12 ? took : undefined;
  }
}

/** What {@link file://../sampling.ts} gives an exchange, from bytes. */
function lotOf({ at, method, host, status }: Exchange, bytes: Uint8Array, from: number, to: number): number {
  return hashBytes(bytes, from, to, hashText(host, hashText(method, hashNumber(Math.floor(at), status))));
}

/** What stands before the space of a request line: the usual methods without a string of their own. */
function methodOf(line: string, space: number): string {
  if (space === 3 && line.startsWith('GET')) return 'GET';
  return space === 4 && line.startsWith('POST') ? 'POST' : line.slice(0, space);
}

/** Where the version of a request line begins, with the space before it; -1 where there is none. */
function versionAt(line: string): number {
  // Nearly all of them have three characters. To search from the end is not one of the machine's own ways.
  const usual = line.length - 9;
  return usual > 0 && line.startsWith(' HTTP/', usual) ? usual : line.lastIndexOf(' HTTP/');
}

function placesOf(fields: readonly (Field | null)[]): Record<Role, number> {
  const at = Object.fromEntries(roles.map((role) => [role, -1])) as Record<Role, number>;
  for (const [index, each] of fields.entries()) if (each && at[each.role] < 0) at[each.role] = index;
  return at;
}

function valueAt(values: readonly string[], index: number): string {
  return index < 0 ? '' : (values[index] as string);
}

/** Headers of which only some are logged. Those of the same values are the same map. */
class Headers {
  readonly #at: number[] = [];
  readonly #names: string[] = [];
  /** Of the map that was given last: the same for those that count alike. */
  number = 0;
  readonly #none: ReadonlyMap<string, string> = new Map();
  #known = new Map<string, { number: number; map: ReadonlyMap<string, string> }>();
  /** By what counts of a map's values. */
  #numbers = new Map<string, number>();
  #given = 0;

  constructor(fields: readonly (Field | null)[], role: Role) {
    for (const [index, each] of fields.entries()) {
      if (each?.role !== role || each.header === undefined || !isTold(each)) continue;
      this.#at.push(index);
      this.#names.push(each.header);
    }
  }

  of(values: readonly string[]): ReadonlyMap<string, string> {
    if (this.#at.length === 0) return this.#none;
    let key = values[this.#at[0] as number] as string;
    for (let i = 1; i < this.#at.length; i++) key += `\n${values[this.#at[i] as number]}`;
    const known = this.#known.get(key);
    if (known) {
      this.number = known.number;
      return known.map;
    }
    if (this.#known.size >= maxKnown) {
      this.#known = new Map();
      this.#numbers = new Map();
    }
    const map = new Map<string, string>();
    for (const [index, name] of this.#names.entries()) {
      const value = values[this.#at[index] as number] as string;
      if (value !== '') map.set(name, retained(value));
    }
    this.number = this.#numberOf(map);
    this.#known.set(retained(key), { number: this.number, map });
    return map;
  }

  #numberOf(map: ReadonlyMap<string, string>): number {
    const key = JSON.stringify(this.#names.map((name) => countedOf(name, map.get(name))));
    let number = this.#numbers.get(key);
    if (number === undefined) {
      // Never given again, so that what is known of an old one is not taken for a new one.
      number = ++this.#given;
      this.#numbers.set(key, number);
    }
    return number;
  }
}

/** All of a header's value, or of the one that is different all the time what is counted of it; see {@link file://../kind.ts}. */
function countedOf(name: string, value: string | undefined): string {
  if (name !== 'user-agent') return value ?? '';
  return `${isMonitor(value)} ${userAgentFamily(value)}`;
}

/** Whether it may stand for a method: a word, in capitals but for what somebody typed. */
function isMethod(text: string): boolean {
  if (text.length > 32 || text[0] === '-') return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) | 0x20;
    if ((code < 0x61 || code > 0x7a) && text[i] !== '-' && text[i] !== '_') return false;
  }
  return text.length > 0;
}

/** 0 when it was not answered; -1 for what is no status. Some log 499 or 000 for a client that went away, some tables `200.0`. */
function statusOf(values: readonly string[], index: number): number {
  if (index < 0) return 0;
  let text = values[index] as string;
  if (text === '' || text === '0' || text === '-1') return 0;
  if (text.length === 5 && text.endsWith('.0')) text = text.slice(0, 3);
  if (text.length !== 3) return -1;
  const status = (text.charCodeAt(0) - 48) * 100 + (text.charCodeAt(1) - 48) * 10 + text.charCodeAt(2) - 48;
  return isDigit(text, 0) && isDigit(text, 1) && isDigit(text, 2) ? status : -1;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function countOf(text: string): number | null {
  if (text === '' || text.length > 15) return null;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return value;
}

function withoutPort(address: string): string {
  // Most have none, and to search from the front costs a fraction.
  const first = address.indexOf(':');
  if (first < 0) return address;
  const colon = address.lastIndexOf(':');
  return first === colon || address.charCodeAt(colon - 1) === 0x5d ? address.slice(0, colon) : address;
}
