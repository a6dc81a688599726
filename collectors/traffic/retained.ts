const most = 4_096;
const longest = 128;
const known = new Map<string, string>();

/**
 * A copy that stands alone. A part of a string keeps the whole of it in memory (V8 slices): what is kept of a target or a
 * header must not keep the packet or entry that it came from. Hosts, names and media types come again and again: of a short text that was
 * met lately it is the same copy.
 */
export function retained(text: string): string {
  if (text.length > longest) return copyOf(text);
  const found = known.get(text);
  if (found !== undefined) return found;
  const copy = copyOf(text);
  if (known.size >= most) known.clear();
  known.set(copy, copy);
  return copy;
}

function copyOf(text: string): string {
  return Buffer.from(text).toString();
}
