import type { Missing } from '#collectors/traffic/log/exchange-of';
import { type Field, field, latency, requestHeader, user } from '#collectors/traffic/log/field';
import type { LogFormat } from '#collectors/traffic/log/format';
import { JsonFormat, type JsonLayout } from '#collectors/traffic/log/json-format';
import { type Piece, TextFormat } from '#collectors/traffic/log/text-format';

/** Variables that the usual JSON formats have under their own names. */
const alike: JsonLayout = [
  ['requestTime', field('time')],
  ['requestTimeEpoch', field('time')],
  ['httpMethod', field('method')],
  ['path', field('path')],
  ['resourcePath', field('path')],
  ['domainName', field('host')],
  ['protocol', field('version')],
  ['status', field('status')],
  ['responseLength', field('length')],
  ['responseLatency', latency(1)],
];

/** Variables of API Gateway (docs.aws.amazon.com/apigateway, «Variables for access logging») that tell something of an exchange. */
const variables: ReadonlyMap<string, Field> = new Map<string, Field>([
  ...alike,
  ['identity.sourceIp', field('client')],
  ['identity.userAgent', requestHeader('user-agent')],
  ['identity.apiKeyId', user('apiKey')],
  ['identity.user', user('signature')],
  ['identity.caller', user('signature')],
  ['identity.userArn', user('signature')],
  ['authorizer.principalId', user('other')],
]);

/** The keys that the usual JSON formats give to these variables. */
const usual: JsonLayout = [
  ...alike,
  ['sourceIp', field('client')],
  ['ip', field('client')],
  ['userAgent', requestHeader('user-agent')],
  ['apiKeyId', user('apiKey')],
  ['user', user('signature')],
  ['caller', user('signature')],
  ['principalId', user('other')],
];

/** HTTP APIs may log `routeKey` (`GET /pets`) instead of a path. */
export function apiGatewayJson(missing: Missing): JsonFormat[] {
  const name = 'API Gateway';
  const isPathed = (record: Record<string, unknown>) =>
    'httpMethod' in record && ('resourcePath' in record || 'path' in record);
  const isRouted = (record: Record<string, unknown>) => typeof record['routeKey'] === 'string';
  return [
    new JsonFormat({ name, layout: usual, knows: isPathed }, missing),
    new JsonFormat({ name, layout: [...usual, ['routeKey', field('request')]], knows: isRouted }, missing),
  ];
}

/** The common log format that API Gateway's console proposes. */
const common =
  '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength $context.requestId';

/** Lines of that format: told from other common logs by the request's identifier at their end. */
export function apiGatewayCommon(missing: Missing): LogFormat {
  const format = apiGatewayText(common, missing);
  const name = 'API Gateway';
  return { name, read: (record, ref) => (withIdentifier.test(record) ? format.read(record, ref) : 'foreign') };
}

const withIdentifier = / [0-9]{3} \S{1,16} (?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\w+/-]{11,64}=)$/;

/** Lines, or JSON, of an access log's format as API Gateway has it declared. */
export function apiGatewayText(declared: string, missing: Missing): TextFormat {
  const escaping = declared.startsWith('{') ? 'json' : 'none';
  return new TextFormat('declared', { pieces: piecesOf(declared), escaping }, missing);
}

function piecesOf(format: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of format.matchAll(/\$context\.([A-Za-z]+(?:\.[A-Za-z-]+)*)/g)) {
    pieces.push(format.slice(from, found.index), variables.get(found[1] ?? '') ?? null);
    from = found.index + found[0].length;
  }
  pieces.push(format.slice(from));
  return pieces;
}
