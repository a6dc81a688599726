import { withPort } from '#collectors/traffic/host';
import type { Segment } from './segment.ts';

/** Who sent a segment: its address bytes (4 or 16, one a character), and behind them the port as one character. */
export function sourceOf({ bytes, addresses, width, sourcePort }: Segment): string {
  return bytes.toString('latin1', addresses, addresses + width) + String.fromCharCode(sourcePort);
}

/** Whom a segment was sent to; see {@link sourceOf}. */
export function destinationOf({ bytes, addresses, width, destinationPort }: Segment): string {
  return bytes.toString('latin1', addresses + width, addresses + 2 * width) + String.fromCharCode(destinationPort);
}

/** An endpoint's address as text: dotted, or as RFC 5952 writes it without shortening of zeros. */
export function addressOf(endpoint: string): string {
  const bytes = [...endpoint.slice(0, -1)].map((char) => char.charCodeAt(0));
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[i * 2]! * 256 + bytes[i * 2 + 1]!).toString(16));
  return groups.join(':');
}

/** Address and port as an authority (RFC 3986, section 3.2): `10.0.0.1:8080`, `[2001:db8:0:0:0:0:0:1]:80`. */
export function authorityOf(endpoint: string): string {
  const port = endpoint.charCodeAt(endpoint.length - 1);
  return withPort(addressOf(endpoint), port);
}
