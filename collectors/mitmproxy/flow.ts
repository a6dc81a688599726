import { type Exchange, maxBody } from '#collectors/traffic/exchange';
import type { Missing } from '#collectors/traffic/log/exchange-of';
import type { LogFormat, NoExchange } from '#collectors/traffic/log/format';
import { addHeader } from '#collectors/traffic/log/headers';
import { utf8 } from '#collectors/traffic/log/lines';
import { decodedValue, type Value } from './value.ts';

/**
 * A flow as mitmproxy saves it, of any version since 0.18, in which keys became text: what is read has kept its name since
 * (mitmproxy/io/compat.py tells what changed).
 */
export class MitmproxyFlow implements LogFormat {
  readonly name = 'flows';
  readonly #missing: Missing;

  constructor(missing: Missing) {
    this.#missing = missing;
  }

  read(record: string, ref: number): Exchange | NoExchange {
    const flow = decodedValue(record.charAt(0), record.slice(1));
    if (!(flow instanceof Map) || !flow.has('version') || !flow.has('type')) return 'foreign';
    const request = flow.get('request');
    if (flow.get('type') !== 'http' || !(request instanceof Map)) return 'aside';
    const found = flow.get('response');
    const response = found instanceof Map ? found : new Map<string, Value>();
    const began = request.get('timestamp_start');
    const method = textOf(request.get('method'));
    if (typeof began !== 'number' || method === '') return 'foreign';
    const requestHeaders = headersOf(request.get('headers'));
    const status = response.get('status_code') ?? response.get('code');
    const scheme = textOf(request.get('scheme'));
    const exchange: Exchange = {
      at: Math.floor(began * 1_000),
      ref,
      scheme: scheme === 'http' || scheme === 'https' ? scheme : null,
      method,
      host: requestHeaders.get('host') || textOf(request.get('authority')) || addressOf(request) || this.#missing.host,
      target: utf8(textOf(request.get('path'))) || '/',
      status: typeof status === 'number' ? status : 0,
      requestHeaders,
      responseHeaders: headersOf(response.get('headers')),
      responseLength: lengthOf(response.get('content')),
      client: clientOf(flow.get('client_conn')),
    };
    const version = /^HTTP\/([0-9])(?:\.([0-9]))?$/.exec(textOf(request.get('http_version')));
    if (version) exchange.version = version[1] === '1' ? `1.${version[2] ?? '1'}` : (version[1] as string);
    addBodies(exchange, request.get('content'), response.get('content'));
    addLatency(exchange, request.get('timestamp_end') ?? null, response.get('timestamp_start') ?? null);
    addMessages(exchange, flow.get('websocket'));
    return exchange;
  }
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

function lengthOf(content: Value | undefined): number | null {
  return typeof content === 'string' ? content.length : null;
}

function headersOf(value: Value | undefined): Map<string, string> {
  const headers = new Map<string, string>();
  if (!Array.isArray(value)) return headers;
  for (const pair of value) {
    if (!Array.isArray(pair)) continue;
    const [name, content] = pair;
    if (typeof name === 'string' && typeof content === 'string') addHeader(headers, name, content);
  }
  return headers;
}

function addressOf(request: ReadonlyMap<string, Value>): string {
  const host = textOf(request.get('host'));
  const port = request.get('port');
  if (host === '' || typeof port !== 'number') return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** `peername` since version 6, `address` before. */
function clientOf(connection: Value | undefined): string {
  const address = connection instanceof Map ? (connection.get('peername') ?? connection.get('address')) : null;
  return Array.isArray(address) && typeof address[0] === 'string' ? address[0] : '';
}

function addBodies(exchange: Exchange, sent: Value | undefined, answered: Value | undefined): void {
  if (typeof sent === 'string') {
    exchange.requestLength = sent.length;
    if (sent !== '') exchange.requestBody = Buffer.from(sent.slice(0, maxBody), 'latin1');
  }
  if (typeof answered === 'string' && answered !== '')
    exchange.responseBody = Buffer.from(answered.slice(0, maxBody), 'latin1');
}

function addLatency(exchange: Exchange, from: Value, to: Value): void {
  if (typeof from === 'number' && typeof to === 'number' && to >= from) exchange.latency = (to - from) * 1_000;
}

/** Each message is a list: its type, whether the client sent it, and what. */
function addMessages(exchange: Exchange, websocket: Value | undefined): void {
  const messages = websocket instanceof Map ? websocket.get('messages') : null;
  if (!Array.isArray(messages)) return;
  exchange.protocol = 'websocket';
  const sent = messages.filter((message) => Array.isArray(message) && message[1] === true).length;
  exchange.messages = { sent, received: messages.length - sent };
}
