import type { Auth, Param, PathKind, Plane, Protocol } from './sighting.ts';

export type DeclaredState = 'active' | 'deprecated' | 'sunset' | 'removed' | 'none' | 'unknown';
export type DeployedState = 'yes' | 'draft' | 'no' | 'unknown';
export type CodedState = 'yes' | 'no' | 'unknown';
export type ObservedState = 'fresh' | 'stale' | 'never' | 'unknown';

/** What each plane says of an endpoint. `no`, `none` and `never` need a complete scope that would have shown it. */
export interface PlaneStates {
  declared: DeclaredState;
  deployed: DeployedState;
  coded: CodedState;
  observed: ObservedState;
}

/** The leaves of the partition, in the order in which they are tried (see docs/definitions.md). */
export const leaves = [
  'zombie',
  'deprecated-in-use',
  'deprecated-idle',
  'shadow',
  'undocumented',
  'orphan',
  'phantom',
  'managed',
  'retired',
  'indeterminate',
] as const;
export type Leaf = (typeof leaves)[number];

/** The popular words, each a union of leaves. */
export const verdicts = ['zombie', 'shadow', 'orphan', 'fine', 'unknown'] as const;
export type VerdictName = (typeof verdicts)[number];

export interface Verdict {
  leaf: Leaf;
  verdict: VerdictName;
  /** Which branch of the leaf: `superseded`, `sunset`, `live`, `deployed` …; empty where a leaf has one. */
  reason: string;
  /** One sentence for a person, with the facts that decided. */
  because: string;
  /** For `indeterminate`: the planes whose complete scan would decide it. */
  decidedBy: Plane[];
}

/** One piece of proof: which plane and source, and where to look. */
export interface Evidence {
  plane: Plane;
  source: string;
  where: string;
}

/** The product's noun: one operation of one service in one environment, joined from every plane it was seen on. */
export interface Endpoint {
  id: string;
  environment: string;
  service: string;
  protocol: Protocol;
  method: string;
  path: string;
  pathKind: PathKind;
  hosts: string[];
  planes: PlaneStates;
  verdict: Verdict;
  params: Param[];
  auth: Auth['required'];
  authMechanisms: string[];
  exposure: string;
  dataClasses: string[];
  owner: string;
  version: string;
  tags: string[];
  /** When it was first and last met by a scan, epoch milliseconds. */
  firstSeen: number;
  lastSeen: number;
  /** The last qualified call by the evidence's own clock; `null` when none was observed. */
  lastCall: number | null;
  calls: number;
  evidence: Evidence[];
  sources: string[];
  /** 0 to 1: how surely the planes were joined. 1 for explicit configuration or one plane only. */
  confidence: number;
}

/** How a group of operations came to belong to a service. */
export interface Binding {
  /** `source/name` of the group. */
  group: string;
  service: string;
  how: 'configured' | 'host' | 'name' | 'paths' | 'alone';
  /** 0 to 1; 1 for configured. */
  score: number;
  /** Prefix that the group's paths gain to be the service's: `''` or `/v2`. */
  prefix: string;
  /** Prefix that they lose first: `''` or `/internal`. */
  strip: string;
  because: string;
}

export interface Service {
  name: string;
  environments: string[];
  hosts: string[];
  owner: string;
  endpoints: number;
  /** Endpoints by verdict. */
  verdicts: Partial<Record<VerdictName, number>>;
  planes: Plane[];
  bindings: Binding[];
}
