import { isObject } from './json-format.ts';

/** Headers that JSON lists as objects with a name (or key) and a value, by lower-case name; `null` for what is no such list. */
export function listedHeaders(list: unknown): Map<string, string> | null {
  if (!Array.isArray(list)) return null;
  const headers = new Map<string, string>();
  for (const each of list as unknown[]) {
    if (!isObject(each)) continue;
    const name = each['name'] ?? each['key'];
    if (typeof name === 'string' && typeof each['value'] === 'string') addHeader(headers, name, each['value']);
  }
  return headers;
}

/** Header fields as they stand in a message (RFC 9112), from behind its first line up to an empty one. */
export function headerLines(head: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.split(/\r?\n/, 512).slice(1)) {
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon > 0) addHeader(headers, line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return headers;
}

/** A repeated header's values are joined; pseudo headers (RFC 9113, section 8.3) are none. */
export function addHeader(headers: Map<string, string>, name: string, value: string): void {
  if (name.startsWith(':')) return;
  const key = name.toLowerCase();
  const known = headers.get(key);
  headers.set(key, known === undefined ? value : `${known}${key === 'cookie' ? '; ' : ', '}${value}`);
}
