import { isName } from '#collectors/traffic/inspect/name';

/** The calls of JSON-RPC, and whether they speak the Model Context Protocol. */
export interface RpcCalls {
  calls: string[];
  mcp: boolean;
}

const maxBatch = 64;
/** What MCP's methods name, by parameter (modelcontextprotocol.io, specification 2025-06-18). */
const mcpMethods =
  /^(?:tools\/(?:call|list)|resources\/(?:list|read|subscribe|unsubscribe|templates\/list)|prompts\/(?:list|get)|completion\/complete|logging\/setLevel|sampling\/createMessage|elicitation\/create|roots\/list|notifications\/(?:initialized|cancelled|progress|message|(?:tools|resources|prompts|roots)\/list_changed|resources\/updated))$/;

/**
 * The methods of a JSON-RPC 2.0 or 1.0 request or batch: `eth_call`, and of MCP `tools/call search`, `prompts/get review`,
 * `resources/read file:` (the scheme alone). `null` when it is none.
 */
export function rpcCalls(value: unknown, contentType: string): RpcCalls | null {
  const messages = (Array.isArray(value) ? value.slice(0, maxBatch) : [value]).filter((message) =>
    isCall(message, contentType),
  );
  if (messages.length === 0) return null;
  const calls = new Set<string>();
  let mcp = false;
  for (const { method, params } of messages) {
    const isInitialize = method === 'initialize' && has(params, 'protocolVersion');
    if (isInitialize || mcpMethods.test(method)) mcp = true;
    if (isName(method)) calls.add(`${method}${mcpTarget(method, params)}`);
  }
  return { calls: [...calls], mcp };
}

interface Call {
  method: string;
  params: unknown;
}

/** 1.0 has no version of its own: a method, an array of parameters and an id tell it. */
function isCall(message: unknown, contentType: string): message is Call {
  if (typeof message !== 'object' || message === null) return false;
  const { jsonrpc, method, params, id } = message as Record<string, unknown>;
  if (typeof method !== 'string') return false;
  return jsonrpc === '2.0' || contentType === 'application/json-rpc' || (Array.isArray(params) && id !== undefined);
}

function mcpTarget(method: string, params: unknown): string {
  const { name, uri } = (typeof params === 'object' && params !== null ? params : {}) as Record<string, unknown>;
  if (method === 'tools/call' || method === 'prompts/get')
    return typeof name === 'string' && isName(name) ? ` ${name}` : '';
  const scheme =
    method === 'resources/read' && typeof uri === 'string' ? /^([a-z][a-z0-9+.-]{0,15}):/.exec(uri)?.[1] : undefined;
  return scheme === undefined ? '' : ` ${scheme}:`;
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value;
}
