import type { EncryptedHosts } from '#collectors/traffic/log/encrypted';
import type { LogFormat } from '#collectors/traffic/log/format';
import { timeOf } from '#collectors/traffic/log/time';

/** Places of fields between spaces (docs.aws.amazon.com/elasticloadbalancing, «Access logs for your Network Load Balancer»). */
const at = { time: 2, destination: 6, domain: 17 };

/** More than there are, newer ones included. */
const mostFields = 64;

/**
 * Access logs of Network Load Balancers: their TLS connections, of which the host is known that a client asked for, and no request.
 */
export function networkLoadBalancer(encrypted: EncryptedHosts): LogFormat {
  return {
    name: 'Network Load Balancer',
    read: (line) => {
      if (!line.startsWith('tls ')) return 'foreign';
      const fields = line.split(' ', mostFields);
      const domain = fields[at.domain];
      const destination = /^(\S+):([0-9]{1,5})$/.exec(fields[at.destination] ?? '');
      if (domain === undefined || destination === null || Number.isNaN(timeOf(fields[at.time] ?? ''))) return 'foreign';
      return encrypted.see(domain === '-' ? '' : domain, destination[1] ?? '', destination[2] ?? '');
    },
  };
}
