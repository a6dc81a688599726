import { normalisePath } from '#path/normalise';

/**
 * A path of a document as the inventory writes paths: normal, everything but parameters percent-encoded, `{id}` for a
 * parameter and `{rest*}` for a greedy one at the end (`{proxy+}` of API Gateway, `{+path}` and `{path*}` of RFC 6570). Form
 * expressions (`{?page,size}`) are query parameters and fall away.
 */
export function pathTemplate(key: string): string {
  const path = key.slice(0, 4_096).replace(/\{[?&#][^{}]*\}/g, '');
  const parts = path.split(/(\{[^{}]*\})/);
  const clean = parts.map((part, i) => {
    if (i % 2 === 0) return encodeLiteral(part);
    const name = part.slice(1, -1);
    const whole = parts[i - 1]!.endsWith('/') && parts[i + 1]!.replace(/\/+$/, '') === '' && i + 2 >= parts.length;
    return `{${paramName(name)}${whole && isGreedy(name) ? '*' : ''}}`;
  });
  const template = clean.join('');
  return normalisePath(template.startsWith('/') ? template : `/${template}`);
}

/** A parameter's name as its template writes it: without an operator, and without what ends a segment. */
export function paramName(name: string): string {
  return (
    name
      .trim()
      .replace(/^[+./;]|[*+]$/g, '')
      .replace(/[/?#;%{}*\s]/g, '_')
      .slice(0, 128) || '_'
  );
}

function isGreedy(name: string): boolean {
  return name.startsWith('+') || name.endsWith('+') || name.endsWith('*');
}

/** Percent-encodes what no URI holds as it is (RFC 3986, section 2), and a percent sign that begins no triplet. */
function encodeLiteral(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[^\x21-\x7e]+/g, encodeURIComponent)
    .replace(/%(?![0-9A-Fa-f]{2})/g, '%25');
}
