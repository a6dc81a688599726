/** A value of tagged netstrings. Bytes and text are both text of one byte a character. */
export type Value = string | number | boolean | null | Value[] | Map<string, Value>;

const maxDepth = 16;
const maxItems = 65_536;

/**
 * The value that a tagged netstring holds; `undefined` when it holds none. Types are those of mitmproxy's: `,` bytes, `;` text, `#` integer,
 * `^` float, `!` boolean, `~` nothing, `]` list, `}` dictionary.
 */
export function decodedValue(type: string, text: string, depth = 0): Value | undefined {
  switch (type) {
    case ',':
    case ';':
      return text;
    case '#':
    case '^':
      return text.length > 0 && text.length <= 40 ? Number(text) : undefined;
    case '!':
      return text === 'true';
    case '~':
      return null;
    case ']':
    case '}': {
      const items = depth < maxDepth ? itemsOf(text, depth) : undefined;
      return type === ']' || items === undefined ? items : pairsOf(items);
    }
    default:
      return undefined;
  }
}

function itemsOf(text: string, depth: number): Value[] | undefined {
  const items: Value[] = [];
  for (let at = 0; at < text.length; ) {
    const colon = text.indexOf(':', at);
    const digits = colon < 0 || colon - at > 12 ? '' : text.slice(at, colon);
    if (!/^[0-9]+$/.test(digits) || items.length === maxItems) return undefined;
    const end = colon + 1 + Number(digits);
    if (end >= text.length) return undefined;
    const value = decodedValue(text.charAt(end), text.slice(colon + 1, end), depth + 1);
    if (value === undefined) return undefined;
    items.push(value);
    at = end + 1;
  }
  return items;
}

function pairsOf(items: readonly Value[]): Map<string, Value> | undefined {
  const pairs = new Map<string, Value>();
  for (let i = 0; i + 1 < items.length; i += 2) {
    const key = items[i];
    if (typeof key !== 'string') return undefined;
    pairs.set(key, items[i + 1] as Value);
  }
  return pairs;
}
