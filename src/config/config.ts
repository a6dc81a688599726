import type { Collector } from '#collectors/collector';
import type { ServiceRule, Windows } from '#model/rule';

/** One source, ready to be scanned. */
export interface SourceConfig {
  name: string;
  kind: string;
  /** Empty: it speaks for every environment. */
  environment: string;
  /** The service that everything it says belongs to. */
  service: string | null;
  /** The folder that its paths start from and that its reports' paths are relative to, absolute. */
  root: string;
  timeoutMs: number;
  /** As the collector's own schema parsed them; may hold secrets. */
  options: unknown;
  collector: Collector<unknown>;
}

/** What to scan and how to judge it, from noontide.yaml or from paths given directly. */
export interface Config {
  /** noontide.yaml, absolute; `null` when paths were given directly. */
  file: string | null;
  /** The folder of noontide.yaml, or the working folder. */
  root: string;
  /** Those that are enabled, in the order of the file. */
  sources: SourceConfig[];
  services: ServiceRule[];
  windows: Windows;
  /** Sources read at the same time. */
  concurrency: number;
}

/** A rule that every group of a source belongs to the service that its configuration names, added to the rules there are. */
export function withSourceServices(services: readonly ServiceRule[], sources: readonly SourceConfig[]): ServiceRule[] {
  const rules = services.map((rule) => ({ ...rule, groups: [...rule.groups] }));
  for (const { name, service } of sources) {
    if (service === null) continue;
    let rule = rules.find((known) => known.name === service);
    if (!rule) {
      rule = { name: service, hosts: [], basePath: '', groups: [], codePrefix: null, owner: '' };
      rules.push(rule);
    }
    rule.groups.push(`${name}/*`);
  }
  return rules;
}
