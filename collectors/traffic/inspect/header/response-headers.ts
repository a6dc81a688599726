import { deprecationDate, httpDate } from '#collectors/traffic/answer';
import { innerPath } from '#collectors/traffic/inspect/inner-path';
import { isName } from '#collectors/traffic/inspect/name';
import { durationClass } from './duration.ts';

type Headers = ReadonlyMap<string, string>;

const rateHeader = /^(?:x-)?(?:[a-z]{1,16}-)?rate-?limit(?:-[a-z-]{1,32})?$|^retry-after$/;

/** Headers that tell a limit, by name; of limits, with the power of ten that they reach: `x-ratelimit-limit up to 1000`. */
export function rateLimits(headers: Headers): string[] {
  const found: string[] = [];
  for (const [name, value] of headers) {
    if (!rateHeader.test(name)) continue;
    const limit = /-limit$|-policy$/.test(name)
      ? /^([0-9]{1,9})(?:[\s,;]|$)|[;,]\s?q=([0-9]{1,9})(?:[\s,;]|$)/.exec(value.slice(0, 256))
      : null;
    const most = Number(limit?.[1] ?? limit?.[2] ?? 0);
    found.push(most > 0 ? `${name} up to ${10 ** Math.ceil(Math.log10(most))}` : name);
  }
  return found;
}

/** Which other origins may read the answer: `any`, `reflected`, `null`, `listed`; and whether with credentials. */
export function corsOf(asked: Headers, answered: Headers): string[] {
  const allowed = answered.get('access-control-allow-origin')?.trim();
  if (allowed === undefined || allowed === '') return [];
  const kind =
    allowed === '*' ? 'any' : allowed === 'null' ? 'null' : allowed === asked.get('origin') ? 'reflected' : 'listed';
  return [answered.get('access-control-allow-credentials')?.trim() === 'true' ? `${kind} with credentials` : kind];
}

/** `public`, `private`, `no-store`, `no-cache`, `max-age hours`, `validator` (RFC 9111); `none` where nothing is said. */
export function cachingOf(headers: Headers): string[] {
  const found: string[] = [];
  const control = (headers.get('cache-control') ?? '').slice(0, 512).toLowerCase();
  for (const directive of control.split(',')) {
    const [name = '', value = ''] = directive.trim().split('=');
    if (/^(?:public|private|no-store|no-cache|immutable|must-revalidate)$/.test(name)) found.push(name);
    else if (name === 'max-age' || name === 's-maxage')
      found.push(`${name} ${durationClass(Number.parseInt(value, 10) || 0)}`);
  }
  if (headers.has('etag') || headers.has('last-modified')) found.push('validator');
  return found.length > 0 ? found : ['none'];
}

const protections = [
  'strict-transport-security',
  'content-security-policy',
  'x-content-type-options',
  'x-frame-options',
  'referrer-policy',
  'permissions-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'cross-origin-embedder-policy',
  'x-xss-protection',
] as const;

/** Security headers that are there. */
export function protectionsOf(headers: Headers): string[] {
  return protections.filter((name) => headers.has(name));
}

const bannerHeader =
  /^(?:server|x-powered-by|x-aspnet(?:mvc)?-version|x-generator|x-runtime|x-drupal-cache|x-served-by|via|x-kong-[a-z-]{1,32}|x-envoy-[a-z-]{1,32}|x-amz(?:n)?-requestid|x-ms-request-id|cf-ray|x-vercel-id|x-jenkins)$/;
const versioned = /^(?:server|x-powered-by|x-generator|x-jenkins|x-aspnet(?:mvc)?-version)$/;
const product =
  /^([A-Za-z][A-Za-z_.+ -]{0,39}?)(?:[/ ]v?([0-9]{1,4}(?:\.[0-9]{1,6}){0,4})(?:[-+~][0-9A-Za-z.]{1,8})?)?(?=[\s,;()]|$)/;

