import { z } from 'zod';
import type { Missing } from '#collectors/traffic/log/exchange-of';
import { field, latency, requestHeader, user } from '#collectors/traffic/log/field';
import { isObject, JsonFormat, type JsonLayout } from '#collectors/traffic/log/json-format';
import { type LogConfig, logCollector, logOptions } from '#collectors/traffic/log/source';

const config = z
  .strictObject(logOptions)
  .describe('Logs of Google Cloud: load balancers, Cloud Run, API Gateway, Cloud Endpoints, Apigee, as LogEntry JSON.');

/** LogEntry with HttpRequest (cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry); numbers of 64 bits are strings. */
const httpRequest: JsonLayout = [
  ['timestamp', field('time')],
  ['httpRequest.requestMethod', field('method')],
  ['httpRequest.requestUrl', field('url')],
  ['httpRequest.status', field('status')],
  ['httpRequest.responseSize', field('length')],
  ['httpRequest.requestSize', field('requestLength')],
  ['httpRequest.latency', latency()],
  ['httpRequest.remoteIp', field('client')],
  ['httpRequest.userAgent', requestHeader('user-agent')],
  ['httpRequest.protocol', field('version')],
];

/** What Cloud Endpoints and its proxies log of a call (ESPv2, `endpoints_log`), also in the place of an HttpRequest. */
const endpoints: JsonLayout = [
  ['timestamp', field('time')],
  ['jsonPayload.timestamp', field('time')],
  ['jsonPayload.http_method', field('method')],
  ['jsonPayload.url', field('url')],
  ['jsonPayload.host', field('host')],
  ['jsonPayload.http_status_code', field('status')],
  ['jsonPayload.http_response_code', field('status')],
  ['jsonPayload.response_size_in_bytes', field('length')],
  ['jsonPayload.request_size_in_bytes', field('requestLength')],
  ['jsonPayload.request_latency_in_ms', latency(1)],
  ['jsonPayload.client_ip', field('client')],
  ['jsonPayload.api_key', user('apiKey')],
];

/** Apigee's Message Logging to Cloud Logging, in the keys that its flow variables have. */
const apigee: JsonLayout = [
  ['timestamp', field('time')],
  ...['', 'jsonPayload.'].flatMap(
    (at): JsonLayout => [
      [`${at}request.verb`, field('method')],
      [`${at}request.uri`, field('target')],
      [`${at}request.path`, field('path')],
      [`${at}request.querystring`, field('query')],
      [`${at}request.header.host`, field('host')],
      [`${at}response.status.code`, field('status')],
      [`${at}client.ip`, field('client')],
      [`${at}system.timestamp`, field('time')],
      [`${at}client.received.start.timestamp`, field('time')],
      [`${at}request.header.user-agent`, requestHeader('user-agent')],
    ],
  ),
];

function formats(missing: Missing): JsonFormat[] {
  return [
    new JsonFormat(
      { name: 'HttpRequest', layout: httpRequest, knows: ({ httpRequest: http }) => isObject(http) },
      missing,
    ),
    new JsonFormat(
      {
        name: 'Cloud Endpoints',
        layout: endpoints,
        knows: ({ jsonPayload: payload }) => isObject(payload) && 'http_method' in payload,
      },
      missing,
    ),
    new JsonFormat(
      {
        name: 'Apigee',
        layout: apigee,
        knows: (record) => {
          const payload = record['jsonPayload'];
          return (
            'request.verb' in record ||
            (isObject(payload) && ('request.verb' in payload || isObject(payload['request'])))
          );
        },
      },
      missing,
    ),
    new JsonFormat(
      {
        name: 'other entries',
        layout: [],
        knows: (record) => 'logName' in record && 'resource' in record,
        isRequest: () => false,
      },
      missing,
    ),
  ];
}

export const gcpLog = logCollector<LogConfig>({
  kind: 'gcp-log',
  about: 'Operations that answered, from logs of Google Cloud load balancers, Cloud Run, gateways and Apigee.',
  config,
  noun: 'record',
  what: 'a log of Google Cloud',
  accept: (path) => /\.(?:json|jsonl|ndjson|log)(?:\.(?:gz|zst))?$/i.test(path),
  formats: (_, missing) => formats(missing),
});
