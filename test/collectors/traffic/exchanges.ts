import type { Exchange } from '#collectors/traffic/exchange';
import { Fold } from '#collectors/traffic/fold';
import type { Sighting } from '#model/sighting';

export interface Told extends Partial<Omit<Exchange, 'requestHeaders' | 'responseHeaders'>> {
  asked?: Record<string, string>;
  answered?: Record<string, string>;
}

/** An exchange with what a test does not tell filled in: a JSON answer 200 to `GET https://api.acme.com/`. */
export function exchange({ asked, answered, ...told }: Told): Exchange {
  return {
    at: 1_700_000_000_000,
    ref: 1,
    scheme: 'https',
    method: 'GET',
    host: 'api.acme.com',
    target: '/',
    status: 200,
    responseLength: 100,
    client: '',
    requestHeaders: new Map(Object.entries(asked ?? {})),
    responseHeaders: new Map(Object.entries(answered ?? { 'content-type': 'application/json' })),
    ...told,
  };
}

export function folded(told: readonly Told[], limits = {}): { fold: Fold; sightings: Sighting[] } {
  const fold = new Fold('edge.pcap', limits);
  for (const [i, one] of told.entries()) fold.add(exchange({ ref: i + 1, ...one }));
  return { fold, sightings: fold.sightings() };
}

/** `GET api.acme.com/orders/{integer}`. */
export function named({ method, service, path, protocol }: Sighting): string {
  return `${method} ${service}${path}${protocol === 'http' ? '' : ` ${protocol}`}`;
}
