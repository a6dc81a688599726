import type { Exchange } from '#collectors/traffic/exchange';
import type { Document } from '#collectors/traffic/inspect/body/document';
import { parseJson } from '#collectors/traffic/inspect/body/json';
import { isName } from '#collectors/traffic/inspect/name';
import { queryPairs } from '#collectors/traffic/query';
import type { Protocol } from '#model/sighting';
import { parseGraphql } from './graphql.ts';
import { rpcCalls } from './json-rpc.ts';
import { modelCalls } from './model-api.ts';
import { jsonBatch, mimeBatch } from './odata-batch.ts';
import { soapCall, xmlRpcCall } from './soap.ts';

/** What is called inside of one exchange. */
export interface Called {
  /** `query orders`, `persisted Orders`, `tools/call search`, `GetOrder`, `GET /Orders`, `model gpt-4o`. */
  calls: string[];
  /** Names that clients gave their GraphQL operations: `query GetOrders`. */
  operations: string[];
  /** What else is spoken: `mcp`, `mcp 2025-06-18`, `odata-batch`, `xml-rpc`, `model-api`, `graphql-upload`. */
  dialects: string[];
  /** Proven by the content. */
  protocol: Protocol | null;
}

const maxBatch = 32;

/** What a request calls, by its target, heads and body. */
export function callsOf(exchange: Exchange, document: Document | null): Called {
  const called: Called = { calls: [], operations: [], dialects: [], protocol: null };
  noteMcp(exchange, called);
  const value = document?.tree?.value;
  if (document?.format === 'graphql') noteGraphql([{ query: document.text }], called);
  else if (document?.format === 'multipart') noteMultipart(document, called);
  else if (document?.format === 'json') noteJson(exchange, document.type, value, called);
  noteGraphqlQuery(exchange, called);
  const soap = soapCall(exchange, document);
  if (soap !== null) {
    called.protocol = 'soap';
    if (soap !== '') called.calls.push(soap);
  }
  const xmlRpc = xmlRpcCall(document);
  if (xmlRpc !== null) {
    called.dialects.push('xml-rpc');
    if (xmlRpc !== '') called.calls.push(xmlRpc);
  }
  if (!called.dialects.includes('model-api')) noteModel(exchange.target, null, called);
  return called;
}

function noteJson({ target, requestHeaders }: Exchange, type: string, value: unknown, called: Called): void {
  const rpc = rpcCalls(value, type);
  if (rpc) {
    called.protocol = 'jsonrpc';
    called.calls.push(...rpc.calls);
    if (rpc.mcp) called.dialects.push('mcp');
    return;
  }
  if (noteGraphql(Array.isArray(value) ? value : [value], called)) return;
  const isBatch = /\$batch(?:[?#]|$)/.test(target.slice(0, 2_048)) || requestHeaders.has('odata-version');
  const batch = isBatch ? jsonBatch(value) : null;
  if (batch) {
    called.dialects.push('odata-batch');
    called.calls.push(...batch);
  } else noteModel(target, value, called);
}

function noteModel(target: string, value: unknown, called: Called): void {
  const model = modelCalls(target, value);
  if (!model) return;
  called.dialects.push('model-api');
  called.calls.push(...model);
}

/** Uploads have their operations in a part (github.com/jaydenseric/graphql-multipart-request-spec); batches of OData are mixed parts. */
function noteMultipart({ type, tree, parts }: Document, called: Called): void {
  if (type === 'multipart/mixed') {
    const calls = mimeBatch(parts);
    if (calls.length > 0) called.dialects.push('odata-batch');
    called.calls.push(...calls);
    return;
  }
  const { operations, map } = (tree?.value ?? {}) as Record<string, unknown>;
  const parsed = typeof operations === 'string' && typeof map === 'string' ? parseJson(operations, false) : null;
  if (parsed && noteGraphql(Array.isArray(parsed.value) ? parsed.value : [parsed.value], called))
    called.dialects.push('graphql-upload');
}

function noteGraphqlQuery({ method, target }: Exchange, called: Called): void {
  if (called.protocol !== null || method.toUpperCase() !== 'GET' || !target.includes('?')) return;
  const pairs = queryPairs(target);
  const sent = (wanted: string) => {
    const value = pairs.find(({ name }) => name === wanted)?.value;
    return value === undefined ? undefined : decoded(value);
  };
  const query = sent('query');
  const extensions = sent('extensions');
  if (query === undefined && extensions === undefined) return;
  const persisted = extensions === undefined ? null : parseJson(extensions, false);
  noteGraphql([{ query, operationName: sent('operationName'), extensions: persisted?.value }], called);
}

/** Notes requests as GraphQL over HTTP has them; `false` when none of them is one. */
function noteGraphql(requests: readonly unknown[], called: Called): boolean {
  let is = false;
  for (const request of requests.slice(0, maxBatch)) {
    if (typeof request !== 'object' || request === null) continue;
    const { query, operationName, extensions, id, documentId, doc_id } = request as Record<string, unknown>;
    const name = typeof operationName === 'string' && isName(operationName) ? operationName : '';
    const operations = typeof query === 'string' && query.includes('{') ? parseGraphql(query) : [];
    for (const { type, name: own, fields } of operations) {
      for (const field of fields) called.calls.push(`${type} ${field}`);
      if (own !== '') called.operations.push(`${type} ${own}`);
      is = is || fields.length > 0;
    }
    const hashed = isPersisted(extensions) || (operationName !== undefined && [id, documentId, doc_id].some(isHash));
    if (operations.length === 0 && hashed) {
      called.calls.push(name === '' ? 'persisted' : `persisted ${name}`);
      is = true;
    }
  }
  if (is) called.protocol = 'graphql';
  return is;
}

function isPersisted(extensions: unknown): boolean {
  return typeof extensions === 'object' && extensions !== null && 'persistedQuery' in extensions;
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^(?:sha256:)?[0-9a-f]{32,64}$/.test(value);
}

function noteMcp({ requestHeaders, responseHeaders }: Exchange, called: Called): void {
  const version = requestHeaders.get('mcp-protocol-version');
  if (version !== undefined || requestHeaders.has('mcp-session-id') || responseHeaders.has('mcp-session-id'))
    called.dialects.push('mcp');
  if (version !== undefined && /^20[0-9]{2}-[01][0-9]-[0-3][0-9]$/.test(version))
    called.dialects.push(`mcp ${version}`);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    // Not percent-encoded after all: as sent.
    return value;
  }
}
