import type { Binding, Endpoint, Service } from './endpoint.ts';
import type { Finding } from './finding.ts';
import type { Sighting } from './sighting.ts';

/** A sighting as the inventory keeps it: with its source, and the scans that first and last held it. */
export interface StoredSighting extends Sighting {
  id: number;
  source: string;
  scope: string;
  /** Empty: its source speaks for every environment (a specification, code). */
  environment: string;
  /** When scans first and last held it, epoch milliseconds. */
  firstScanAt: number;
  lastScanAt: number;
  /** When a complete scan of its scope no longer held it; `null` while it holds. A gone declared sighting means «removed». */
  goneAt: number | null;
}

/** Sightings of every plane that are one endpoint: what resolving makes and classifying reads. */
export interface JoinedEndpoint {
  environment: string;
  service: string;
  protocol: Endpoint['protocol'];
  method: string;
  /** As the outside calls it: with the base path when one is known. */
  path: string;
  pathKind: Endpoint['pathKind'];
  sightings: StoredSighting[];
  /** 0 to 1: the weakest binding that joined them. */
  confidence: number;
}

/** All that resolving makes of the sightings. */
export interface Resolution {
  endpoints: JoinedEndpoint[];
  bindings: Binding[];
  /** Qualified for a finding of their own and never for an endpoint: TRACE and CONNECT that were answered. */
  refused: StoredSighting[];
}

/** An endpoint with the sightings it was joined from. Its id is proposed; an older one is kept by lineage. */
export interface ResolvedEndpoint extends Omit<Endpoint, 'firstSeen' | 'lastSeen'> {
  sightings: number[];
}

/** Everything resolved and classified: what `list`, `export` and every face read. */
export interface View {
  endpoints: ResolvedEndpoint[];
  services: Service[];
  findings: Omit<Finding, 'id' | 'state' | 'firstFound' | 'lastFound'>[];
}
