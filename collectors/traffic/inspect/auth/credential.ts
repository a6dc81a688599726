import { isKeyHeader, isKeyParameter, isSessionCookie } from '#collectors/traffic/credentials';
import type { Exchange } from '#collectors/traffic/exchange';
import type { Document } from '#collectors/traffic/inspect/body/document';
import { mergeByKey } from '#collectors/traffic/inspect/counts';
import { isName } from '#collectors/traffic/inspect/name';
import { queryPairs } from '#collectors/traffic/query';
import { type Jwt, readJwt } from './jwt.ts';

/** One way in which requests say who asks. */
export interface Credential {
  /**
   * `basic`, `digest`, `negotiate`, `bearer` (opaque), `jwt`, `dpop`, `api-key`, `cookie`, `mtls`, `aws-sigv4`, `aws-sigv2`, `hmac`,
   * `http-signature`, `oauth-client`, `other`, or `none`.
   */
  mechanism: string;
  in: 'header' | 'query' | 'cookie' | 'body' | '';
  /** Of the header, parameter, cookie or field; `''` for `none` and for names that are values. */
  name: string;
  /** `us-east-1 s3` of AWS's scope; `client-assertion` or `client-secret`, and the grant, of OAuth clients. */
  detail: string;
  jwt: Jwt | null;
  samples: number;
}

const maxCredentials = 24;

const mechanisms: ReadonlyMap<string, string> = new Map([
  ['basic', 'basic'],
  ['digest', 'digest'],
  ['negotiate', 'negotiate'],
  ['ntlm', 'negotiate'],
  ['kerberos', 'negotiate'],
  ['bearer', 'bearer'],
  ['dpop', 'dpop'],
  ['hoba', 'http-signature'],
  ['signature', 'http-signature'],
  ['aws4-hmac-sha256', 'aws-sigv4'],
  ['aws4-ecdsa-p256-sha256', 'aws-sigv4'],
  ['aws', 'aws-sigv2'],
  ['sharedkey', 'hmac'],
  ['sharedkeylite', 'hmac'],
  ['sharedaccesssignature', 'hmac'],
  ['eg1-hmac-sha256', 'hmac'],
  ['apikey', 'api-key'],
  ['api-key', 'api-key'],
  ['token', 'api-key'],
  ['key', 'api-key'],
  ['genericbearer', 'bearer'],
]);

/** Headers by which a proxy passes a client's certificate on (RFC 9440, Envoy, NGINX, Apache, AWS, Azure). */
const certificateHeader =
  /^(?:client-cert(?:-chain)?|x-forwarded-client-cert|x-(?:ssl-)?client-(?:cert|certificate|dn|verify|subject|s-dn)|ssl-client-[a-z-]{1,32}|x-ssl-client-[a-z0-9-]{1,32}|x-amzn-mtls-clientcert[a-z-]{0,32}|x-arr-clientcert|x-client-certificate)$/;
const signatureHeader =
  /^(?:x-)?(?:[a-z]{1,24}-)?(?:hub-signature(?:-256)?|hmac(?:-sha(?:1|256|512))?|signature(?:-256|-v1|-sha256)?|request-signature)$/;

/** Every way in which a request says who asks; one of `none` where it does not. Never a value. */
export function credentialsOf(exchange: Exchange, document: Document | null): Credential[] {
  const found: Credential[] = [];
  for (const [name, value] of exchange.requestHeaders) if (value !== '') noteHeader(found, name, value, exchange);
  noteQuery(found, exchange);
  noteBody(found, document);
  if (found.length === 0) found.push(credential('none', '', ''));
  return mergeCredentials([found]).map((one) => ({ ...one, samples: 1 }));
}

export function mergeCredentials(many: readonly (readonly Credential[])[]): Credential[] {
  return mergeByKey(
    many,
    ({ samples: _, ...rest }) =>
      Object.values({ ...rest, jwt: rest.jwt && Object.values(rest.jwt).join(' ') }).join(' '),
    (one, other) => ({ ...one, samples: one.samples + other.samples }),
    maxCredentials,
  );
}

function credential(
  mechanism: string,
  place: Credential['in'],
  name: string,
  detail = '',
  jwt: Jwt | null = null,
): Credential {
  return { mechanism, in: place, name: name === '' || isName(name) ? name : '', detail, jwt, samples: 1 };
}

