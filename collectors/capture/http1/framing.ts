/**
 * How the body behind a head ends (RFC 9112, section 6): its length in bytes when that is 0 or more, else one of these. Numbers, as
 * there is one for each message.
 */
export type Framing = number;

/** A head that says nothing of a body. */
export const undeclared = -1;
export const chunked = -2;
/** Cannot be told: the head was cut, or contradicts itself. */
export const unknown = -3;
export const untilClose = -4;
/** What follows is no HTTP/1. */
export const tunnel = -5;

/** What the fields of a head say: Transfer-Encoding wins over Content-Length (section 6.3). */
export function declaredFraming(headers: ReadonlyMap<string, string>, whole: boolean): Framing {
  if (!whole) return unknown;
  const coding = headers.get('transfer-encoding')?.toLowerCase();
  if (coding !== undefined && /(^|[\s,])chunked([\s,;]|$)/.test(coding)) return chunked;
  const length = headers.get('content-length');
  if (length === undefined) return undeclared;
  const values = new Set(length.split(',', 8).map((value) => value.trim()));
  const [value = ''] = values;
  return values.size === 1 && /^[0-9]{1,15}$/.test(value) ? Number(value) : unknown;
}

export function requestFraming(declared: Framing): Framing {
  return declared === undeclared ? 0 : declared;
}

/** `method` is the request's, `''` when it is not known. */
export function responseFraming(status: number, declared: Framing, method: string): Framing {
  if (status === 101 || (method === 'CONNECT' && status >= 200 && status < 300)) return tunnel;
  if (declared === unknown) return unknown;
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 0;
  return declared === undeclared ? untilClose : declared;
}
