import { type Field, field, latency, requestHeader, responseHeader } from '#collectors/traffic/log/field';
import type { Piece, TextLayout } from '#collectors/traffic/log/text-format';

/** Operators of Envoy that tell something of an exchange (envoyproxy.io, «Access logging», command operators). */
const operators: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['START_TIME', field('time')],
  ['START_TIME_LOCAL', field('time')],
  ['PROTOCOL', field('version')],
  ['RESPONSE_CODE', field('status')],
  ['BYTES_RECEIVED', field('requestLength')],
  ['BYTES_SENT', field('length')],
  ['DURATION', latency(1)],
  ['REQUESTED_SERVER_NAME', field('server')],
  ['DOWNSTREAM_REMOTE_ADDRESS', field('client')],
  ['DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT', field('client')],
  ['DOWNSTREAM_TLS_VERSION', field('tls')],
  ['DOWNSTREAM_TLS_CIPHER', field('tls')],
]);

const operator = /%([A-Z0-9_]+)(?:\(((?:[^()%]|\([^()]*\)|%(?!\)%))*)\))?(?::([0-9]{1,5}))?%|%%/g;

/**
 * The lines of a text format of Envoy, or of Istio, which has the same. Header values stand as they were sent, with any quotes in them.
 * Operators that tell nothing of an exchange are passed over.
 */
export function envoyLayout(declared: string): TextLayout {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of declared.matchAll(operator)) {
    pieces.push(declared.slice(from, found.index));
    pieces.push(found[1] === undefined ? '%' : fieldOf(found[1], found[2] ?? ''));
    from = found.index + found[0].length;
  }
  pieces.push(declared.slice(from).replace(/\r?\n$/, ''));
  return { pieces, escaping: 'none' };
}

function fieldOf(name: string, argument: string): Field | null {
  if (name === 'REQ') return headerOf(argument);
  if (name === 'RESP') return responseHeader(argument.split('?')[0] ?? '');
  if (name === 'START_TIME' && argument !== '' && !isWhole(argument)) return null;
  if (name === 'COMMON_DURATION')
    return argument.startsWith('DS_RX_BEG:DS_TX_END') ? latency(argument.endsWith('us') ? 0.001 : 1) : null;
  return operators.get(name) ?? null;
}

/** `X?Y` is the value of Y where there is no X. */
function headerOf(argument: string): Field {
  const names = argument.toLowerCase().split('?');
  if (names.includes(':path')) return field('target');
  if (names.includes(':authority')) return field('host');
  if (names.includes(':method')) return field('method');
  if (names.includes(':scheme')) return field('scheme');
  if (names.includes('x-forwarded-proto')) return field('scheme');
  return requestHeader(names[0] ?? '');
}

/** Whether a time's format (strftime(3), with `%3f` and `%6f` for fractions) holds a date, a time and a zone. */
function isWhole(format: string): boolean {
  return (
    /^%s(?:\.%[1-9]?f)?$|^%[1-9]?s$/.test(format) ||
    /^%(?:Y-%m-%d|F)[T ]%(?:H:%M:%S|T)(?:\.%[1-9]?f)?(?:Z|%E?z| %E?z)?$/.test(format)
  );
}
