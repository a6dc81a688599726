import type { JoinedEndpoint } from '#model/view';
import { splitPath } from '#path/normalise';
import { isVersion, versionNumber } from '#path/segment';
import { shape } from '#path/template';

/**
 * For an operation whose path has a version, the declared operation that is the same in a newer version of the same service:
 * `/v1/orders/{id}` is succeeded by `/v2/orders/{orderId}`.
 */
export function successors(endpoints: readonly JoinedEndpoint[]): (endpoint: JoinedEndpoint) => string | null {
  const newest = new Map<string, { version: number; path: string }>();
  for (const endpoint of endpoints) {
    const found = versioned(endpoint);
    if (!found || !endpoint.sightings.some(({ plane, goneAt }) => plane === 'declared' && goneAt === null)) continue;
    if ((newest.get(found.key)?.version ?? -1) < found.version)
      newest.set(found.key, { version: found.version, path: endpoint.path });
  }
  return (endpoint) => {
    const found = versioned(endpoint);
    const newer = found && newest.get(found.key);
    return newer && newer.version > found.version ? newer.path : null;
  };
}

function versioned({ environment, service, method, path }: JoinedEndpoint): { key: string; version: number } | null {
  const at = splitPath(path).findIndex(isVersion);
  if (at < 0) return null;
  const segments = splitPath(shape(path));
  const version = versionNumber(segments[at] ?? '') ?? 0;
  return { key: [environment, service, method, ...segments.with(at, '*')].join('\n'), version };
}
