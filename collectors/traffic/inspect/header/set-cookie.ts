import { mergeByKey } from '#collectors/traffic/inspect/counts';
import { isName } from '#collectors/traffic/inspect/name';

/** A cookie that answers set, by name, with the protections that it lacked. */
export interface SetCookie {
  name: string;
  /** Of `HttpOnly`, `Secure` and `SameSite`; `SameSite=None` is written so. */
  lacks: string[];
  samples: number;
}

const maxCookies = 32;

/** Cookies of a `Set-Cookie` whose repeated fields were joined with commas (RFC 6265, section 3, tells why that is hard). */
export function setCookies(header: string | undefined): SetCookie[] {
  const cookies: SetCookie[] = [];
  for (const cookie of separated(header ?? '')) {
    const [pair = '', ...attributes] = cookie.split(';', 16);
    const name = pair.slice(0, Math.max(0, pair.indexOf('='))).trim();
    if (!isName(name) || cookies.length >= maxCookies) continue;
    const set = new Set(attributes.map((attribute) => attribute.trim().toLowerCase()));
    const lacks: string[] = [];
    if (!set.has('httponly')) lacks.push('HttpOnly');
    if (![...set].some((attribute) => attribute.startsWith('samesite='))) lacks.push('SameSite');
    else if (set.has('samesite=none')) lacks.push('SameSite=None');
    if (!set.has('secure')) lacks.push('Secure');
    cookies.push({ name, lacks, samples: 1 });
  }
  return mergeSetCookies([cookies]).map((cookie) => ({ ...cookie, samples: 1 }));
}

export function mergeSetCookies(many: readonly (readonly SetCookie[])[]): SetCookie[] {
  return mergeByKey(
    many,
    ({ name, lacks }) => `${name} ${lacks.join(' ')}`,
    (one, other) => ({ ...one, samples: one.samples + other.samples }),
    maxCookies,
  );
}

/** A comma within a date is followed by no name and equals sign before the next semicolon. */
function separated(header: string): string[] {
  const cookies: string[] = [];
  for (const part of header.slice(0, 32_768).split(',', 256)) {
    const begins = /^\s{0,4}[!#$%&'*+.^_`|~\w-]{1,256}=/.test(part);
    if (begins || cookies.length === 0) cookies.push(part);
    else cookies[cookies.length - 1] += `,${part}`;
  }
  return cookies;
}
