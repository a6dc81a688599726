/**
 * What a field of a log can tell.
 *
 * - `request`: the request line (`GET /x?y HTTP/1.1`; the target may be absolute); else `method`, `version` and `target`, or the target's
 *   parts `path` and `query` (with or without its `?`), or `url`.
 * - `host` is what was asked for (`Host`, `:authority`); `server` a name by which the server goes (virtual host, SNI), taken when there
 *   is no `host`; `port` belongs to either.
 * - `time` in any form that {@link file://./time.ts} knows; or `date` and `clock`, that stand apart.
 * - `latency` in units of `scale` milliseconds, or with its own unit when there is no scale.
 * - `length`, `requestLength`: bytes of the bodies.
 * - `client` with or without a port; `forwarded` is `X-Forwarded-For`, whose first address goes before it.
 * - `user`: the name of who was let in, of which only that there is one counts, as `mechanism`.
 * - `tls`: anything there says that the request came over TLS.
 * - `request-header`, `response-header`: the value of the header `header`, lower case.
 * - `ignored` says nothing of an exchange; only how far it goes matters.
 */
export const roles = [
  'request',
  'method',
  'target',
  'path',
  'query',
  'url',
  'version',
  'host',
  'server',
  'port',
  'scheme',
  'tls',
  'status',
  'length',
  'requestLength',
  'latency',
  'time',
  'date',
  'clock',
  'client',
  'forwarded',
  'user',
  'request-header',
  'response-header',
  'ignored',
] as const;
export type Role = (typeof roles)[number];

export interface Field {
  role: Role;
  scale?: number;
  header?: string;
  mechanism?: string;
  /** Several values, joined by `, ` or ` : `, that no quotes hold together. */
  list?: boolean;
}

export function field(role: Role): Field {
  return { role };
}

export function requestHeader(name: string): Field {
  const header = name.toLowerCase();
  if (header === 'host') return field('host');
  if (header === 'x-forwarded-for') return field('forwarded');
  return { role: 'request-header', header };
}

export function responseHeader(name: string): Field {
  return { role: 'response-header', header: name.toLowerCase() };
}

export function latency(scale?: number): Field {
  return scale === undefined ? field('latency') : { role: 'latency', scale };
}

export function user(mechanism: string): Field {
  return { role: 'user', mechanism };
}

/** Whether bytes beyond ASCII in it matter: they are part of what is asked for. */
export function isAddress({ role }: Field): boolean {
  return addresses.has(role);
}

const addresses: ReadonlySet<Role> = new Set(['request', 'target', 'path', 'query', 'url', 'host', 'server']);

/** Whether its value says anything of an exchange. */
export function isTold({ role, header }: Field): boolean {
  return role !== 'ignored' && (header === undefined || !uncounted.has(header));
}

/** Headers that are never counted, and different all the time. */
const uncounted: ReadonlySet<string> = new Set([
  'referer',
  'x-request-id',
  'traceparent',
  'x-amzn-trace-id',
  'date',
  'etag',
]);
