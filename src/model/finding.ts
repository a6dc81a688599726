import type { Evidence } from './endpoint.ts';

export const severities = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

export const findingStates = ['open', 'acknowledged', 'suppressed', 'resolved', 'reopened'] as const;
export type FindingState = (typeof findingStates)[number];

/** A rule's verdict on an endpoint or a service, with the sightings that prove it, and a life of its own. */
export interface Finding {
  id: string;
  /** `shadow`, `zombie`, `orphan`, `undocumented`, `shadow-service` … */
  rule: string;
  reason: string;
  severity: Severity;
  state: FindingState;
  /** Empty for a finding on a whole service. */
  endpoint: string;
  environment: string;
  service: string;
  method: string;
  path: string;
  because: string;
  evidence: Evidence[];
  /** Epoch milliseconds of the scans that first and last held it. */
  firstFound: number;
  lastFound: number;
}
