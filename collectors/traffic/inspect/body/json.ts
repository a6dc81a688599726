/** What JSON says, and the objects in it that were cut. */
export interface Parsed {
  value: unknown;
  open: Set<object>;
}

/** Guards against answers that are run as scripts: `)]}',` and `while(1);`. */
const guard = /^\s*(?:\)\]\}',?|while\s?\(1\);|for\s?\(;;\);)\s*/;
const maxOpen = 512;
const none = new Set<object>();

/** JSON (RFC 8259); of cut JSON, what was complete up to the cut. `null` when it is none. */
export function parseJson(text: string, cut: boolean): Parsed | null {
  const first = firstCode(text);
  const json = first === 41 || first === 119 || first === 102 ? text.replace(guard, '') : text;
  const parsed = whole(json);
  // A number or a word on its own may have been longer.
  if (cut && typeof parsed?.value !== 'object') return mended(json);
  return parsed;
}

function whole(text: string): Parsed | null {
  try {
    return { value: JSON.parse(text), open: none };
  } catch {
    // No JSON, or only its beginning.
    return null;
  }
}

/**
 * Cuts once more, after the last value that is complete, and closes what is open there. One scan: before a comma, and at every
 * bracket, all is complete, and the brackets that are open then are those that are open at the end.
 */
function mended(text: string): Parsed | null {
  const closers: string[] = [];
  let end = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      i = endOfString(text, i);
    } else if (code === 123 || code === 91) {
      if (closers.length >= maxOpen) break;
      closers.push(code === 123 ? '}' : ']');
      end = i + 1;
    } else if (code === 125 || code === 93) {
      closers.pop();
      end = i + 1;
    } else if (code === 44) {
      end = i;
    }
  }
  const parsed = end === 0 ? null : whole(text.slice(0, end) + closers.reverse().join(''));
  return parsed && { value: parsed.value, open: lastOf(parsed.value, closers.length) };
}

/** The quote that ends a string, or the text's length. */
function endOfString(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) return i;
    if (code === 92) i++;
  }
  return text.length;
}

/** The last of the last, so many levels down: what was open. */
function lastOf(value: unknown, levels: number): Set<object> {
  const open = new Set<object>();
  for (let level = 0; level < levels && typeof value === 'object' && value !== null; level++) {
    open.add(value);
    value = Object.values(value).at(-1);
  }
  return open;
}

function firstCode(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== 32 && (code < 9 || code > 13)) return code;
  }
  return 0;
}
