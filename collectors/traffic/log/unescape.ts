/**
 * How a server writes what would break its line: `backslash` as nginx (`\x22`) and Apache (`\"`, `\n`, `\x22`) do, `json`, `hash` as
 * HAProxy does (`#22`), or not at all.
 */
export type Escape = 'backslash' | 'json' | 'hash' | 'none';

/** What was escaped, as one byte a character; `\uXXXX` of JSON as UTF-8. What is no escape stays as it is. */
export function unescaped(text: string, way: Escape): string {
  if (way === 'hash') return text.includes('#') ? text.replace(/#([0-9A-F]{2})/g, byteOf) : text;
  if (way === 'none' || !text.includes('\\')) return text;
  return way === 'json' ? fromJson(text) : text.replace(/\\(?:x([0-9A-Fa-f]{2})|([\s\S]))/g, backslashed);
}

function byteOf(_: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

const named: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v' };

function backslashed(_: string, hex: string | undefined, char: string): string {
  return hex === undefined ? (named[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16));
}

function fromJson(text: string): string {
  try {
    return Buffer.from(JSON.parse(`"${Buffer.from(text, 'latin1').toString()}"`) as string).toString('latin1');
  } catch {
    // Not what a server writes: taken as it stands, as any other text is.
    return text;
  }
}
