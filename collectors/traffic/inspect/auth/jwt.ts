import { normaliseHost } from '#collectors/traffic/host';
import { isName } from '#collectors/traffic/inspect/name';

/** What a JSON Web Token says of itself (RFC 7519); never its subject, its other claims, or its signature. */
export interface Jwt {
  /** `RS256`, `none` …; `other` for what is no registered name. */
  alg: string;
  /** The issuer's and the audiences' host or short identifier; `opaque` for an id; `''` when not said. */
  iss: string;
  aud: string;
  /** How long it is valid from its issue (or from the exchange, where that is not said). */
  lifetime: 'none' | 'minutes' | 'hours' | 'days' | 'longer';
  /** At the exchange's time. */
  expired: boolean;
}

const shape = /^(eyJ[\w-]{2,2048})\.([\w-]{2,16384})\.[\w-]{0,4096}$/;
const maxLength = 24_576;

/** Reads a token's head and claims; `null` when it is none. `at` is epoch milliseconds. */
export function readJwt(token: string, at: number): Jwt | null {
  if (token.length > maxLength) return null;
  const parts = shape.exec(token);
  const head = parts && claimsOf(parts[1] ?? '');
  const claims = parts && claimsOf(parts[2] ?? '');
  if (!head || !claims || typeof head['alg'] !== 'string') return null;
  const expires = timeOf(claims['exp']);
  const issued = timeOf(claims['iat']) ?? timeOf(claims['nbf']) ?? at / 1_000;
  return {
    alg: /^(?:none|dir|(?:HS|RS|ES|PS)(?:256|384|512)|ES256K|EdDSA|Ed25519|Ed448|RSA-OAEP(?:-256)?|ECDH-ES)$/.test(
      head['alg'],
    )
      ? head['alg']
      : 'other',
    iss: partyOf(claims['iss']),
    aud: audienceOf(claims['aud']),
    lifetime: expires === null ? 'none' : lifetimeOf(expires - issued),
    expired: expires !== null && expires * 1_000 < at,
  };
}

function claimsOf(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    // No token after all.
    return null;
  }
}

function audienceOf(aud: unknown): string {
  const all = Array.isArray(aud) ? aud.slice(0, 8).map(partyOf) : [partyOf(aud)];
  return [...new Set(all)]
    .filter((one) => one !== '')
    .sort()
    .join(' ');
}

function partyOf(party: unknown): string {
  if (typeof party !== 'string' || party === '' || party.length > 2_048) return '';
  const authority = /^[a-z][a-z0-9+.-]{0,15}:\/\/([^/?#]{1,255})/i.exec(party)?.[1];
  if (authority !== undefined) return hostOf(authority);
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(party.slice(0, 256))) return hostOf(party);
  return /^[A-Za-z][\w.-]{0,39}$/.test(party) && isName(party) ? party : 'opaque';
}

/** A host of which every label may be a name. */
function hostOf(authority: string): string {
  const host = normaliseHost(authority, null);
  return host?.split('.').every((label) => label.length < 16 || isName(label)) ? host : 'opaque';
}

function timeOf(claim: unknown): number | null {
  return typeof claim === 'number' && Number.isFinite(claim) ? claim : null;
}

function lifetimeOf(seconds: number): Jwt['lifetime'] {
  if (seconds <= 3_600) return 'minutes';
  if (seconds <= 86_400) return 'hours';
  return seconds <= 31 * 86_400 ? 'days' : 'longer';
}
