import type { Exchange } from '#collectors/traffic/exchange';
import { ExchangeMaker, type Missing } from './exchange-of.ts';
import type { Field } from './field.ts';
import type { NoExchange } from './format.ts';
import { utf8 } from './lines.ts';

/** Lines whose fields stand one after the other, separated by one character, in an order that a heading tells. */
export class Columns {
  readonly #maker: ExchangeMaker;
  readonly #fields: readonly (Field | null)[];
  readonly #separator: string;
  readonly #value: (raw: string) => string;
  readonly #values: string[];

  /** `value` decodes what stands between separators; `''` for no value. */
  constructor(fields: readonly (Field | null)[], separator: string, value: (raw: string) => string, missing: Missing) {
    this.#fields = fields;
    this.#separator = separator;
    this.#value = value;
    this.#values = fields.map(() => '');
    this.#maker = new ExchangeMaker(fields, missing);
  }

  read(line: string, ref: number): Exchange | NoExchange {
    let from = 0;
    const last = this.#fields.length - 1;
    for (let i = 0; i <= last; i++) {
      const end = line.indexOf(this.#separator, from);
      if (end < 0 !== (i === last)) return 'foreign';
      if (this.#fields[i] !== null)
        this.#values[i] = utf8(this.#value(end < 0 ? line.slice(from) : line.slice(from, end)));
      from = end + 1;
    }
    return this.#maker.make(this.#values, ref) ?? 'foreign';
  }
}
