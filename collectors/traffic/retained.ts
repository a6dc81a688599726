/**
 * A copy that stands alone. A part of a string keeps the whole of it in memory (V8 slices): what is kept of a target or a
 * header must not keep the packet or entry that it came from.
 */
export function retained(text: string): string {
  return Buffer.from(text).toString();
}
