import type { Exchange } from '#collectors/traffic/exchange';
import type { Missing } from '#collectors/traffic/log/exchange-of';
import { field, latency, user } from '#collectors/traffic/log/field';
import { isObject, JsonFormat, type JsonLayout, valueAt, withHeaders } from '#collectors/traffic/log/json-format';

/** Caddy's access log (caddyserver.com/docs/logging): durations in seconds, as text with a unit where it is configured so. */
const layout: JsonLayout = [
  ['ts', field('time')],
  ['request.method', field('method')],
  ['request.uri', field('target')],
  ['request.host', field('host')],
  ['request.proto', field('version')],
  ['request.client_ip', field('client')],
  ['request.remote_ip', field('client')],
  ['request.remote_addr', field('client')],
  ['request.tls.version', field('tls')],
  ['user_id', user('basic')],
  ['status', field('status')],
  ['size', field('length')],
  ['bytes_read', field('requestLength')],
  ['duration', latency(1_000)],
  ['duration', latency()],
  ['duration_ms', latency(1)],
];

export function caddyFormat(name: string, missing: Missing): JsonFormat {
  const knows = (record: Record<string, unknown>) =>
    isObject(record['request']) && 'uri' in record['request'] && 'logger' in record;
  const isRequest = (record: Record<string, unknown>) => 'status' in record;
  return new JsonFormat({ name, layout, knows, isRequest, finish }, missing);
}

/** Caddy logs every header; of those that hold credentials that they were there, with an empty list or `REDACTED` for their values. */
function finish(exchange: Exchange, record: Record<string, unknown>): Exchange {
  const request = headersOf(valueAt(record, ['request', 'headers']));
  const response = headersOf(record['resp_headers']);
  const whole = withHeaders(exchange, request, response);
  if (isObject(valueAt(record, ['request', 'tls']))) whole.scheme = 'https';
  if (isRedacted(request.get('authorization'))) {
    request.delete('authorization');
    whole.mechanisms ??= ['other'];
  }
  if (isRedacted(request.get('cookie'))) {
    request.delete('cookie');
    whole.headersSeen = false;
  }
  return whole;
}

function isRedacted(value: string | undefined): boolean {
  return value === '' || value === 'REDACTED';
}

function headersOf(found: unknown): Map<string, string> {
  const headers = new Map<string, string>();
  if (!isObject(found)) return headers;
  for (const [name, values] of Object.entries(found)) {
    if (Array.isArray(values))
      headers.set(name.toLowerCase(), values.filter((value) => typeof value === 'string').join(', '));
  }
  return headers;
}
