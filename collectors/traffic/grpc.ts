import type { Exchange } from './exchange.ts';
import { mediaType } from './media-type.ts';

/** The ways to call a method of a protobuf service over HTTP. */
export type GrpcProtocol = 'grpc' | 'grpc-web' | 'connect';

type Heads = Pick<Exchange, 'method' | 'target' | 'requestHeaders'>;

const methodPath = /^[^?#]*\/[A-Za-z_][\w.]*\/[A-Za-z_]\w*(?:[?#]|$)/;

/**
 * Which of them a request speaks, by its head alone; `null` for none. gRPC and gRPC-Web by content type (grpc.io, PROTOCOL-HTTP2.md and
 * PROTOCOL-WEB.md); Connect (connectrpc.com/docs/protocol) by the content type of streams, and for unary calls, whose types are
 * common ones, by header or query and path.
 */
export function grpcProtocol({ method, target, requestHeaders }: Heads): GrpcProtocol | null {
  const type = mediaType(requestHeaders.get('content-type'));
  if (type !== null) {
    if (/^application\/grpc-web(?:-text)?(?:\+|$)/.test(type)) return 'grpc-web';
    if (/^application\/grpc(?:\+|$)/.test(type)) return 'grpc';
    if (type.startsWith('application/connect+')) return 'connect';
  }
  // The pattern last: it is looked for in the targets of those only that say so otherwise.
  const unary =
    method === 'GET'
      ? target.includes('connect=v1') && /[?&]connect=v1(?:&|$)/.test(target)
      : method === 'POST' &&
        requestHeaders.has('connect-protocol-version') &&
        (type === 'application/proto' || type === 'application/json');
  return unary && methodPath.test(target) ? 'connect' : null;
}

/** Whether bodies of the type are sent as base64. */
export function isGrpcText(contentType: string | undefined): boolean {
  return contentType?.toLowerCase().startsWith('application/grpc-web-text') ?? false;
}

/** By code (`google/rpc/code.proto` of googleapis): its name as Connect writes it, and the status that the file maps it to. */
const codes: readonly (readonly [name: string, status: number])[] = [
  ['ok', 200],
  ['canceled', 499],
  ['unknown', 500],
  ['invalid_argument', 400],
  ['deadline_exceeded', 504],
  ['not_found', 404],
  ['already_exists', 409],
  ['permission_denied', 403],
  ['resource_exhausted', 429],
  ['failed_precondition', 400],
  ['aborted', 409],
  ['out_of_range', 400],
  ['unimplemented', 501],
  ['internal', 500],
  ['unavailable', 503],
  ['data_loss', 500],
  ['unauthenticated', 401],
];

/** The code that says that there is no such method. */
const unimplemented = 12;

/**
 * The status code of a gRPC call: of the trailers, or of the head where an answer consists of nothing else (Trailers-Only); 2
 * (unknown) for one that is none. `null` when the exchange has none, as where nothing or another server than gRPC's answered.
 */
export function grpcCode({ responseHeaders, responseTrailers }: Exchange): number | null {
  const text = responseTrailers?.get('grpc-status') ?? responseHeaders.get('grpc-status');
  if (text === undefined) return null;
  const code = /^[0-9]{1,2}$/.test(text) ? Number(text) : 2;
  return code < codes.length ? code : 2;
}

/**
 * The status that says how an exchange ended: HTTP's own, or where that is 200 and the call failed, the one that its gRPC code maps to
 * (`UNIMPLEMENTED` 501, `UNAUTHENTICATED` 401).
 *
 * `NOT_FOUND` gives 404 and yet never means that there is no such method, which is what 404 means of HTTP: servers say `UNIMPLEMENTED`
 * then, and proxies map a route that they do not have to it. {@link missesMethod} knows.
 */
export function effectiveStatus(exchange: Exchange): number {
  const code = exchange.status === 200 ? grpcCode(exchange) : null;
  return code === null ? exchange.status : codes[code]![1];
}

/** Whether the answer says that there is no such operation: of a call that gRPC answered, by its code alone. */
export function missesMethod(exchange: Exchange): boolean {
  const code = exchange.status === 200 ? grpcCode(exchange) : null;
  if (code !== null) return code === unimplemented;
  return exchange.status === 404 || exchange.status === 405 || exchange.status === 501;
}

/**
 * Trailers as gRPC-Web and Connect carry them at the body's end: lines of fields, or JSON whose error code becomes a `grpc-status`. Of
 * JSON nothing else is kept; messages may hold values.
 */
export function trailersOf(protocol: GrpcProtocol, text: string): ReadonlyMap<string, string> {
  const trailers = new Map<string, string>();
  if (protocol === 'connect') {
    const code = /"code"\s*:\s*"([a-z_]{1,32})"/.exec(text)?.[1];
    const found = codes.findIndex(([name]) => name === code);
    trailers.set('grpc-status', String(code === undefined ? 0 : found < 1 ? 2 : found));
    return trailers;
  }
  for (const line of text.split('\n', 64)) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return trailers;
}
