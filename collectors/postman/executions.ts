import type { Exchange } from '#collectors/traffic/exchange';
import type { Missing } from '#collectors/traffic/log/exchange-of';
import type { LogFormat, NoExchange } from '#collectors/traffic/log/format';
import { listedHeaders } from '#collectors/traffic/log/headers';
import { isObject, objectOf } from '#collectors/traffic/log/json-format';

/**
 * Executions of Newman's JSON report (github.com/postmanlabs/newman). They have no time of their own: what the server says in `Date`
 * counts. One without an answer has none.
 */
export class Executions implements LogFormat {
  readonly name = 'Newman';
  readonly #missing: Missing;
  #at = Number.NaN;

  constructor(missing: Missing) {
    this.#missing = missing;
  }

  read(record: string, ref: number): Exchange | NoExchange {
    const execution = objectOf(record);
    if (execution === null) return 'foreign';
    const { request, response } = execution;
    if (!isObject(request) || !isObject(response) || !('cursor' in execution || 'code' in response)) return 'aside';
    const target = targetOf(request['url']);
    const { method } = request;
    const { code, responseTime, responseSize } = response;
    if (target === null || typeof method !== 'string') return 'unasked';
    const requestHeaders = listedHeaders(request['header']) ?? new Map();
    const responseHeaders = listedHeaders(response['header']) ?? new Map();
    const date = Date.parse((responseHeaders.get('date') ?? '').slice(0, 64));
    if (!Number.isNaN(date)) this.#at = date;
    if (Number.isNaN(this.#at)) return 'unasked';
    const exchange: Exchange = {
      at: this.#at,
      ref,
      scheme: null,
      method,
      host: requestHeaders.get('host') ?? this.#missing.host,
      target,
      status: typeof code === 'number' ? code : 0,
      requestHeaders,
      responseHeaders,
      responseLength: typeof responseSize === 'number' ? responseSize : null,
      client: '',
    };
    if (typeof responseTime === 'number' && responseTime >= 0) exchange.latency = responseTime;
    return exchange;
  }
}

/** A URL that stands as text, or in its parts. */
function targetOf(url: unknown): string | null {
  if (typeof url === 'string') return url;
  if (!isObject(url)) return null;
  const { protocol, host, port, path, query } = url;
  const authority = `${joined(host, '.')}${typeof port === 'string' && port !== '' ? `:${port}` : ''}`;
  const pairs = Array.isArray(query) ? query.filter(isObject).filter(({ disabled }) => disabled !== true) : [];
  const search = pairs.map(({ key, value }) => `${text(key)}${value === null ? '' : `=${text(value)}`}`).join('&');
  const origin = `/${joined(path, '/').replace(/^\//, '')}${search === '' ? '' : `?${search}`}`;
  return authority === '' ? origin : `${protocol === 'http' ? 'http' : 'https'}://${authority}${origin}`;
}

function joined(parts: unknown, by: string): string {
  return Array.isArray(parts) ? parts.map(text).join(by) : text(parts);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
