/** Tagged netstrings, as mitmproxy writes them; text is of one byte a character. */
function tagged(value: unknown): string {
  if (value === null) return '0:~';
  if (typeof value === 'boolean') return `${value ? 4 : 5}:${value}!`;
  if (typeof value === 'number') return framed(String(value), Number.isInteger(value) ? '#' : '^');
  if (typeof value === 'string') return framed(value, ',');
  if (Array.isArray(value)) return framed(value.map(tagged).join(''), ']');
  return framed(
    Object.entries(value as object)
      .map(([key, each]) => framed(key, ';') + tagged(each))
      .join(''),
    '}',
  );
}

function framed(text: string, type: string): string {
  return `${text.length}:${text}${type}`;
}

/** A flow that asks for a path, with an answer. */
export function flow(path: string, more: object = {}): string {
  return tagged({
    version: 21,
    type: 'http',
    request: {
      method: 'GET',
      scheme: 'https',
      host: 'api.acme.example',
      port: 443,
      path,
      http_version: 'HTTP/1.1',
      headers: [['Accept', '*/*']],
      content: '',
      timestamp_start: 1_772_443_800.25,
      timestamp_end: 1_772_443_800.5,
    },
    response: {
      status_code: 200,
      headers: [['Content-Type', 'text/plain']],
      content: 'ok',
      timestamp_start: 1_772_443_800.75,
    },
    client_conn: { peername: ['203.0.113.7', 5_000] },
    ...more,
  });
}
