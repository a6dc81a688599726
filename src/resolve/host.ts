import { isBelow } from '#path/normalise';

/** A service's claim to a place: everything below a base path on a host. */
export interface Claim {
  host: string;
  basePath: string;
  service: string;
  /** `configured` claims come from a person and win. */
  how: 'configured' | 'host';
}

/** Which services answer on which hosts. Hosts compare exactly, then without the port, then by wildcard. */
export class HostTable {
  readonly #exact = new Map<string, Claim[]>();
  readonly #wild: Claim[] = [];

  add(claim: Claim): void {
    if (claim.host.startsWith('*.')) {
      this.#wild.push(claim);
      return;
    }
    const claims = this.#exact.get(claim.host) ?? [];
    if (!claims.some((known) => known.service === claim.service && known.basePath === claim.basePath))
      claims.push(claim);
    this.#exact.set(claim.host, claims);
  }

  /** All claims on a host; a person's only, where there are any. */
  on(host: string): Claim[] {
    const bare = host.replace(/:[0-9]+$/, '');
    const found =
      this.#exact.get(host) ??
      this.#exact.get(bare) ??
      this.#wild.filter((claim) => bare.endsWith(claim.host.slice(1)));
    const configured = found.filter((claim) => claim.how === 'configured');
    return configured.length > 0 ? configured : found;
  }
}

/** Of claims on one host, those whose base path is nearest to the path; all of them when the path is below none. */
export function nearest(claims: readonly Claim[], path: string): Claim[] {
  let best: Claim[] = [];
  for (const claim of claims) {
    if (!isBelow(path, claim.basePath)) continue;
    const length = best[0]?.basePath.length ?? -1;
    if (claim.basePath.length > length) best = [claim];
    else if (claim.basePath.length === length) best.push(claim);
  }
  return best.length > 0 ? best : [...claims];
}