/** Products that name themselves: `server nginx/1.25.3`, `x-powered-by Express`; of proxies' headers the name alone. */
export function bannersOf(headers: Headers): string[] {
  const found: string[] = [];
  for (const [name, value] of headers) {
    if (!bannerHeader.test(name)) continue;
    const text = value.trim().slice(0, 128);
    if (name.startsWith('x-aspnet'))
      found.push(/^[0-9]{1,3}(?:\.[0-9]{1,6}){0,3}$/.test(text) ? `${name} ${text}` : name);
    else if (versioned.test(name)) {
      const parts = product.exec(text);
      const title = parts?.[1]?.trim() ?? '';
      if (!isName(title.replaceAll(' ', '-'))) continue;
      found.push(parts?.[2] === undefined ? `${name} ${title}` : `${name} ${title}/${parts[2]}`);
    } else if (name !== 'via' && name !== 'x-served-by') found.push(name);
  }
  return found;
}

/** `deprecation` and `sunset` where they are readable, and the path of a successor: `successor /v2/orders` (RFC 5829, RFC 8594). */
export function lifecycleOf(headers: Headers): string[] {
  const found: string[] = [];
  const deprecation = headers.get('deprecation');
  if (deprecationDate(deprecation) !== null || deprecation?.trim() === 'true' || deprecation?.trim() === '?1')
    found.push('deprecation');
  if (httpDate(headers.get('sunset')) !== null) found.push('sunset');
  for (const { target, rels } of linksOf(headers.get('link'))) {
    if (rels.includes('successor-version')) found.push(`successor ${targetPath(target)}`);
    else
      for (const rel of ['deprecation', 'sunset', 'latest-version']) if (rels.includes(rel)) found.push(`link ${rel}`);
  }
  return found;
}

/** Relations by which answers lead on: `next`, `self`; registered or short words (RFC 8288). */
export function relationsOf(headers: Headers): string[] {
  return linksOf(headers.get('link'))
    .flatMap(({ rels }) => rels)
    .filter((rel) => /^[a-z][a-z.-]{1,31}$/.test(rel) && isName(rel));
}

/** The templates that answers lead to. */
export function locationOf(headers: Headers): string[] {
  const location = headers.get('location') ?? headers.get('content-location');
  return location === undefined || location === '' || location.length > 8_192 ? [] : [targetPath(location)];
}

const schemes =
  /^(?:basic|bearer|digest|dpop|gnap|hoba|mutual|negotiate|ntlm|oauth|privatetoken|scram-sha-1|scram-sha-256|vapid|aws4-hmac-sha256|apikey|api-key|key|token)$/;

/** Schemes that `WWW-Authenticate` asks for, lower case; `other` for those that nobody registered. */
export function challengesOf(headers: Headers): string[] {
  const found: string[] = [];
  for (const part of (headers.get('www-authenticate') ?? '').slice(0, 4_096).split(',', 32)) {
    const words = /^\s{0,8}([A-Za-z0-9-]{1,32})(?=\s|$)(?!\s{0,4}=)/.exec(part);
    const scheme = words?.[1]?.toLowerCase();
    if (scheme !== undefined) found.push(schemes.test(scheme) ? scheme : 'other');
  }
  return found;
}

/** The path of a target or a URL with its values taken out. */
function targetPath(target: string): string {
  if (/^(?:\/(?!\/)|https?:\/\/)/i.test(target)) return innerPath(target);
  return target.startsWith('//') ? innerPath(`http:${target}`) : 'relative';
}

function linksOf(header: string | undefined): { target: string; rels: string[] }[] {
  const links: { target: string; rels: string[] }[] = [];
  const text = (header ?? '').slice(0, 16_384);
  for (const part of text.split('<', 64).slice(1)) {
    const end = part.indexOf('>');
    if (end < 0) continue;
    const rel = /;\s{0,4}rel\s{0,4}=\s{0,4}(?:"([^"]{1,256})"|([^\s;,"]{1,256}))/i.exec(
      part.slice(end + 1, end + 1_025),
    );
    links.push({ target: part.slice(0, end), rels: (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/) });
  }
  return links;
}
