/** Words that say what a thing is and not which one. */
const generic = new Set([
  'api',
  'apis',
  'service',
  'services',
  'svc',
  'server',
  'rest',
  'http',
  'app',
  'backend',
  'openapi',
  'specification',
]);

/**
 * What is left of a name when everything that differs between a title, a package and a host is taken off: `Orders API`,
 * `@shop/orders-service` and `orders_v2` are all `orders`. `''` when nothing is left, which equals no other.
 */
export function nameKey(name: string): string {
  const bare = name.replace(/^@[^/]*\//, '').replace(/([a-z0-9])([A-Z])/g, '$1 $2');
  const words = bare
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !generic.has(word) && !/^v?[0-9]+$/.test(word));
  return words.join('');
}

/** The name in a host: its first label, unless it is an address or says only where it runs. */
export function hostKey(host: string): string {
  const bare = host.replace(/:[0-9]+$/, '');
  if (bare.startsWith('[') || /^[0-9.]+$/.test(bare) || bare === 'localhost') return '';
  const label = bare.split('.')[0] ?? '';
  return label === 'www' || label === '*' ? '' : nameKey(label);
}
