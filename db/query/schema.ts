import type { Generated } from 'kysely';
import type { EndpointScalars } from '#db/view/row';

/**
 * The tables as queries see them, the same in every dialect; what each holds is said beside the migrations. JSON is
 * text.
 */
export interface Tables {
  inventory: {
    one: number;
    landing: number;
    view_landing: number;
    view_scan: number | null;
    view_at: number | null;
  };
  scans: {
    key: Generated<number>;
    id: string;
    started_at: number;
    finished_at: number | null;
    status: string;
    version: string;
    sources: string;
    scopes: Generated<number>;
    sightings: Generated<number>;
    host: string;
    space: string;
    pid: number;
    started: string;
    heartbeat_at: number;
  };
  leases: {
    source: string;
    token: string;
    since: number;
    expires_at: number;
    host: string;
    space: string;
    pid: number;
    started: string;
  };
  scopes: {
    key: Generated<number>;
    source: string;
    plane: string;
    name: string;
    kind: string;
    environment: string;
    completeness: string;
    saw: string;
    problems: string;
    covers: string;
    scan: number;
    at: number;
    complete_at: number | null;
    retired_at: number | null;
    sightings: number;
  };
  sightings: {
    id: Generated<number>;
    scope: number;
    identity: string;
    protocol: string;
    method: string;
    path: string;
    path_kind: string;
    anchored: number;
    servers: string;
    service: string;
    facts: string;
    location: string;
    seen_first: number | null;
    seen_last: number | null;
    seen_count: number | null;
    landing: number;
    first_scan: number;
    last_scan: number;
    first_scan_at: number;
    last_scan_at: number;
    gone_at: number | null;
    gone_scan: number | null;
  };
  endpoints: EndpointScalars & {
    key: Generated<number>;
    id: string;
    first_seen: number;
    last_seen: number;
    digest: string;
  };
  endpoint_documents: { endpoint: number; document: string; sightings: string };
  /** One row for each element of an endpoint's lists, so that `has` is a look-up. */
  endpoint_list: { field: string; value: string; endpoint: number };
  former_ids: { id: string; endpoint: string };
  services: { name: string; document: string };
  findings: {
    key: Generated<number>;
    id: string;
    rule: string;
    reason: string;
    severity: string;
    /** `open`, `resolved` or `reopened`, by what scans find. */
    state: string;
    /** `acknowledged` or `suppressed`, by a person. */
    decision: string | null;
    endpoint: string;
    environment: string;
    service: string;
    method: string;
    path: string;
    because: string;
    evidence: string;
    first_found: number;
    last_found: number;
  };
  changes: {
    key: Generated<number>;
    at: number;
    scan: number;
    kind: string;
    endpoint: string;
    environment: string;
    service: string;
    method: string;
    path: string;
    fields: string;
    verdict: string;
  };
}
