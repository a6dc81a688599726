import { z } from 'zod';
import type { Exchange } from '#collectors/traffic/exchange';
import type { Missing } from '#collectors/traffic/log/exchange-of';
import { field, requestHeader, responseHeader } from '#collectors/traffic/log/field';
import { listedHeaders } from '#collectors/traffic/log/headers';
import { isObject, JsonFormat, type JsonLayout, valueAt, withHeaders } from '#collectors/traffic/log/json-format';
import { type LogConfig, logCollector, logOptions } from '#collectors/traffic/log/source';

const config = z.strictObject(logOptions).describe("Suricata's EVE log (eve.json), its events of HTTP/1 and HTTP/2.");

/** Events of type `http` (docs.suricata.io, «Eve JSON Format»); `hostname` is without its port. */
const layout: JsonLayout = [
  ['timestamp', field('time')],
  ['http.http_method', field('method')],
  ['http.url', field('target')],
  ['http.hostname', field('host')],
  ['dest_ip', field('server')],
  ['http.http_port', field('port')],
  ['dest_port', field('port')],
  ['http.protocol', field('version')],
  ['http.version', field('version')],
  ['http.status', field('status')],
  ['http.length', field('length')],
  ['src_ip', field('client')],
  ['xff', field('forwarded')],
  ['http.xff', field('forwarded')],
  ['http.http_user_agent', requestHeader('user-agent')],
  ['http.authorization', requestHeader('authorization')],
  ['http.cookie', requestHeader('cookie')],
  ['http.http_content_type', responseHeader('content-type')],
  ['http.redirect', responseHeader('location')],
];

function format(missing: Missing): JsonFormat {
  const knows = (record: Record<string, unknown>) => typeof record['event_type'] === 'string' && 'timestamp' in record;
  const isRequest = (record: Record<string, unknown>) =>
    (record['event_type'] === 'http' || record['event_type'] === 'http2') && isObject(record['http']);
  return new JsonFormat({ name: 'EVE', layout, knows, isRequest, finish }, missing);
}

/** All headers are there when Suricata was configured to log them (`dump-all-headers`). */
function finish(exchange: Exchange, record: Record<string, unknown>): Exchange {
  const request = listedHeaders(valueAt(record, ['http', 'request_headers']));
  if (request === null) return exchange;
  const response = listedHeaders(valueAt(record, ['http', 'response_headers'])) ?? exchange.responseHeaders;
  return withHeaders(exchange, request, response);
}

export const suricata = logCollector<LogConfig>({
  kind: 'suricata',
  about: "Operations that answered, from the HTTP events of Suricata's EVE log.",
  config,
  noun: 'event',
  what: "Suricata's EVE log",
  accept: (path) => /(?:^|[/\\])eve[^/\\]*\.json[^/\\]*$/i.test(path),
  formats: (_, missing) => [format(missing)],
});
