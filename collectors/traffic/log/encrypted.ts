import { normaliseHost, withPort } from '#collectors/traffic/host';
import { retained } from '#collectors/traffic/retained';
import { someNames } from '#collectors/traffic/some-names';
import { counted } from '#model/figure';

const maxHosts = 10_000;

/**
 * TLS connections of a log that has no requests of them: what clients asked for by name (SNI). They are a figure of the report, and neither
 * sightings nor coverage: no operation was seen, and none would have been.
 */
export class EncryptedHosts {
  connections = 0;
  readonly #wanted: (host: string) => boolean;
  /** The first of them, and only those that were asked for. */
  readonly #hosts = new Set<string>();

  constructor(wanted: (host: string) => boolean) {
    this.#wanted = wanted;
  }

  /** A connection to a name, or to the server's address where the client gave none (`''`). */
  see(name: string, address: string, port: string): 'encrypted' {
    this.connections++;
    const asked = name === '' ? address : name;
    const host = normaliseHost(port === '' ? asked : withPort(asked, port), 'https');
    if (host && this.#hosts.size < maxHosts && !this.#hosts.has(host) && this.#wanted(host))
      this.#hosts.add(retained(host));
    return 'encrypted';
  }

  /** `3 TLS connections (a.example, b.example) without their requests`. */
  saw(): string {
    const names = this.#hosts.size === 0 ? '' : ` (${someNames(this.#hosts)})`;
    return `${counted(this.connections, 'TLS connection')}${names} without their requests`;
  }
}
