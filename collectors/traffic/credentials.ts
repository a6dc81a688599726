import { segmentType } from '#path/segment';
import type { Exchange } from './exchange.ts';
import type { QueryPair } from './query.ts';

/** Schemes of `Authorization` (IANA's registry, and what vendors added) by the names that {@link file://../../src/model/sighting.ts} has. */
const schemes: ReadonlyMap<string, string> = new Map([
  ['bearer', 'bearer'],
  ['dpop', 'bearer'],
  ['basic', 'basic'],
  ['digest', 'digest'],
  ['negotiate', 'negotiate'],
  ['ntlm', 'negotiate'],
  ['hoba', 'signature'],
  ['signature', 'signature'],
  ['aws4-hmac-sha256', 'signature'],
  ['apikey', 'apiKey'],
  ['api-key', 'apiKey'],
  ['token', 'apiKey'],
  ['key', 'apiKey'],
]);

const keyHeader =
  /(?:^|-)(?:api-?(?:key|token)|app-?key|auth-?(?:key|token)|access-?(?:key|token)|session-?token|security-token|subscription-key|functions-key|private-token|vault-token|consumer-key)$/;
const keyParameter =
  /^(?:x-)?(?:api[-_]?(?:key|token)|app[-_]?key|auth[-_]?(?:key|token)|subscription-key|x-amz-signature|x-goog-signature|sig|signature)$/i;
/** Words that are used for other things as well: only with a value that is opaque. */
const maybeKeyParameter = /^(?:key|token|code|secret)$/i;
const sessionCookie = /sess|sid$|^sid|auth|token|jwt|login|remember|identity|^\.aspnet/i;
const otherCookie = /csrf|xsrf|^_ga|^_gid|consent|visitor|analytics/i;

/** How a request says who asks, by mechanism; empty when it does not. Never a value. */
export function mechanismsOf(exchange: Exchange, query: readonly QueryPair[]): string[] {
  const found = new Set<string>(exchange.mechanisms);
  for (const [name, value] of exchange.requestHeaders) {
    if (value === '') continue;
    if (name === 'authorization') found.add(authorizationScheme(value));
    else if (name === 'cookie') {
      if (holdsSession(value)) found.add('cookie');
    } else if (isKeyHeader(name)) found.add('apiKey');
  }
  for (const { name, value } of query) {
    if (value === '') continue;
    if (name === 'access_token') found.add('bearer');
    else if (isKeyParameter(name, value)) found.add('apiKey');
  }
  return [...found];
}

/** Whether a header of this lower-case name is a credential, beside `authorization` and `cookie`. */
export function isKeyHeader(name: string): boolean {
  return keyHeader.test(name);
}

/** Whether a query parameter carries a key or a signature. */
export function isKeyParameter(name: string, value: string): boolean {
  return keyParameter.test(name) || (maybeKeyParameter.test(name) && isOpaque(value));
}

/** Whether a cookie of this name says who asks. */
export function isSessionCookie(name: string): boolean {
  return name.length <= 256 && sessionCookie.test(name) && !otherCookie.test(name);
}

function authorizationScheme(value: string): string {
  const space = value.indexOf(' ');
  if (space < 0) return schemes.get(value.toLowerCase()) ?? 'apiKey';
  return schemes.get(value.slice(0, space).toLowerCase()) ?? 'other';
}

function holdsSession(cookies: string): boolean {
  return cookies
    .split(';', 128)
    .some((cookie) => isSessionCookie(cookie.slice(0, Math.max(0, cookie.indexOf('='))).trim()));
}

/** Whether a parameter of that name is a credential: `maybe` when its value tells. */
export function keyParameterKind(name: string): 'yes' | 'no' | 'maybe' {
  if (name === 'access_token' || keyParameter.test(name)) return 'yes';
  return maybeKeyParameter.test(name) ? 'maybe' : 'no';
}

function isOpaque(value: string): boolean {
  const type = segmentType(value);
  return value.length >= 16 && (type === 'token' || type === 'hex' || type === 'jwt' || type === 'uuid');
}
