import type { Missing } from '#collectors/traffic/log/exchange-of';
import { field, latency, requestHeader, responseHeader, user } from '#collectors/traffic/log/field';
import { JsonFormat, type JsonLayout } from '#collectors/traffic/log/json-format';
import type { TextLayout } from '#collectors/traffic/log/text-format';

/** Traefik's common log format (doc.traefik.io, «Access logs»). */
export const traefikCommon: TextLayout = {
  escaping: 'none',
  pieces: [
    ...[field('client'), ' - ', user('basic'), ' [', field('time'), '] "', field('request'), '" '],
    ...[field('status'), ' ', field('length'), ' "', null, '" "', requestHeader('user-agent'), '" '],
    ...[null, ' "', null, '" "', null, '" ', latency(1), 'ms'],
  ],
};

const layout: JsonLayout = [
  ['StartUTC', field('time')],
  ['StartLocal', field('time')],
  ['time', field('time')],
  ['RequestMethod', field('method')],
  ['RequestPath', field('target')],
  ['RequestProtocol', field('version')],
  ['RequestScheme', field('scheme')],
  ['RequestHost', field('host')],
  ['RequestAddr', field('host')],
  ['RequestPort', field('port')],
  ['DownstreamStatus', field('status')],
  ['OriginStatus', field('status')],
  ['DownstreamContentSize', field('length')],
  ['RequestContentSize', field('requestLength')],
  ['Duration', latency(1e-6)],
  ['ClientHost', field('client')],
  ['request_X-Forwarded-For', field('forwarded')],
  ['ClientUsername', user('basic')],
  ['TLSVersion', field('tls')],
  ['request_User-Agent', requestHeader('user-agent')],
  ['request_Content-Type', requestHeader('content-type')],
  ['request_Authorization', user('other')],
  ['downstream_Content-Type', responseHeader('content-type')],
  ['downstream_Location', responseHeader('location')],
  ['origin_Content-Type', responseHeader('content-type')],
  ['origin_Location', responseHeader('location')],
];

export function traefikJson(name: string, missing: Missing): JsonFormat {
  return new JsonFormat(
    {
      name,
      layout,
      knows: (record) => 'RequestMethod' in record && ('DownstreamStatus' in record || 'Duration' in record),
    },
    missing,
  );
}
