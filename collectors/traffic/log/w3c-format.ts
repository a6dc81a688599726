import type { Exchange } from '#collectors/traffic/exchange';
import { Columns } from './columns.ts';
import type { Missing } from './exchange-of.ts';
import { type Field, field, latency, requestHeader, responseHeader, user } from './field.ts';
import type { LogFormat, NoExchange } from './format.ts';

/** Names of fields of the W3C extended log format (w3.org/TR/WD-logfile), and what IIS and CloudFront added. */
const fields: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['date', field('date')],
  ['time', field('clock')],
  ['timestamp', field('time')],
  ['timestamp(ms)', field('time')],
  ['cs-method', field('method')],
  ['cs-uri', field('target')],
  ['cs-uri-stem', field('path')],
  ['cs-uri-query', field('query')],
  ['x-host-header', field('host')],
  ['cs-host', field('host')],
  ['cs(Host)', field('server')],
  ['s-port', field('port')],
  ['cs-protocol', field('scheme')],
  ['cs-protocol-version', field('version')],
  ['cs-version', field('version')],
  ['ssl-protocol', field('tls')],
  ['sc-status', field('status')],
  ['sc-content-len', field('length')],
  ['c-ip', field('client')],
  ['x-forwarded-for', field('forwarded')],
  ['cs-username', user('other')],
  ['cs-user-agent', requestHeader('user-agent')],
  ['sc-content-type', responseHeader('content-type')],
]);

/**
 * What the columns of a W3C extended log mean. IIS has `time-taken` in milliseconds, CloudFront in seconds: `scale` says which.
 * A host header goes before the server's own name.
 */
export function w3cFields(names: readonly string[], scale: number): (Field | null)[] {
  return names.map((name) => {
    if (name === 'time-taken') return latency(scale);
    const known = fields.get(name);
    if (known) return known;
    const header = /^(cs|sc)\(([\w-]{1,64})\)$/.exec(name);
    if (!header || header[2] === 'Cookie') return null;
    return header[1] === 'cs' ? requestHeader(header[2] ?? '') : responseHeader(header[2] ?? '');
  });
}

/** W3C extended logs of IIS: fields between spaces, `+` for a space in them, in an order that `#Fields:` tells, also anew in between. */
export class W3cFormat implements LogFormat {
  readonly name: string;
  readonly #missing: Missing;
  #columns: Columns | null = null;

  constructor(name: string, missing: Missing) {
    this.name = name;
    this.#missing = missing;
  }

  read(line: string, ref: number): Exchange | NoExchange {
    if (line.startsWith('#')) return this.#directive(line);
    return this.#columns?.read(line, ref) ?? 'foreign';
  }

  #directive(line: string): NoExchange {
    if (line.startsWith('#Fields: ')) {
      const names = line.slice(9).trim().split(' ', 256);
      const heading = names.map((name) => (name === 'cs(Host)' ? 'cs-host' : name));
      this.#columns = new Columns(w3cFields(heading, 1), ' ', decoded, this.#missing);
      return 'aside';
    }
    return /^#(?:Software|Version|Date|Start-Date|End-Date|Remark):/.test(line) ? 'aside' : 'foreign';
  }
}

function decoded(raw: string): string {
  return raw === '-' ? '' : raw.includes('+') ? raw.replaceAll('+', ' ') : raw;
}
