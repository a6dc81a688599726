import { splitPath } from '#path/normalise';
import { segmentType } from '#path/segment';

const maxMessages = 16;
const maxText = 65_536;

/**
 * What a text message of a client calls, by the common ways to say so inside of a WebSocket: methods of JSON-RPC, operations of GraphQL
 * (graphql-transport-ws and graphql-ws), frames of STOMP, events of Socket.IO, actions. Names only: nothing that may be a value.
 */
export function callsIn(text: string): string[] {
  const stomp = /^(SEND|SUBSCRIBE)\r?\n(?:[^\n]*\n){0,16}?destination:([^\r\n]{1,256})/.exec(text);
  if (stomp) return [`${stomp[1]} ${destination(stomp[2]!)}`];
  const event = /^4[25][0-9]*-?(?:\/[^,]{0,64},)?[0-9]{0,10}\["([^"\\]{1,64})"/.exec(text);
  if (event) return isName(event[1]!) ? [`event ${event[1]}`] : [];
  if (!/^\s*[[{]/.test(text) || text.length > maxText) return [];
  const message = parsed(text);
  const messages = Array.isArray(message) ? message.slice(0, maxMessages) : [message];
  return messages.map(callOf).filter((call) => call !== null);
}

function callOf(message: unknown): string | null {
  if (!isObject(message)) return null;
  const { method, params, type, payload } = message;
  // Of MCP's tools the name is what is called.
  if (method === 'tools/call' && isObject(params)) return target(method, params['name']);
  if (isName(method)) return method;
  if ((type === 'subscribe' || type === 'start') && isObject(payload) && typeof payload['query'] === 'string')
    return graphqlOperation(payload['query'], payload['operationName']);
  for (const key of ['action', 'op', 'event'])
    if (isName(message[key])) return target(message[key], message['channel'] ?? message['topic']);
  return null;
}

/** `subscribe orders`. */
function target(action: string, of: unknown): string {
  return isName(of) ? `${action} ${of}` : action;
}

/** `subscription orderAdded`: the operation's name, or without one the first field's. */
function graphqlOperation(query: string, named: unknown): string | null {
  const text = query.slice(0, 4_096);
  const brace = text.indexOf('{');
  if (brace < 0) return null;
  const head = /^[\s,]*(?:(query|mutation|subscription)\b[\s,]*([_A-Za-z]\w*)?|$)/.exec(text.slice(0, brace));
  if (!head) return null;
  const field = /^[\s,]*([_A-Za-z]\w*)/.exec(text.slice(brace + 1))?.[1];
  const name = isName(named) ? named : (head[2] ?? field);
  return isName(name) ? `${head[1] ?? 'query'} ${name}` : null;
}

/** A destination of STOMP is a path; what in it is no word is its type. */
function destination(path: string): string {
  const segments = splitPath(path.trim()).slice(0, 8);
  return `/${segments.map((segment) => (isName(segment) ? segment : `{${segmentType(segment) ?? 'string'}}`)).join('/')}`;
}

/** A word that a program chose, or several with marks between them, and no value among them. */
function isName(text: unknown): text is string {
  if (typeof text !== 'string' || !/^[A-Za-z_$][\w$.:/-]{0,63}$/.test(text)) return false;
  return segmentType(text) === null && text.split(/[.:/-]/).every((part) => segmentType(part) === null);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Other things begin with a brace too.
    return null;
  }
}
