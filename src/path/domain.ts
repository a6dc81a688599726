/** Names that no public registry gives out: what answers there is somebody's own. */
const inside = new Set([
  'internal',
  'local',
  'localhost',
  'localdomain',
  'lan',
  'corp',
  'home',
  'intranet',
  'private',
  'svc',
  'arpa',
]);

/**
 * The domain that a host was registered under: `shop.example` of `api.eu.shop.example:8080`, `acme.co.uk` of `api.acme.co.uk`. `null` for
 * addresses, single labels and names that are used inside a network only. Without the list of public suffixes: of two short last
 * labels (`co.uk`, `com.au`) three are taken.
 */
export function registeredDomain(host: string): string | null {
  const bare = host.replace(/:[0-9]+$/, '').replace(/^\*\./, '');
  const labels = bare.split('.');
  const last = labels.at(-1) ?? '';
  if (labels.length < 2 || bare.startsWith('[') || /^[0-9]+$/.test(last) || inside.has(last)) return null;
  const short = last.length === 2 && (labels.at(-2) ?? '').length <= 3;
  return labels.slice(short ? -3 : -2).join('.');
}
