/**
 * HTTP's version as an exchange has it: `1.0`, `1.1`, `2`, `3`; `''` when the text tells none. Known are what a request line says
 * (`HTTP/1.1`, `HTTP/2.0`, also in small letters), the number alone, and names of protocols (RFC 7301): `h2`, `h2c`, `h3`, `h3-29`.
 */
export function httpVersionOf(text: string): string {
  if (text === '1.1' || text === 'HTTP/1.1') return '1.1';
  const found = /^(?:HTTP\/|h)?([0-9])(?:\.([0-9]))?(?:c|-[0-9]{2})?$/i.exec(text);
  if (!found) return '';
  return found[1] === '1' ? `1.${found[2] ?? '1'}` : (found[1] as string);
}
