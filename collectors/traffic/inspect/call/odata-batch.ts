import { type Part, partsOf } from '#collectors/traffic/inspect/body/multipart';
import { innerPath } from '#collectors/traffic/inspect/inner-path';

const maxRequests = 32;
const requestLine =
  /^(?:[^\r\n]{0,1024}\r?\n){0,16}?(GET|POST|PUT|PATCH|DELETE|MERGE|HEAD) ([^\s]{1,2048})(?: HTTP\/[0-9.]+)?\r?$/m;

/** The requests inside of an OData batch in MIME (OData 4.01, part 1, section 11.7.7), change sets included: `GET /Orders`. */
export function mimeBatch(parts: readonly Part[]): string[] {
  const calls = new Set<string>();
  for (const { head, body } of parts) {
    if (/^content-type:\s{0,4}multipart\/mixed/im.test(head)) {
      const inner = /^content-type:\s{0,4}([^\r\n]{1,256})/im.exec(head)?.[1] ?? '';
      for (const part of partsOf(body, inner)) addLine(calls, part);
    } else addLine(calls, { head, body });
  }
  return [...calls];
}

function addLine(calls: Set<string>, { body }: Part): void {
  const found = requestLine.exec(Buffer.from(body.subarray(0, 4_096)).toString('latin1'));
  if (found && calls.size < maxRequests) calls.add(`${found[1]} ${batched(found[2] ?? '')}`);
}

/** The requests inside of a JSON batch (OData JSON Format 4.01, section 19); `null` when it is none. */
export function jsonBatch(value: unknown): string[] | null {
  const requests = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)['requests'] : null;
  if (!Array.isArray(requests)) return null;
  const calls = new Set<string>();
  for (const request of requests.slice(0, maxRequests)) {
    if (typeof request !== 'object' || request === null) continue;
    const { method, url } = request as Record<string, unknown>;
    if (typeof method === 'string' && /^[A-Za-z]{3,7}$/.test(method) && typeof url === 'string')
      calls.add(`${method.toUpperCase()} ${batched(url.slice(0, 2_048))}`);
  }
  return calls.size > 0 ? [...calls] : null;
}

/** Relative to the batch. */
function batched(url: string): string {
  return innerPath(/^(?:\/|https?:)/.test(url) ? url : `/${url}`);
}
