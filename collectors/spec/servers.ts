import type { Server } from '#model/sighting';
import { childOf, type Place, placeText, type Reader } from './refs.ts';
import { pathTemplate } from './template.ts';
import { asList, asText, get, keysOf, type Value } from './value.ts';

/** Servers of one operation, and values that the variables of one server's address are expanded to. */
const maxServers = 64;
const maxExpansions = 32;
const maxAddress = 2_048;

/**
 * OpenAPI 3.x: a `servers` list. Relative addresses give a base path without a host, and `/` alone, which is the default, says
 * nothing. `undefined` when the place has no such list, so that the next level's holds.
 */
export function readServers(parent: Place, reader: Reader): Server[] | undefined {
  const place = childOf(parent, 'servers');
  if (!Array.isArray(place.value) || place.value.length === 0) return undefined;
  const servers: Server[] = [];
  for (let i = 0; i < Math.min(place.value.length, maxServers); i++) {
    const entry = childOf(place, String(i));
    const url = asText(get(entry.value, 'url'));
    if (url === undefined) continue;
    for (const address of expand(url, get(entry.value, 'variables'))) add(servers, address, entry, reader);
  }
  return servers;
}

/** OpenAPI 2.0: `schemes`, `host` and `basePath` of the document. */
export function readHost(root: Place, reader: Reader): Server[] {
  const host = asText(get(root.value, 'host'));
  const basePath = asText(get(root.value, 'basePath')) ?? '';
  const path = basePath.startsWith('/') ? basePath : `/${basePath}`;
  const named = asList(get(root.value, 'schemes'));
  const schemes = ['https', 'http', 'wss', 'ws'].filter((scheme) => named.includes(scheme));
  const servers: Server[] = [];
  // A scheme only tells which port goes without saying.
  for (const scheme of schemes.length === 0 ? ['https'] : schemes) {
    add(servers, host === undefined ? path : `${scheme}://${host}${path}`, root, reader);
  }
  return servers;
}

function add(servers: Server[], address: string, place: Place, reader: Reader): void {
  const { host, basePath, doubtful } = parseAddress(address);
  if (doubtful) {
    reader.note(
      'the address of a server has a placeholder or is malformed: its host was left out',
      placeText(place),
      'write an address like https://api.example.com/v2, with its variables described',
    );
  }
  if (host === null && basePath === '') return;
  if (servers.length < maxServers && !servers.some((known) => known.host === host && known.basePath === basePath)) {
    servers.push({ host, basePath });
  }
}

/** `doubtful` when it should have a host and that is none. User and password, query and fragment are dropped. */
function parseAddress(address: string): Server & { doubtful: boolean } {
  const [, scheme, , path = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*:)?\/\/([^/?#]*))?(.*)$/s.exec(address) ?? [];
  const absolute = address.length > path.length;
  if (!absolute) {
    // Relative to where the document is served, which nobody knows: from the root is the common case.
    const below = path.replace(/^(?:\.{1,2}(?:\/|$))+/, '').replace(/^[{$<][^/]*/, '');
    return { host: null, basePath: basePathOf(below), doubtful: /^[{$<]/.test(path) };
  }
  const url = URL.parse(scheme === undefined ? `https:${address}` : address);
  if (scheme !== undefined && !/^(?:https?|wss?):$/i.test(scheme)) return { host: null, basePath: '', doubtful: true };
  // A password with a slash in it, not encoded: nothing before the last `@` is an address.
  if (path.includes('@')) return { host: null, basePath: basePathOf(path.replace(/^.*@[^/]*/s, '')), doubtful: true };
  const basePath = basePathOf(path);
  if (!url || /^\*(?::[0-9]+)?$/.test(url.host)) return { host: null, basePath, doubtful: !url };
  return hostShape.test(url.host)
    ? { host: url.host, basePath, doubtful: false }
    : { host: null, basePath, doubtful: true };
}

/** A name, any host below a name, or an address of IPv4 or IPv6. */
const hostShape = /^(?:(?:\*\.)?(?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?$/;

function basePathOf(path: string): string {
  const normal = pathTemplate(path);
  return normal === '/' ? '' : normal;
}

/**
 * An address with its variables replaced: each value of an `enum`, else the default. A variable that is not described may be
 * anything: a wildcard in a host, a parameter in a path.
 */
function expand(url: string, variables: Value | undefined): string[] {
  let addresses = [url.slice(0, maxAddress)];
  for (const name of keysOf(variables).slice(0, 16)) {
    const hole = `{${name}}`;
    if (!addresses[0]?.includes(hole)) continue;
    const variable = get(variables, name);
    const values = asList(get(variable, 'enum')).slice(0, maxExpansions).map(asText);
    const standard = get(variable, 'default');
    // An empty default is a value: `https://api.example.com{suffix}`.
    const fallback = asText(standard) ?? (standard === '' ? '' : undefined);
    const all = new Set([
      ...(fallback === undefined ? [] : [fallback]),
      ...values.filter((value) => value !== undefined),
    ]);
    if (all.size === 0) continue;
    addresses = addresses
      .flatMap((address) => [...all].map((value) => address.replaceAll(hole, () => value).slice(0, maxAddress)))
      .slice(0, maxExpansions);
  }
  return addresses.map((address) =>
    address.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/)([^/]*)/, (_, scheme: string, authority: string) => {
      return scheme + authority.replace(/:\{[^{}]*\}$/, '').replace(/\{[^{}]*\}/g, '*');
    }),
  );
}
