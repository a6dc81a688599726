import type { Plane, Sighting } from '#model/sighting';
import { normalisePath } from '#path/normalise';

const maxPath = 8_192;
const maxText = 1_024;
const maxServers = 256;

/** What makes a sighting unfit for the inventory, in a few words without its values; `null` when it is well formed. */
export function flaw(sighting: Sighting, plane: Plane): string | null {
  const { method, path, pathKind, servers, seen, service } = sighting;
  if (sighting.plane !== plane) return `it is on the plane ${sighting.plane}, its scope on ${plane}`;
  if (!token.test(method)) return 'its method is no upper-case token';
  if (path.length > maxPath) return `its path is longer than ${maxPath} characters`;
  if (pathKind !== 'regex' && (!path.startsWith('/') || normalisePath(path) !== path)) return 'its path is not normal';
  if (service.length > maxText) return `its service's name is longer than ${maxText} characters`;
  if (servers.length > maxServers) return `it has more than ${maxServers} servers`;
  for (const { host, basePath } of servers) {
    if (host !== null && !hostForm.test(host)) return 'a host of it is not normal';
    if (basePath !== '' && (!basePath.startsWith('/') || basePath.endsWith('/')))
      return 'a base path of it is not normal';
  }
  if (seen && !(seen.count >= 1 && seen.first <= seen.last)) return 'the times at which it was seen are not in order';
  if (plane === 'observed' && !seen) return 'it does not say when it was seen';
  return null;
}

const token = /^(\*|[A-Z][A-Z0-9!#$%&'*+.^_`|~-]{0,31})$/;
const hostForm = /^[^A-Z\s/]{1,300}$/;
