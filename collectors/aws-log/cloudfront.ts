import type { Exchange } from '#collectors/traffic/exchange';
import { Columns } from '#collectors/traffic/log/columns';
import type { Missing } from '#collectors/traffic/log/exchange-of';
import type { LogFormat, NoExchange } from '#collectors/traffic/log/format';
import { JsonFormat, type JsonLayout } from '#collectors/traffic/log/json-format';
import { w3cFields } from '#collectors/traffic/log/w3c-format';

/** Fields of a real-time log in their order, when a configuration has all of them (docs.aws.amazon.com, «Real-time access logs»). */
const realTime =
  'timestamp c-ip s-ip time-to-first-byte sc-status sc-bytes cs-method cs-protocol cs-host cs-uri-stem cs-bytes x-edge-location x-edge-request-id x-host-header time-taken cs-protocol-version c-ip-version cs-user-agent cs-referer cs-cookie cs-uri-query x-edge-response-result-type x-forwarded-for ssl-protocol ssl-cipher x-edge-result-type fle-encrypted-fields fle-status sc-content-type sc-content-len sc-range-start sc-range-end c-port x-edge-detailed-result-type c-country cs-accept-encoding cs-accept cache-behavior-path-pattern cs-headers cs-header-names cs-headers-count primary-distribution-id primary-distribution-dns-name origin-fbl origin-lbl asn'.split(
    ' ',
  );

/**
 * CloudFront's logs (docs.aws.amazon.com/AmazonCloudFront): standard ones with tabs between fields that `#Fields:` names, and real-time ones
 * without a heading, whose fields `names` tells when they are not all of them.
 */
export class CloudFront implements LogFormat {
  readonly name = 'CloudFront';
  readonly #missing: Missing;
  #columns: Columns;

  constructor(names: readonly string[] | undefined, missing: Missing) {
    this.#missing = missing;
    this.#columns = this.#ofNames(names ?? realTime);
  }

  read(line: string, ref: number): Exchange | NoExchange {
    if (!line.startsWith('#')) return this.#columns.read(line, ref);
    if (line.startsWith('#Fields: ')) {
      this.#columns = this.#ofNames(line.slice(9).trim().split(/[ \t]/, 256));
      return 'aside';
    }
    return line.startsWith('#Version:') ? 'aside' : 'foreign';
  }

  #ofNames(names: readonly string[]): Columns {
    return new Columns(w3cFields(names, 1_000), '\t', decoded, this.#missing);
  }
}

/** The same fields as JSON, as standard logging version 2 delivers them. */
export function cloudFrontJson(missing: Missing): JsonFormat {
  const names = [...realTime, 'date', 'time', 'cs(Host)', 'cs(User-Agent)', 'x-host-header'];
  const fields = w3cFields(names, 1_000);
  const layout: JsonLayout = names.flatMap((name, i) => (fields[i] ? [[name, fields[i]] as const] : []));
  const knows = (record: Record<string, unknown>) => 'cs-uri-stem' in record || 'x-edge-location' in record;
  return new JsonFormat({ name: 'CloudFront', layout, knows }, missing);
}

/** Percent-encoded where a byte would break the line, and twice where it was encoded already. */
function decoded(raw: string): string {
  if (raw === '-') return '';
  return raw.includes('%') ? raw.replace(/%(25|20|22|5C)/g, (_, hex: string) => single[hex] ?? '') : raw;
}

const single: Record<string, string> = { '25': '%', '20': '%20', '22': '%22', '5C': '%5C' };
