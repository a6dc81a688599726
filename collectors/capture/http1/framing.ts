import type { RequestHead, ResponseHead } from './head.ts';

/** How the body behind a head ends (RFC 9112, section 6). `tunnel`: what follows is no HTTP. */
export type Framing =
  | { kind: 'length'; length: number }
  | { kind: 'chunked' }
  | { kind: 'close' }
  | { kind: 'tunnel' }
  /** Cannot be told: the head was cut, or contradicts itself. */
  | { kind: 'unknown' };

const empty: Framing = { kind: 'length', length: 0 };

export function requestFraming(head: RequestHead): Framing {
  if (!head.whole) return { kind: 'unknown' };
  return declared(head.headers) ?? empty;
}

/** `method` is the request's, `''` when it is not known. */
export function responseFraming(head: ResponseHead, method: string): Framing {
  const { status, headers, whole } = head;
  if (status === 101 || (method === 'CONNECT' && status >= 200 && status < 300)) return { kind: 'tunnel' };
  if (!whole) return { kind: 'unknown' };
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return empty;
  return declared(headers) ?? { kind: 'close' };
}

/** Transfer-Encoding wins over Content-Length (section 6.3). */
function declared(headers: Map<string, string>): Framing | null {
  const coding = headers.get('transfer-encoding')?.toLowerCase();
  if (coding !== undefined && /(^|[\s,])chunked([\s,;]|$)/.test(coding)) return { kind: 'chunked' };
  const length = headers.get('content-length');
  if (length === undefined) return null;
  const values = new Set(length.split(',', 8).map((value) => value.trim()));
  const [value = ''] = values;
  return values.size === 1 && /^[0-9]{1,15}$/.test(value)
    ? { kind: 'length', length: Number(value) }
    : { kind: 'unknown' };
}
