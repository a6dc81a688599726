import { isIPv4, isIPv6 } from 'node:net';

/** The network that an address is of, as sites are given them: /24 of IPv4, /48 of IPv6; `null` for what is no address. */
export function networkOf(client: string): string | null {
  const mapped = client.toLowerCase().startsWith('::ffff:') ? client.slice(7) : client;
  if (isIPv4(mapped)) return mapped.slice(0, mapped.lastIndexOf('.'));
  if (!isIPv6(client)) return null;
  const [head = '', tail] = client.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    const room = 8 - groups.length - after.length - (tail.includes('.') ? 1 : 0);
    groups.push(...Array<string>(Math.max(0, room)).fill('0'), ...after);
  }
  return groups
    .slice(0, 3)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
