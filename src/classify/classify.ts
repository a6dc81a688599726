import type { ServiceRule, Windows } from '#model/rule';
import type { ScopeState } from '#model/scope';
import type { JoinedEndpoint, Resolution, ResolvedEndpoint, View } from '#model/view';
import { because } from './because.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { attributes, isHealth } from './endpoint.ts';
import { findingsOf } from './finding.ts';
import { judge } from './leaf.ts';
import { servicesOf } from './service.ts';
import { standing } from './states.ts';
import { successors } from './successor.ts';

/** Names every endpoint by the definitions (docs/definitions.md), with the reason and the evidence. Pure. */
export function classify(
  resolution: Resolution,
  scopes: readonly ScopeState[],
  rules: readonly ServiceRule[],
  windows: Windows,
): View {
  const coverage = coverageOf(resolution, scopes);
  const successor = successors(resolution.endpoints);
  const owners = new Map(rules.map((rule) => [rule.name, rule.owner]));
  const endpoints = resolution.endpoints.map((endpoint) =>
    name(endpoint, coverage(endpoint), successor(endpoint), owners.get(endpoint.service) ?? '', windows),
  );
  return {
    endpoints,
    services: servicesOf(endpoints, resolution.bindings),
    findings: findingsOf(endpoints, resolution.refused),
  };
}

function name(
  endpoint: JoinedEndpoint,
  coverage: Coverage,
  successor: string | null,
  owner: string,
  windows: Windows,
): ResolvedEndpoint {
  const stands = standing(endpoint, coverage, windows);
  const health = isHealth(
    endpoint.method,
    endpoint.path,
    endpoint.sightings.map(({ facts }) => facts),
  );
  const judged = judge({ standing: stands, absent: coverage.absent, successor, health });
  return {
    ...attributes(endpoint, owner),
    planes: stands.states,
    lastCall: stands.lastCall,
    verdict: { ...judged, because: because(judged, stands, coverage, successor) },
  };
}
