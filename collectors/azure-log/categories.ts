import type { Missing } from '#collectors/traffic/log/exchange-of';
import { field, latency, requestHeader, responseHeader, user } from '#collectors/traffic/log/field';
import { JsonFormat, type JsonLayout, textAt } from '#collectors/traffic/log/json-format';

const time: JsonLayout = [
  ['timeStamp', field('time')],
  ['time', field('time')],
];

/** ApplicationGatewayAccessLog (learn.microsoft.com, «Monitoring data reference for Azure Application Gateway»): seconds. */
const applicationGateway: JsonLayout = [
  ...time,
  ['properties.httpMethod', field('method')],
  ['properties.originalRequestUriWithArgs', field('target')],
  ['properties.requestUri', field('path')],
  ['properties.requestQuery', field('query')],
  ['properties.originalHost', field('host')],
  ['properties.host', field('host')],
  ['properties.httpStatus', field('status')],
  ['properties.httpVersion', field('version')],
  ['properties.timeTaken', latency(1_000)],
  ['properties.clientIP', field('client')],
  ['properties.userAgent', requestHeader('user-agent')],
  ['properties.contentType', responseHeader('content-type')],
  ['properties.sslProtocol', field('tls')],
];

/** FrontDoorAccessLog, of the classic Front Door as well: the URI is absolute, durations are seconds. */
const frontDoor: JsonLayout = [
  ...time,
  ['properties.httpMethod', field('method')],
  ['properties.requestUri', field('url')],
  ['properties.hostName', field('host')],
  ['properties.httpStatusCode', field('status')],
  ['properties.httpVersion', field('version')],
  ['properties.timeTaken', latency(1_000)],
  ['properties.clientIp', field('client')],
  ['properties.userAgent', requestHeader('user-agent')],
  ['properties.securityProtocol', field('tls')],
];

/** GatewayLogs of API Management: milliseconds. */
const apiManagement: JsonLayout = [
  ['time', field('time')],
  ['properties.method', field('method')],
  ['properties.url', field('url')],
  ['properties.responseCode', field('status')],
  ['properties.clientProtocol', field('version')],
  ['durationMs', latency(1)],
  ['callerIpAddress', field('client')],
  ['properties.apimSubscriptionId', user('apiKey')],
  ['properties.clientTlsVersion', field('tls')],
];

/** AppServiceHTTPLogs: milliseconds. */
const appService: JsonLayout = [
  ...time,
  ['properties.CsMethod', field('method')],
  ['properties.CsUriStem', field('path')],
  ['properties.CsUriQuery', field('query')],
  ['properties.CsHost', field('host')],
  ['properties.ScStatus', field('status')],
  ['properties.TimeTaken', latency(1)],
  ['properties.CIp', field('client')],
  ['properties.UserAgent', requestHeader('user-agent')],
  ['properties.CsUsername', user('other')],
];

/** What a resource log's `category` is, and where its records have what. */
export const categories: readonly (readonly [name: string, category: RegExp, layout: JsonLayout])[] = [
  ['Application Gateway', /^ApplicationGatewayAccessLog$/i, applicationGateway],
  ['Front Door', /^FrontdoorAccessLog$/i, frontDoor],
  ['API Management', /^GatewayLogs$/i, apiManagement],
  ['App Service', /^AppServiceHTTPLogs$/i, appService],
];

/** Resource logs as diagnostic settings write them to a storage account or an event hub. */
export function categoryFormats(missing: Missing): JsonFormat[] {
  const known = categories.map(
    ([name, category, layout]) =>
      new JsonFormat({ name, layout, knows: (record) => category.test(textAt(record, 'category')) }, missing),
  );
  const knows = (record: Record<string, unknown>) => 'category' in record && 'resourceId' in record;
  return [...known, new JsonFormat({ name: 'other categories', layout: [], knows, isRequest: () => false }, missing)];
}
