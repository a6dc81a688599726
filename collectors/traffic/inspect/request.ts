import type { Exchange } from '#collectors/traffic/exchange';
import { type Credential, credentialsOf, mergeCredentials } from './auth/credential.ts';
import { requestDocument } from './body/document.ts';
import { type BodyFacts, bodyFacts, mergeBodyFacts } from './body/facts.ts';
import { callsOf } from './call/calls.ts';
import { type Counts, countsOf, mergeCounts } from './counts.ts';
import { type Data, mergeData } from './data-class/trace.ts';
import { type Field, mergeFields } from './field.ts';
import { askedVersions, customHeaders } from './header/request-headers.ts';
import { headerData, pathData, walkBody, walkQuery } from './places.ts';

/** What sampled requests of one operation show. Plain, and without any value: names, types, classes and counts of samples. */
export interface RequestFacts {
  samples: number;
  body: BodyFacts;
  query: Field[];
  /** Headers of the API's own, by name, and versions asked for by header. */
  headers: Counts;
  versions: Counts;
  /** What is called inside: `query orders`, `tools/call search`, `model gpt-4o`. */
  calls: Counts;
  /** Clients' own names of GraphQL operations: `query GetOrders`. */
  operations: Counts;
  dialects: Counts;
  /** Protocols that the content proves: `graphql`, `soap`, `jsonrpc`. */
  protocols: Counts;
  credentials: Credential[];
  data: Data;
}

const maxCalls = 32;

/** Looks into one request. Never throws, whatever it is given; linear in its size. */
export function inspectRequest(exchange: Exchange): RequestFacts {
  const document = requestDocument(exchange);
  const body = walkBody(document, 'request body');
  const query = walkQuery(exchange.target);
  const called = callsOf(exchange, document);
  return {
    samples: 1,
    body: bodyFacts(document, body.fields),
    query: query.fields,
    headers: countsOf(customHeaders(exchange.requestHeaders)),
    versions: countsOf(askedVersions(exchange.requestHeaders)),
    calls: countsOf(called.calls, maxCalls),
    operations: countsOf(called.operations, maxCalls),
    dialects: countsOf(called.dialects),
    protocols: called.protocol === null ? {} : { [called.protocol]: 1 },
    credentials: credentialsOf(exchange, document),
    data: mergeData([body.data, query.data, pathData(exchange.target), headerData(exchange.requestHeaders, 'header')]),
  };
}

/** Commutative and associative; of none, the neutral facts. */
export function mergeRequestFacts(many: readonly RequestFacts[]): RequestFacts {
  return {
    samples: many.reduce((sum, { samples }) => sum + samples, 0),
    body: mergeBodyFacts(many.map(({ body }) => body)),
    query: mergeFields(many.map(({ query }) => query)),
    headers: mergeCounts(many.map(({ headers }) => headers)),
    versions: mergeCounts(many.map(({ versions }) => versions)),
    calls: mergeCounts(
      many.map(({ calls }) => calls),
      maxCalls,
    ),
    operations: mergeCounts(
      many.map(({ operations }) => operations),
      maxCalls,
    ),
    dialects: mergeCounts(many.map(({ dialects }) => dialects)),
    protocols: mergeCounts(many.map(({ protocols }) => protocols)),
    credentials: mergeCredentials(many.map(({ credentials }) => credentials)),
    data: mergeData(many.map(({ data }) => data)),
  };
}
