import { digest } from '#db/identity';
import { checkRow, readJson } from '#db/stored';
import type { ListField } from '#model/condition';
import type { Endpoint, VerdictName } from '#model/endpoint';
import type { ResolvedEndpoint } from '#model/view';
import { endpointDocument, endpointRow } from './shape.ts';

/** The columns of `endpoints` by which it is asked for, without its key, id, times of scans and digest. */
export const scalarColumns = [
  'environment',
  'service',
  'protocol',
  'method',
  'path',
  'path_kind',
  'declared',
  'deployed',
  'coded',
  'observed',
  'leaf',
  'verdict',
  'reason',
  'auth',
  'exposure',
  'owner',
  'version',
  'last_call',
  'calls',
  'confidence',
] as const;

/** What is only read whole, in the order of its interface. */
export interface EndpointDocument {
  hosts: Endpoint['hosts'];
  because: string;
  decidedBy: Endpoint['verdict']['decidedBy'];
  params: Endpoint['params'];
  authMechanisms: string[];
  dataClasses: string[];
  tags: string[];
  evidence: Endpoint['evidence'];
  sources: string[];
}

export interface EndpointScalars {
  environment: string;
  service: string;
  protocol: string;
  method: string;
  path: string;
  path_kind: string;
  declared: string;
  deployed: string;
  coded: string;
  observed: string;
  leaf: string;
  verdict: string;
  reason: string;
  auth: string;
  exposure: string;
  owner: string;
  version: string;
  last_call: number | null;
  calls: number;
  confidence: number;
}

export interface EndpointRow extends EndpointScalars {
  id: string;
  first_seen: number;
  last_seen: number;
  document: string;
}

/** An endpoint in the shape it is stored in. */
export interface Stored {
  scalars: EndpointScalars;
  document: string;
  sightings: string;
  /** Of the document and the sightings, so that what is stored need not be read to be compared. */
  digest: string;
}

export function toStored(endpoint: ResolvedEndpoint): Stored {
  const { planes, verdict } = endpoint;
  const scalars: EndpointScalars = {
    environment: endpoint.environment,
    service: endpoint.service,
    protocol: endpoint.protocol,
    method: endpoint.method,
    path: endpoint.path,
    path_kind: endpoint.pathKind,
    declared: planes.declared,
    deployed: planes.deployed,
    coded: planes.coded,
    observed: planes.observed,
    leaf: verdict.leaf,
    verdict: verdict.verdict,
    reason: verdict.reason,
    auth: endpoint.auth,
    exposure: endpoint.exposure,
    owner: endpoint.owner,
    version: endpoint.version,
    last_call: endpoint.lastCall,
    calls: endpoint.calls,
    confidence: endpoint.confidence,
  };
  const document = JSON.stringify({
    hosts: endpoint.hosts,
    because: verdict.because,
    decidedBy: verdict.decidedBy,
    params: endpoint.params,
    authMechanisms: endpoint.authMechanisms,
    dataClasses: endpoint.dataClasses,
    tags: endpoint.tags,
    evidence: endpoint.evidence,
    sources: endpoint.sources,
  } satisfies EndpointDocument);
  const sightings = JSON.stringify(endpoint.sightings);
  return {
    scalars,
    document,
    sightings,
    digest: digest(JSON.stringify(Object.values(scalars)) + document + sightings),
  };
}

/** Throws `StoredError` for text that noontide does not write. */
export function readDocument(text: string): EndpointDocument {
  return readJson('endpoint_documents.document', text, endpointDocument);
}

/** Throws `StoredError` for a row that noontide does not write. */
export function toEndpoint(row: EndpointRow): Endpoint {
  checkRow('endpoints', row, endpointRow);
  const document = readDocument(row.document);
  return {
    id: row.id,
    environment: row.environment,
    service: row.service,
    protocol: row.protocol as Endpoint['protocol'],
    method: row.method,
    path: row.path,
    pathKind: row.path_kind as Endpoint['pathKind'],
    hosts: document.hosts,
    planes: {
      declared: row.declared as Endpoint['planes']['declared'],
      deployed: row.deployed as Endpoint['planes']['deployed'],
      coded: row.coded as Endpoint['planes']['coded'],
      observed: row.observed as Endpoint['planes']['observed'],
    },
    verdict: {
      leaf: row.leaf as Endpoint['verdict']['leaf'],
      verdict: row.verdict as VerdictName,
      reason: row.reason,
      because: document.because,
      decidedBy: document.decidedBy,
    },
    params: document.params,
    auth: row.auth as Endpoint['auth'],
    authMechanisms: document.authMechanisms,
    exposure: row.exposure,
    dataClasses: document.dataClasses,
    owner: row.owner,
    version: row.version,
    tags: document.tags,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    lastCall: row.last_call,
    calls: row.calls,
    evidence: document.evidence,
    sources: document.sources,
    confidence: row.confidence,
  };
}

/** Every value of every list, each once: the rows of `endpoint_list`. */
export function listValues(lists: Pick<Endpoint, ListField>): [field: ListField, value: string][] {
  const values: [ListField, string][] = [];
  for (const field of ['hosts', 'tags', 'sources', 'dataClasses', 'authMechanisms'] as const) {
    const list = lists[field];
    for (let i = 0; i < list.length; i++) {
      const value = list[i] as string;
      if (list.indexOf(value) === i) values.push([field, value]);
    }
  }
  return values;
}
