import { z } from 'zod';
import type { Exchange } from '#collectors/traffic/exchange';
import { httpVersionOf } from '#collectors/traffic/http-version';

const pair = z.object({ name: z.string(), value: z.string() });
const pairs = z.array(pair).nullish();

/** What is read of an entry (HAR 1.2, `entries`). Browsers and proxies add and leave out the rest. */
const entry = z.object({
  startedDateTime: z.string(),
  request: z.object({
    method: z.string(),
    url: z.string(),
    httpVersion: z.string().nullish().catch(null),
    headers: pairs,
    cookies: z.array(z.object({ name: z.string() })).nullish(),
    postData: z.object({ mimeType: z.string().nullish() }).nullish(),
  }),
  response: z
    .object({
      status: z.number().nullish(),
      headers: pairs,
      redirectURL: z.string().nullish(),
      bodySize: z.number().nullish(),
      content: z.object({ size: z.number().nullish(), mimeType: z.string().nullish() }).nullish(),
    })
    .nullish(),
  // Nothing hangs on them: an entry with others counts all the same.
  timings: z.object({ wait: z.number() }).nullish().catch(null),
  _fromCache: z.unknown().optional(),
});

type Entry = z.infer<typeof entry>;
type Pairs = z.infer<typeof pairs>;

export type Read =
  | { kind: 'exchange'; exchange: Exchange; cached: boolean }
  /** `data:`, `blob:`, an extension's own: no request on a network. */
  | { kind: 'elsewhere' }
  /** The place inside of the entry, as a path of keys, and what is wrong there. */
  | { kind: 'bad'; place: string; reason: string };

/** One entry, as the scanner cut it out. `number` becomes the exchange's reference. */
export function readEntry(text: string, number: number): Read {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message quotes what it was given, which may be a secret.
    return { kind: 'bad', place: '', reason: 'not well-formed JSON' };
  }
  const parsed = entry.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { kind: 'bad', place: issue?.path.join('.') ?? '', reason: reasonOf(issue) };
  }
  return exchangeOf(parsed.data, number);
}

function reasonOf(issue: z.core.$ZodIssue | undefined): string {
  return issue?.code === 'invalid_type' ? `not ${article(issue.expected)}` : 'not as the format has it';
}

function article(type: string): string {
  return `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`;
}

function exchangeOf({ startedDateTime, request, response, timings, _fromCache }: Entry, number: number): Read {
  const url = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?/i.exec(request.url.slice(0, 4_096));
  if (!url) return { kind: 'bad', place: 'request.url', reason: 'not an absolute URL' };
  const scheme = schemeOf(url[1] ?? '');
  if (scheme === null) return { kind: 'elsewhere' };
  const at = Date.parse(startedDateTime.slice(0, 64));
  if (Number.isNaN(at)) return { kind: 'bad', place: 'startedDateTime', reason: 'not a date and time (ISO 8601)' };
  const cached = _fromCache !== undefined && _fromCache !== null && _fromCache !== false;
  const { method, url: address } = request;
  const exchange: Exchange = {
    at,
    ref: number,
    scheme,
    method,
    host: url[2] ?? '',
    target: address.slice(url[0].length) || '/',
    status: cached ? 0 : (response?.status ?? 0),
    requestHeaders: requestHeaders(request),
    responseHeaders: responseHeaders(response),
    responseLength: lengthOf(response),
    client: '',
  };
  const version = httpVersionOf(request.httpVersion ?? '');
  if (version !== '') exchange.version = version;
  const latency = latencyOf(timings);
  if (latency !== null && exchange.status > 0) exchange.latency = latency;
  return { kind: 'exchange', cached, exchange };
}

/** What passed between the request's end and the answer's beginning, in milliseconds; -1 says «not known». */
function latencyOf(timings: Entry['timings']): number | null {
  const wait = timings?.wait ?? -1;
  return wait >= 0 && wait < 1e12 ? wait : null;
}

function schemeOf(text: string): Exchange['scheme'] {
  const scheme = text.toLowerCase();
  return scheme === 'http' || scheme === 'https' || scheme === 'ws' || scheme === 'wss' ? scheme : null;
}

/** Some tools list cookies and the body's type beside the headers, and not in them. */
function requestHeaders({ headers, cookies, postData }: Entry['request']): Map<string, string> {
  const found = headersOf(headers);
  if (cookies && cookies.length > 0 && !found.has('cookie'))
    found.set('cookie', cookies.map(({ name }) => `${name}=0`).join('; '));
  if (postData?.mimeType && !found.has('content-type')) found.set('content-type', postData.mimeType);
  return found;
}

function responseHeaders(response: Entry['response']): Map<string, string> {
  const found = headersOf(response?.headers);
  if (response?.redirectURL && !found.has('location')) found.set('location', response.redirectURL);
  if (response?.content?.mimeType && !found.has('content-type')) found.set('content-type', response.content.mimeType);
  return found;
}

/** By lower-case name; HTTP/2's pseudo headers are no headers (RFC 9113, section 8.3). */
function headersOf(listed: Pairs): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name, value } of listed ?? []) {
    if (name.startsWith(':')) continue;
    const key = name.toLowerCase();
    const known = found.get(key);
    found.set(key, known === undefined ? value : `${known}${key === 'cookie' ? '; ' : ', '}${value}`);
  }
  return found;
}

/** As transferred where that was measured, else as decoded; -1 says «not known». */
function lengthOf(response: Entry['response']): number | null {
  if (response?.bodySize && response.bodySize > 0) return response.bodySize;
  const size = response?.content?.size;
  return typeof size === 'number' && size >= 0 ? size : null;
}
