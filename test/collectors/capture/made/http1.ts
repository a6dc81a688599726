import type { Bytes } from './bytes.ts';
import type { Client, Field } from './client.ts';
import type { MadeExchange } from './exchange.ts';

/** Writes a request as HTTP/1.1 (RFC 9112). */
export function writeRequest(
  to: Bytes,
  { operation, method, target, requestFields, requestBody }: MadeExchange,
  client: Client,
): void {
  to.text(
    `${method} ${target} HTTP/1.1\r\n${client.capitals ? 'Host' : 'host'}: ${operation.host}\r\n${lines(requestFields, client.capitals)}\r\n`,
  );
  if (requestBody) to.bytes(requestBody);
}

/** Writes its answer; chunks are of up to 4 KiB. */
export function writeResponse(to: Bytes, { status, responseFields, responseBody, chunked }: MadeExchange): void {
  to.text(
    `HTTP/1.1 ${status} ${reasons[status]}\r\n${lines(responseFields, true)}${chunked ? 'Transfer-Encoding: chunked\r\n' : ''}\r\n`,
  );
  if (!responseBody) return;
  if (!chunked) {
    to.bytes(responseBody);
    return;
  }
  for (let from = 0; from < responseBody.length; from += 4_096) {
    const until = Math.min(from + 4_096, responseBody.length);
    to.text(`${(until - from).toString(16)}\r\n`);
    to.bytes(responseBody, from, until);
    to.text('\r\n');
  }
  to.text('0\r\n\r\n');
}

const reasons: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  302: 'Found',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

function lines(fields: readonly Field[], capitals: boolean): string {
  let text = '';
  for (const [name, value] of fields) text += `${capitals ? capital(name) : name}: ${value}\r\n`;
  return text;
}

const known = new Map<string, string>();

/** `content-type` as `Content-Type`. */
function capital(name: string): string {
  let found = known.get(name);
  if (found === undefined) {
    found = name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
    known.set(name, found);
  }
  return found;
}