function noteHeader(found: Credential[], name: string, value: string, { at, requestHeaders }: Exchange): void {
  if (name === 'authorization' || name === 'proxy-authorization') found.push(authorization(name, value, at));
  else if (name === 'cookie') noteCookies(found, value, at);
  else if (name === 'dpop') found.push(credential('dpop', 'header', name));
  else if (name === 'signature-input' && requestHeaders.has('signature'))
    found.push(credential('http-signature', 'header', name));
  else if (name === 'signature' && requestHeaders.has('signature-input')) return;
  else if (certificateHeader.test(name)) found.push(credential('mtls', 'header', name));
  else if (isKeyHeader(name)) found.push(keyOrJwt('api-key', 'header', name, value, at));
  else if (signatureHeader.test(name)) found.push(credential('hmac', 'header', name));
  else if (value.startsWith('eyJ')) {
    const jwt = readJwt(value, at);
    if (jwt) found.push(credential('jwt', 'header', name, '', jwt));
  }
}

function authorization(name: string, value: string, at: number): Credential {
  const space = value.indexOf(' ');
  const scheme = (space < 0 ? value : value.slice(0, space)).toLowerCase();
  const mechanism = mechanisms.get(scheme) ?? (/^[a-z0-9-]{0,24}hmac[a-z0-9-]{0,24}$/.test(scheme) ? 'hmac' : null);
  if (space < 0) return keyOrJwt(mechanism ?? 'api-key', 'header', name, value, at);
  const rest = value.slice(space + 1).trim();
  if (mechanism === 'bearer' || mechanism === 'dpop' || mechanism === 'api-key')
    return keyOrJwt(mechanism, 'header', name, rest, at);
  return credential(
    mechanism ?? 'other',
    'header',
    name,
    mechanism === 'aws-sigv4' ? awsScope(/Credential=([^,\s]{1,256})/.exec(rest.slice(0, 2_048))?.[1]) : '',
  );
}

function keyOrJwt(mechanism: string, place: Credential['in'], name: string, value: string, at: number): Credential {
  const jwt = value.startsWith('eyJ') ? readJwt(value, at) : null;
  return credential(jwt ? 'jwt' : mechanism, place, name, jwt && mechanism === 'dpop' ? 'dpop' : '', jwt);
}

function noteCookies(found: Credential[], cookies: string, at: number): void {
  for (const cookie of cookies.slice(0, 16_384).split(';', 128)) {
    const equals = cookie.indexOf('=');
    if (equals < 0) continue;
    const name = cookie.slice(0, equals).trim();
    const value = cookie.slice(equals + 1).trim();
    const jwt = value.startsWith('eyJ') ? readJwt(value, at) : null;
    if (jwt) found.push(credential('jwt', 'cookie', name, '', jwt));
    else if (value !== '' && isSessionCookie(name)) found.push(credential('cookie', 'cookie', name));
  }
}

function noteQuery(found: Credential[], { target, at }: Exchange): void {
  for (const { name, value } of queryPairs(target)) {
    const lower = name.toLowerCase();
    if (value === '') continue;
    if (lower === 'x-amz-credential')
      found.push(credential('aws-sigv4', 'query', name, awsScope(value.replaceAll(/%2F/gi, '/'))));
    else if (lower === 'x-amz-signature' || lower === 'x-amz-security-token') continue;
    else if (lower === 'x-goog-signature' || lower === 'sig' || lower === 'signature' || lower === 'hmac')
      found.push(credential('hmac', 'query', name));
    else if (lower === 'access_token' || lower === 'id_token') found.push(keyOrJwt('bearer', 'query', name, value, at));
    else if (isKeyParameter(name, value)) found.push(keyOrJwt('api-key', 'query', name, value, at));
    else if (value.startsWith('eyJ')) {
      const jwt = readJwt(value, at);
      if (jwt) found.push(credential('jwt', 'query', name, '', jwt));
    }
  }
}

/** RFC 6749 and RFC 7523: clients of a token endpoint. */
function noteBody(found: Credential[], document: Document | null): void {
  const value = document?.tree?.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const { client_assertion, client_secret, grant_type } = value as Record<string, unknown>;
  if (typeof grant_type !== 'string') return;
  const grant =
    /(?:^|:)(authorization_code|client_credentials|password|refresh_token|device_code|jwt-bearer|saml2-bearer|token-exchange|ciba)$/.exec(
      grant_type.slice(0, 128),
    )?.[1];
  const kind =
    typeof client_assertion === 'string'
      ? 'client-assertion'
      : typeof client_secret === 'string'
        ? 'client-secret'
        : null;
  if (kind)
    found.push(
      credential('oauth-client', 'body', kind.replace('-', '_'), grant === undefined ? kind : `${kind} ${grant}`),
    );
}

/** `us-east-1 s3` of `KEY/20130524/us-east-1/s3/aws4_request`; SigV4A's scope has no region. */
function awsScope(scope: string | undefined): string {
  const parts = (scope ?? '').split('/', 8).slice(2, -1);
  return parts.every((part) => /^[a-z][a-z0-9-]{0,31}$/.test(part) && isName(part)) ? parts.slice(0, 2).join(' ') : '';
}
