import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Exchange } from './exchange.ts';

const label = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
const authorityForm = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::([0-9]{0,5}))?$/;
const defaultPorts: Record<string, readonly number[]> = { http: [80], ws: [80], https: [443], wss: [443] };

/**
 * A host as sightings name it: lower case, without user information, trailing dot and the scheme's own port; an IPv6 address
 * in brackets (RFC 3986, section 3.2). `''` stays `''`; `null` for what cannot be a host.
 *
 * When the scheme is unknown, 80 and 443 are both taken for its own.
 */
export function normaliseHost(authority: string, scheme: Exchange['scheme']): string | null {
  if (authority === '') return '';
  if (authority.length > 512) return null;
  const text = authority.slice(authority.lastIndexOf('@') + 1);
  const found = hasColons(text) && isIPv6(text) ? [text, `[${text}]`, undefined] : authorityForm.exec(text);
  if (!found) return null;
  const host = normaliseName(found[1] ?? '');
  if (host === null || host.length > 255) return null;
  const port = found[2] ? Number(found[2]) : null;
  if (port === null) return host;
  if (port < 1 || port > 65_535) return null;
  const own = scheme === null ? [80, 443] : (defaultPorts[scheme] ?? []);
  return own.includes(port) ? host : `${host}:${port}`;
}

/** A host and its port as an authority: an IPv6 address in brackets (RFC 3986, section 3.2.2). */
export function withPort(host: string, port: number | string): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function hasColons(text: string): boolean {
  return text.indexOf(':') !== text.lastIndexOf(':');
}

function normaliseName(name: string): string | null {
  if (name.startsWith('[')) return isIPv6(name.slice(1, -1)) ? new URL(`http://${name}`).hostname : null;
  const ascii = /[^\x00-\x7f]/.test(name) ? domainToASCII(name) : name;
  const lower = (ascii.endsWith('.') ? ascii.slice(0, -1) : ascii).toLowerCase();
  return label.test(lower) ? lower : null;
}

/** The authority of an absolute-form target, which goes before `Host` (RFC 9112, section 3.2.2). */
export function absoluteForm(target: string): { scheme: Exchange['scheme']; authority: string } | null {
  const found = /^(https?|wss?):\/\/([^/?#]*)/i.exec(target);
  if (!found) return null;
  return { scheme: (found[1] ?? '').toLowerCase() as Exchange['scheme'], authority: found[2] ?? '' };
}
