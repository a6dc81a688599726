import type { Endpoint } from '#model/endpoint';
import type { CatalogEndpoint } from './schema.ts';

/** Characters that are gathered before they are handed on. */
const pieceLength = 65_536;

/**
 * The catalog as one JSON document, an endpoint a line. Yields text in pieces; the document is whole only when the generator
 * has ended. `generated` is epoch milliseconds.
 */
export async function* json(endpoints: AsyncIterable<Endpoint>, generated: number): AsyncGenerator<string> {
  yield `{"version":1,"generated":${JSON.stringify(time(generated))},"endpoints":[`;
  let between = '\n';
  let waiting = '';
  for await (const endpoint of endpoints) {
    waiting += between + JSON.stringify(catalogEntry(endpoint));
    between = ',\n';
    if (waiting.length < pieceLength) continue;
    yield waiting;
    waiting = '';
  }
  yield `${waiting}\n]}\n`;
}

/** The same objects, one a line (ndjson). */
export async function* ndjson(endpoints: AsyncIterable<Endpoint>): AsyncGenerator<string> {
  for await (const endpoint of endpoints) yield `${JSON.stringify(catalogEntry(endpoint))}\n`;
}

/** One endpoint as the catalog shows it; the order of keys is the order in which they are written. */
export function catalogEntry(endpoint: Endpoint): CatalogEndpoint {
  const { planes, verdict } = endpoint;
  return {
    id: endpoint.id,
    environment: endpoint.environment,
    service: endpoint.service,
    protocol: endpoint.protocol,
    method: endpoint.method,
    path: endpoint.path,
    pathKind: endpoint.pathKind,
    hosts: endpoint.hosts,
    params: endpoint.params.map((param) => ({ name: param.name, in: param.in, type: param.type ?? null })),
    planes: {
      declared: planes.declared,
      deployed: planes.deployed,
      coded: planes.coded,
      observed: planes.observed,
    },
    verdict: verdict.verdict,
    leaf: verdict.leaf,
    reason: verdict.reason,
    because: verdict.because,
    decidedBy: verdict.decidedBy,
    authentication: { required: endpoint.auth, mechanisms: endpoint.authMechanisms },
    exposure: endpoint.exposure,
    dataClasses: endpoint.dataClasses,
    owner: endpoint.owner,
    version: endpoint.version,
    tags: endpoint.tags,
    firstSeen: time(endpoint.firstSeen),
    lastSeen: time(endpoint.lastSeen),
    lastCall: endpoint.lastCall === null ? null : time(endpoint.lastCall),
    calls: endpoint.calls,
    evidence: endpoint.evidence.map(({ plane, source, where }) => ({ plane, source, where })),
    sources: endpoint.sources,
    confidence: endpoint.confidence,
  };
}

function time(at: number): string {
  return new Date(at).toISOString();
}
