import { normalisePath } from '#path/normalise';
import type { Exchange } from './exchange.ts';
import { remembered } from './remembered.ts';

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** Where a redirect leads when it does not answer the request: to a login, or to another spelling of the same path. */
export function redirectKind(exchange: Exchange): 'login' | 'canonical' | null {
  const { status, responseHeaders, target } = exchange;
  if (status < 301 || status > 308 || status === 304) return null;
  const location = responseHeaders.get('location');
  if (location === undefined || location.length > 8_192) return null;
  const path = normalisePath(target);
  const to = URL.parse(location, `http://same.invalid${path}`);
  if (!to) return null;
  if (login.test(to.pathname) || loginHost.test(to.hostname)) return login.test(path) ? null : 'login';
  return normalisePath(to.pathname).toLowerCase() === path.toLowerCase() ? 'canonical' : null;
}

const login =
  /(?:^|[/._-])(?:log-?in|sign-?in|sso|saml2?|oauth2?\/(?:v[0-9.]+\/)?authorize|oidc|openid-connect|authorize|session\/new)(?:[/._-]|$)/i;
const loginHost = /^(?:login|signin|sso|auth|accounts|idp)\./i;

const staticTypes: readonly (readonly [extension: RegExp, types: RegExp])[] = [
  [/\.(?:m?js|cjs)$/i, /^(?:application|text)\/(?:x-)?(?:java|ecma)script$/],
  [/\.css$/i, /^text\/css$/],
  [/\.html?$/i, /^(?:text\/html|application\/xhtml\+xml)$/],
  [/\.(?:png|jpe?g|gif|svg|ico|webp|avif|bmp|tiff?)$/i, /^image\//],
  [/\.(?:woff2?|ttf|otf|eot)$/i, /^(?:font\/|application\/(?:(?:x-)?font|vnd\.ms-fontobject|octet-stream))/],
  [/\.(?:mp4|webm|mp3|ogg|m4a|wav|mov)$/i, /^(?:audio|video)\//],
  [/\.(?:map|wasm|webmanifest)$/i, /^application\/(?:json|wasm|manifest\+json|octet-stream)$/],
];

/** A file by its extension and by its content type; one of them alone says nothing. */
export function isStatic(target: string, contentType: string | null): boolean {
  if (contentType === null) return false;
  const end = target.search(/[?#]/);
  const path = end < 0 ? target : target.slice(0, end);
  if (path.lastIndexOf('.') < path.lastIndexOf('/')) return false;
  return staticTypes.some(([extension, types]) => extension.test(path) && types.test(contentType));
}

const healthPath =
  /^(?:\/[A-Za-z0-9_.-]+){0,3}\/_?(?:health(?:z|check|[-_]check)?|livez|readyz|liveness|readiness|ping|heartbeat|__(?:lb)?heartbeat__)$/;
const monitors =
  /kube-probe|ELB-HealthChecker|GoogleHC|Amazon-Route53-Health|HealthCheck|Pingdom|UptimeRobot|StatusCake|Datadog(?:Synthetics)?|Consul Health Check|Envoy\/HC|check_http|Prometheus|Blackbox|Site24x7|BetterUptime|AlwaysOn/i;

/** A health check by its path. `/status` is none by its path alone: monitors give it away. */
export function isHealthPath(path: string, method: string): boolean {
  return method === 'GET' && (healthPath.test(path) || /^\/(?:actuator|q)\/health(?:\/[a-z]+)?$/.test(path));
}

/** Load balancers, orchestrators and monitoring services, by the names that they send. */
export function isMonitor(userAgent: string | undefined): boolean {
  return userAgent !== undefined && isMonitorName(userAgent);
}

const isMonitorName = remembered((userAgent) => monitors.test(userAgent.slice(0, 256)));

const imfDate = /^(?:[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT)/;

/** Epoch milliseconds of `Deprecation` (RFC 9745, a structured date; its drafts had an HTTP date); `null` for `true` and all else. */
export function deprecationDate(header: string | undefined): number | null {
  const seconds = /^@(-?[0-9]{1,12})(?:[;,]|$)/.exec(header?.trim() ?? '')?.[1];
  return seconds === undefined ? httpDate(header) : validTime(Number(seconds) * 1_000);
}

/** Epoch milliseconds of an HTTP date (RFC 9110, section 5.6.7), as `Sunset` has one (RFC 8594). */
export function httpDate(header: string | undefined): number | null {
  const text = imfDate.exec(header?.trim() ?? '')?.[0];
  return text === undefined ? null : validTime(Date.parse(text));
}

function validTime(time: number): number | null {
  return Math.abs(time) <= 8.64e15 ? time : null;
}
