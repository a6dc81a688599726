import type { Exchange } from '#collectors/traffic/exchange';
import { ExchangeMaker, type Missing } from '#collectors/traffic/log/exchange-of';
import { type Field, field, isAddress, latency } from '#collectors/traffic/log/field';
import type { LogFormat, NoExchange } from '#collectors/traffic/log/format';
import { utf8 } from '#collectors/traffic/log/lines';

/** Columns that tell something of a request; their order and number depend on the version and on the system tags that are on. */
const fields: ReadonlyMap<string, Field> = new Map([
  ['timestamp', field('time')],
  ['metric_value', latency(1)],
  ['method', field('method')],
  ['url', field('url')],
  ['proto', field('version')],
  ['status', field('status')],
]);

const mostColumns = 256;

/** Results that `k6 run --out csv` writes (grafana.com/docs/k6, «CSV»): a heading, then a line for each value of each metric. */
export class K6Csv implements LogFormat {
  readonly name = 'CSV';
  readonly #missing: Missing;
  #fields: readonly (Field | null)[] = [];
  #maker: ExchangeMaker | null = null;

  constructor(missing: Missing) {
    this.#missing = missing;
  }

  read(line: string, ref: number): Exchange | NoExchange {
    if (line.startsWith('metric_name,')) return this.#heading(line);
    if (this.#maker === null) return 'foreign';
    // Only every seventh line or so is one of these: the others are not taken apart.
    if (!line.startsWith('http_req_duration,')) return /^[\w]{1,128},/.test(line) ? 'aside' : 'foreign';
    const values = csvValues(line);
    if (values?.length !== this.#fields.length) return 'foreign';
    const told = values.map((value, i) => {
      const of = this.#fields[i];
      return of && isAddress(of) ? utf8(value) : value;
    });
    return this.#maker.make(told, ref) ?? 'foreign';
  }

  #heading(line: string): NoExchange {
    const names = csvValues(line);
    if (names === null) return 'foreign';
    this.#fields = names.map((name) => fields.get(name) ?? null);
    this.#maker = new ExchangeMaker(this.#fields, this.#missing);
    return 'aside';
  }
}

/** The values of a line (RFC 4180), 256 at most; `null` when its quotes do not close. */
export function csvValues(line: string): string[] | null {
  const values: string[] = [];
  for (let at = 0; values.length < mostColumns; ) {
    let end: number;
    if (line.charCodeAt(at) === 0x22) {
      end = closingQuote(line, at + 1);
      if (end < 0) return null;
      values.push(line.slice(at + 1, end).replaceAll('""', '"'));
      end++;
    } else {
      end = line.indexOf(',', at);
      if (end < 0) end = line.length;
      values.push(line.slice(at, end));
    }
    if (end === line.length) return values;
    if (line.charCodeAt(end) !== 0x2c) return null;
    at = end + 1;
  }
  return null;
}

/** Two in a row stand for one. */
function closingQuote(line: string, from: number): number {
  for (let at = line.indexOf('"', from); at >= 0; at = line.indexOf('"', at + 2))
    if (line.charCodeAt(at + 1) !== 0x22) return at;
  return -1;
}
