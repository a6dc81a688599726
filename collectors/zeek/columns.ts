import type { Exchange } from '#collectors/traffic/exchange';
import { Columns } from '#collectors/traffic/log/columns';
import type { EncryptedHosts } from '#collectors/traffic/log/encrypted';
import type { Missing } from '#collectors/traffic/log/exchange-of';
import { type Field, field, requestHeader, responseHeader, user } from '#collectors/traffic/log/field';
import type { LogFormat, NoExchange } from '#collectors/traffic/log/format';

/** Fields of http.log (docs.zeek.org, base/protocols/http/main.zeek) that tell something of an exchange. Types are told by the bodies. */
export const httpFields: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['ts', field('time')],
  ['method', field('method')],
  ['uri', field('target')],
  ['host', field('host')],
  ['id.resp_h', field('server')],
  ['id.resp_p', field('port')],
  ['id.orig_h', field('client')],
  ['version', field('version')],
  ['user_agent', requestHeader('user-agent')],
  ['request_body_len', field('requestLength')],
  ['response_body_len', field('length')],
  ['status_code', field('status')],
  ['username', user('basic')],
  ['resp_mime_types', responseHeader('content-type')],
]);

/** Tab-separated logs of Zeek: `#fields` names the columns, `#separator` and the rest of the heading say how values are written. */
export class ZeekColumns implements LogFormat {
  readonly name = 'tabs';
  readonly #missing: Missing;
  readonly #encrypted: EncryptedHosts;
  #columns: Columns | null = null;
  #separator = '\t';
  #unset = '-';
  #empty = '(empty)';
  #path = '';
  /** Columns of ssl.log by their names. */
  #places: ReadonlyMap<string, number> = new Map();

  constructor(missing: Missing, encrypted: EncryptedHosts) {
    this.#missing = missing;
    this.#encrypted = encrypted;
  }

  read(line: string, ref: number): Exchange | NoExchange {
    if (line.startsWith('#')) return this.#heading(line);
    if (this.#columns === null) return 'foreign';
    if (this.#path === 'http') return this.#columns.read(line, ref);
    return this.#path === 'ssl' ? this.#connection(line) : 'aside';
  }

  #heading(line: string): NoExchange {
    if (line.startsWith('#separator ')) {
      this.#separator = unescaped(line.slice(11).trim()).slice(0, 1) || '\t';
      return 'aside';
    }
    const [key, ...values] = line.split(this.#separator, 512);
    const value = unescaped(values[0] ?? '');
    if (key === '#unset_field') this.#unset = value;
    else if (key === '#empty_field') this.#empty = value;
    else if (key === '#path') this.#path = value;
    else if (key === '#fields') {
      this.#places = new Map(values.map((name, place) => [name, place]));
      const fields = values.map((name) => httpFields.get(name) ?? null);
      this.#columns = new Columns(fields, this.#separator, (raw) => this.#decoded(raw), this.#missing);
    } else if (!/^#(?:open|close|types|set_separator)$/.test(key ?? '')) return 'foreign';
    return 'aside';
  }

  /** A line of ssl.log (docs.zeek.org, base/protocols/ssl/main.zeek). */
  #connection(line: string): NoExchange {
    const values = line.split(this.#separator, 512);
    if (values.length !== this.#places.size) return 'foreign';
    const value = (name: string) => this.#decoded(values[this.#places.get(name) ?? -1] ?? '');
    return this.#encrypted.see(value('server_name'), value('id.resp_h'), value('id.resp_p'));
  }

  #decoded(raw: string): string {
    if (raw === this.#unset || raw === this.#empty) return '';
    return raw.includes('\\') ? unescaped(raw) : raw;
  }
}

function unescaped(text: string): string {
  return text.replace(/\\x([0-9A-Fa-f]{2})|\\\\/g, (_, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
