import { type Field, field, latency, requestHeader, responseHeader, user } from '#collectors/traffic/log/field';
import type { Piece, TextLayout } from '#collectors/traffic/log/text-format';
import type { Escape } from '#collectors/traffic/log/unescape';

/** Variables of nginx (nginx.org/en/docs/varindex.html) that tell something of an exchange. */
const variables: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['request', field('request')],
  ['request_method', field('method')],
  ['request_uri', field('target')],
  ['uri', field('path')],
  ['document_uri', field('path')],
  ['args', field('query')],
  ['query_string', field('query')],
  ['server_protocol', field('version')],
  ['status', field('status')],
  ['body_bytes_sent', field('length')],
  ['request_time', latency(1_000)],
  ['host', field('host')],
  ['server_name', field('server')],
  ['ssl_server_name', field('server')],
  ['server_port', field('port')],
  ['scheme', field('scheme')],
  ['ssl_protocol', field('tls')],
  ['ssl_cipher', field('tls')],
  ['time_local', field('time')],
  ['time_iso8601', field('time')],
  ['msec', field('time')],
  ['remote_addr', field('client')],
  ['realip_remote_addr', field('client')],
  ['proxy_add_x_forwarded_for', field('forwarded')],
  ['remote_user', user('basic')],
  ['content_type', requestHeader('content-type')],
]);

/** They hold one value for each server that was asked. */
const lists = /^upstream_(?:addr|status|response_time|response_length|connect_time|header_time|bytes_\w+|cache_\w+)$/;

/**
 * The lines of a `log_format` of nginx (nginx.org/en/docs/http/ngx_http_log_module.html): the whole directive, or only its text. Variables
 * that tell nothing of an exchange are passed over.
 */
export function nginxLayout(declared: string): TextLayout {
  const directive = /^\s*log_format\s+\S+\s+(?:escape=(default|json|none)\s+)?([\s\S]*?);?\s*$/.exec(declared);
  const escaped = /^escape=(default|json|none)\s+/.exec(declared);
  const text = directive ? quoted(directive[2] ?? '') : declared.slice(escaped?.[0].length ?? 0);
  const way = directive?.[1] ?? escaped?.[1] ?? 'default';
  return { pieces: piecesOf(text.replace(/\$\{?is_args\}?(?=\$)/g, '')), escaping: escapes[way] ?? 'backslash' };
}

const escapes: Record<string, Escape> = { default: 'backslash', json: 'json', none: 'none' };

/** Strings in quotes, one after the other, are one. */
function quoted(text: string): string {
  const parts = text.match(/'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"|[^\s'"]+/g) ?? [];
  return parts.map((part) => (/^['"]/.test(part) ? part.slice(1, -1).replace(/\\(["'\\])/g, '$1') : part)).join('');
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)) {
    pieces.push(text.slice(from, found.index), fieldOf(found[1] ?? found[2] ?? ''));
    from = found.index + found[0].length;
  }
  pieces.push(text.slice(from));
  return pieces;
}

function fieldOf(name: string): Field | null {
  const known = variables.get(name);
  if (known) return known;
  if (lists.test(name)) return { role: 'ignored', list: true };
  const header = /^(sent_)?http_(\w+)$/.exec(name);
  if (!header) return null;
  const dashed = (header[2] ?? '').replaceAll('_', '-');
  if (!header[1]) return requestHeader(dashed);
  return responseHeader(dashed);
}
