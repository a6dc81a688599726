import { type Agent, type IncomingMessage, request } from 'node:http';

/** A request to be made. The path is sent as it stands here. */
export interface Call {
  method: string;
  path: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
}

/** A request that was made, and its answer: what a HAR entry tells. Header names and values as they went over the wire. */
export interface Exchange {
  startedAt: Date;
  method: string;
  url: URL;
  requestHeaders: [string, string][];
  requestBody: string;
  status: number;
  statusText: string;
  responseHeaders: [string, string][];
  responseBody: Buffer;
  serverAddress: string;
  /** Milliseconds: until the request was out, until the answer's head was in, until its end. */
  timings: { send: number; wait: number; receive: number };
}

export interface Target {
  host: string;
  port: number;
  agent: Agent;
  signal: AbortSignal;
}

export async function send(target: Target, call: Call): Promise<Exchange> {
  const body = call.json === undefined ? '' : JSON.stringify(call.json);
  const headers: Record<string, string> = { ...call.headers };
  if (body) {
    headers['Content-Type'] ??= 'application/json';
    headers['Content-Length'] = String(Buffer.byteLength(body));
  }
  const startedAt = new Date();
  const from = performance.now();
  const { method, path } = call;
  let sent = from;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const out = request({ ...target, method, path, headers });
    out.once('finish', () => {
      sent = performance.now();
    });
    out.once('response', resolve);
    out.once('error', reject);
    out.end(body);
  });
  const answered = performance.now();
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return {
    startedAt,
    method,
    url: new URL(`http://${headers['Host']}${path}`),
    requestHeaders: Object.entries(headers),
    requestBody: body,
    status: answer.statusCode ?? 0,
    statusText: answer.statusMessage ?? '',
    responseHeaders: pairs(answer.rawHeaders),
    responseBody: Buffer.concat(chunks),
    serverAddress: target.host,
    timings: { send: sent - from, wait: answered - sent, receive: performance.now() - answered },
  };
}

/** The same exchange. A status that was not expected ends the recording: it would prove something else. */
export function expected(exchange: Exchange, ...statuses: number[]): Exchange {
  if (!statuses.includes(exchange.status)) {
    const { method, url, status, responseBody } = exchange;
    throw new Error(`${method} ${url} gave ${status}, not ${statuses.join(' or ')}: ${responseBody}`);
  }
  return exchange;
}

/** The answer's body. The shop is ours: what it sends has the shape that we say. */
export function json<T>(exchange: Exchange): T {
  return JSON.parse(exchange.responseBody.toString());
}

export function header(exchange: Exchange, name: string): string | undefined {
  return exchange.responseHeaders.find(([known]) => known.toLowerCase() === name)?.[1];
}

function pairs(raw: string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) found.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return found;
}
