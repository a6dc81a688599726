import stringWidth from 'string-width';

const ascii = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that printable text takes in a terminal. */
export function width(text: string): number {
  return ascii.test(text) ? text.length : stringWidth(text);
}

/** The text cut to so many columns, with an ellipsis where it was cut. */
export function cut(text: string, columns: number, where: 'end' | 'middle'): string {
  if (width(text) <= columns) return text;
  if (columns < 2) return columns === 1 ? '…' : '';
  const left = where === 'end' ? columns - 1 : Math.ceil((columns - 1) / 2);
  const head = take(text, left);
  return where === 'end' ? `${head}…` : `${head}…${takeEnd(text, columns - 1 - width(head))}`;
}

export function pad(text: string, columns: number, align: 'left' | 'right'): string {
  const blank = ' '.repeat(Math.max(0, columns - width(text)));
  return align === 'left' ? text + blank : blank + text;
}

function take(text: string, columns: number): string {
  if (ascii.test(text)) return text.slice(0, columns);
  return gather(
    [...graphemes.segment(text)].map(({ segment }) => segment),
    columns,
  ).join('');
}

function takeEnd(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (ascii.test(text)) return text.slice(-columns);
  const reversed = [...graphemes.segment(text)].map(({ segment }) => segment).reverse();
  return gather(reversed, columns).reverse().join('');
}

function gather(segments: readonly string[], columns: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const segment of segments) {
    used += width(segment);
    if (used > columns) break;
    taken.push(segment);
  }
  return taken;
}
