import type { Binding, Service } from '#model/endpoint';
import { planes } from '#model/sighting';
import type { ResolvedEndpoint } from '#model/view';

/** The services that the endpoints make up, by name, with how their groups came to them. */
export function servicesOf(endpoints: readonly ResolvedEndpoint[], bindings: readonly Binding[]): Service[] {
  const services = new Map<string, Service>();
  for (const endpoint of endpoints) {
    const service = services.get(endpoint.service) ?? empty(endpoint.service);
    services.set(endpoint.service, service);
    service.endpoints++;
    service.verdicts[endpoint.verdict.verdict] = (service.verdicts[endpoint.verdict.verdict] ?? 0) + 1;
    service.owner ||= endpoint.owner;
    add(service.environments, endpoint.environment);
    for (const host of endpoint.hosts) add(service.hosts, host);
    for (const { plane } of endpoint.evidence) add(service.planes, plane);
  }
  for (const binding of bindings) services.get(binding.service)?.bindings.push(binding);
  for (const service of services.values()) {
    service.hosts.sort();
    service.environments.sort();
    service.planes.sort((a, b) => planes.indexOf(a) - planes.indexOf(b));
  }
  return [...services.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function empty(name: string): Service {
  return { name, environments: [], hosts: [], owner: '', endpoints: 0, verdicts: {}, planes: [], bindings: [] };
}

function add<T>(list: T[], value: T): void {
  if (!list.includes(value)) list.push(value);
}
