import type { Missing } from '#collectors/traffic/log/exchange-of';
import { type Field, field, latency, requestHeader, responseHeader, user } from '#collectors/traffic/log/field';
import { JsonFormat, type JsonLayout } from '#collectors/traffic/log/json-format';

function all(meaning: Field, ...paths: string[]): JsonLayout {
  return paths.map((path) => [path, meaning] as const);
}

/** Keys that people give to what servers log, and those of the Elastic Common Schema. A duration counts only where its name tells its unit. */
const usual: JsonLayout = [
  ...all(
    field('time'),
    'time_iso8601',
    '@timestamp',
    'timestamp',
    'time',
    'time_local',
    'ts',
    'msec',
    'start_time',
    'date',
  ),
  ...all(field('request'), 'request', 'request_line'),
  ...all(
    field('method'),
    'request_method',
    'method',
    'http_method',
    'httpMethod',
    'verb',
    'http.request.method',
    'request.method',
  ),
  ...all(
    field('target'),
    'request_uri',
    'uri',
    'path',
    'url',
    'target',
    'url.original',
    'request.uri',
    'request.url',
    'request.path',
  ),
  ...all(field('path'), 'request_path', 'url.path'),
  ...all(field('query'), 'args', 'query_string', 'query', 'url.query'),
  ...all(field('host'), 'http_host', 'host', 'authority', 'vhost', 'domain', 'url.domain', 'request.host'),
  ...all(field('server'), 'server_name'),
  ...all(field('scheme'), 'scheme', 'url.scheme'),
  ...all(field('tls'), 'ssl_protocol', 'tls_version', 'tls.version'),
  ...all(
    field('status'),
    'status',
    'status_code',
    'response_code',
    'statusCode',
    'http.response.status_code',
    'response.status',
  ),
  ...all(
    field('length'),
    'body_bytes_sent',
    'bytes_sent',
    'bytes',
    'size',
    'response_size',
    'http.response.body.bytes',
  ),
  ...all(latency(1_000), 'request_time', 'request_time_s', 'duration_s'),
  ...all(latency(1), 'duration_ms', 'latency_ms', 'response_time_ms', 'elapsed_ms', 'took_ms'),
  ...all(latency(0.001), 'duration_us', 'latency_us'),
  ...all(latency(1e-6), 'duration_ns', 'event.duration'),
  ...all(latency(), 'duration', 'latency'),
  ...all(
    field('client'),
    'remote_addr',
    'client_ip',
    'clientip',
    'remote_ip',
    'client',
    'source.ip',
    'request.remote_ip',
  ),
  ...all(field('forwarded'), 'http_x_forwarded_for', 'x_forwarded_for'),
  ...all(field('version'), 'server_protocol', 'protocol', 'proto', 'http.version', 'request.proto'),
  ...all(user('other'), 'remote_user', 'user.name'),
  ...all(requestHeader('user-agent'), 'http_user_agent', 'user_agent', 'agent', 'userAgent', 'user_agent.original'),
  ...all(requestHeader('content-type'), 'content_type'),
  ...all(responseHeader('content-type'), 'sent_http_content_type', 'response_content_type', 'http.response.mime_type'),
];

/** JSON of any server, by the keys that people usually give. */
export function usualJson(name: string, missing: Missing): JsonFormat {
  const knows = (record: Record<string, unknown>) => paths.some((path) => path in record) || 'http' in record;
  return new JsonFormat({ name, layout: usual, knows }, missing);
}

const paths = usual.flatMap(([path, { role }]) => (role === 'status' || role === 'request' ? [path] : []));

/** The JSON that Istio sets up and Envoy's documentation has for an example; durations are in milliseconds. */
const envoy: JsonLayout = [
  ...all(field('time'), 'start_time', 'timestamp'),
  ...all(field('method'), 'method', 'request_method'),
  ...all(field('target'), 'path', 'x_envoy_original_path', 'request_path'),
  ...all(field('host'), 'authority', ':authority', 'request_authority'),
  ...all(field('server'), 'requested_server_name'),
  ...all(field('version'), 'protocol'),
  ...all(field('status'), 'response_code', 'status'),
  ...all(field('length'), 'bytes_sent'),
  ...all(field('requestLength'), 'bytes_received'),
  ...all(latency(1), 'duration'),
  ...all(field('client'), 'downstream_remote_address'),
  ...all(field('forwarded'), 'x_forwarded_for'),
  ...all(field('tls'), 'downstream_tls_version'),
  ...all(requestHeader('user-agent'), 'user_agent'),
];

export function envoyJson(name: string, missing: Missing): JsonFormat {
  const knows = (record: Record<string, unknown>) => 'response_flags' in record || 'upstream_cluster' in record;
  return new JsonFormat({ name, layout: envoy, knows }, missing);
}
