import type { Missing } from '#collectors/traffic/log/exchange-of';
import { type Field, field, latency, requestHeader, user } from '#collectors/traffic/log/field';
import { JsonFormat, type JsonLayout, textAt } from '#collectors/traffic/log/json-format';
import { categories } from './categories.ts';

interface Table {
  /** `Type` of its records, which a query may have left out. */
  type: string;
  /** Columns that no other table has together. */
  columns: readonly string[];
  name: string;
  layout: JsonLayout;
}

const time: readonly (readonly [string, Field])[] = [['TimeGenerated', field('time')]];

/** Tables of one service each (learn.microsoft.com, «Azure Monitor Logs reference»). Front Door has none, and is in AzureDiagnostics. */
const tables: readonly Table[] = [
  {
    type: 'AGWAccessLogs',
    columns: ['HttpMethod', 'HttpStatus'],
    name: 'Application Gateway',
    layout: [
      ...time,
      ['HttpMethod', field('method')],
      ['OriginalRequestUriWithArgs', field('target')],
      ['RequestUri', field('path')],
      ['OriginalHost', field('host')],
      ['Host', field('host')],
      ['HttpStatus', field('status')],
      ['HttpVersion', field('version')],
      ['TimeTaken', latency(1_000)],
      ['ClientIp', field('client')],
      ['UserAgent', requestHeader('user-agent')],
      ['SslProtocol', field('tls')],
    ],
  },
  {
    type: 'ApiManagementGatewayLogs',
    columns: ['Method', 'Url', 'ResponseCode'],
    name: 'API Management',
    layout: [
      ...time,
      ['Method', field('method')],
      ['Url', field('url')],
      ['ResponseCode', field('status')],
      ['ClientProtocol', field('version')],
      ['TotalTime', latency(1)],
      ['CallerIpAddress', field('client')],
      ['ApimSubscriptionId', user('apiKey')],
      ['ClientTlsVersion', field('tls')],
    ],
  },
  {
    type: 'AppServiceHTTPLogs',
    columns: ['CsMethod', 'CsUriStem'],
    name: 'App Service',
    layout: [
      ...time,
      ['CsMethod', field('method')],
      ['CsUriStem', field('path')],
      ['CsUriQuery', field('query')],
      ['CsHost', field('host')],
      ['ScStatus', field('status')],
      ['TimeTaken', latency(1)],
      ['CIp', field('client')],
      ['UserAgent', requestHeader('user-agent')],
      ['CsUsername', user('other')],
    ],
  },
];

/** Records of Log Analytics: tables of one service, AzureDiagnostics, which several share, and others. */
export function tableFormats(missing: Missing): JsonFormat[] {
  const own = tables.map(({ type, columns, name, layout }) => {
    const knows = (record: Record<string, unknown>) =>
      isRecord(record) &&
      (textAt(record, 'Type') || type) === type &&
      columns.every((column) => Object.hasOwn(record, column));
    return new JsonFormat({ name, layout, knows }, missing);
  });
  const shared = categories.map(([name, category, layout]) => {
    const knows = (record: Record<string, unknown>) => isRecord(record) && category.test(textAt(record, 'Category'));
    return new JsonFormat({ name, layout: inAzureDiagnostics(layout), knows }, missing);
  });
  const other = { name: 'other tables', layout: [], knows: isRecord, isRequest: () => false };
  return [...own, ...shared, new JsonFormat(other, missing)];
}

function isRecord(record: Record<string, unknown>): boolean {
  return Object.hasOwn(record, 'TimeGenerated');
}

/** Columns of what all resource logs have. */
const common: ReadonlyMap<string, string> = new Map([
  ['time', 'TimeGenerated'],
  ['durationMs', 'DurationMs'],
  ['callerIpAddress', 'CallerIPAddress'],
]);

/** By a value's type: text, number, GUID. */
const suffixes = ['s', 'd', 'g'];

/**
 * Where AzureDiagnostics has what a resource log does: properties in columns with a suffix by their type, or, once the table has all
 * the columns that it may, in AdditionalFields.
 */
function inAzureDiagnostics(layout: JsonLayout): JsonLayout {
  return layout.flatMap(([path, field]) => {
    const property = /^properties\.(\w+)$/.exec(path)?.[1];
    const columns =
      property === undefined
        ? [common.get(path)]
        : [...suffixes.map((suffix) => `${property}_${suffix}`), `AdditionalFields.${property}`];
    return columns.flatMap((column) => (column === undefined ? [] : [[column, field] as const]));
  });
}
