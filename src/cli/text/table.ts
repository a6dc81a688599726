import { printable } from './printable.ts';
import { cut, pad, width } from './width.ts';

export interface Column {
  title: string;
  align?: 'left' | 'right';
  /** Where a cell is cut when the terminal is too narrow; columns without it keep their width. */
  cut?: 'end' | 'middle';
  /** How a finished cell is painted. */
  paint?: (cell: string) => string;
}

const gap = '  ';
/** No column is cut to less. */
const leastWidth = 8;

/**
 * How wide each column is drawn: as its widest cell, or, when a terminal is narrower than that, with the columns that may be cut
 * brought down to one width, from the widest on. `terminal` is `null` when the output is none, and nothing is cut.
 */
export function fitColumns(columns: readonly Column[], rows: readonly string[][], terminal: number | null): number[] {
  const wanted = columns.map((column, index) =>
    rows.reduce((most, row) => Math.max(most, width(row[index] ?? '')), width(column.title)),
  );
  if (terminal === null) return wanted;
  const capped = (cap: number) => wanted.map((each, index) => (columns[index]?.cut ? Math.min(each, cap) : each));
  const gaps = gap.length * (columns.length - 1);
  let cap = Math.max(leastWidth, ...wanted);
  while (cap > leastWidth && capped(cap).reduce((sum, each) => sum + each, gaps) > terminal) cap--;
  return capped(cap);
}

/** Lines of a table: aligned, two spaces between columns, nothing after the last. Cells are made printable. */
export function* table(
  columns: readonly Column[],
  rows: Iterable<readonly string[]>,
  widths: readonly number[],
  terminal: number | null,
): Generator<string> {
  for (const row of rows) {
    const last = columns.length - 1;
    const cells = columns.map((column, index) => {
      const wide = widths[index] ?? 0;
      const text = row[index] ?? '';
      const cell = terminal === null || !column.cut ? text : cut(text, wide, column.cut);
      const padded = index === last && column.align !== 'right' ? cell : pad(cell, wide, column.align ?? 'left');
      return column.paint ? column.paint(padded) : padded;
    });
    yield cells.join(gap).trimEnd();
  }
}

/** Rows that are measured before the first is written: those that follow are drawn in the same widths. */
const measured = 2_000;

/** A table of any length, in pieces of text; the memory it takes is that of the measured rows. */
export async function* tableText(
  columns: readonly Column[],
  rows: AsyncIterable<readonly string[]>,
  terminal: number | null,
  heading: (text: string) => string,
): AsyncGenerator<string> {
  let held: string[][] = [];
  let widths: number[] | null = null;
  const plain = columns.map(({ paint: _, ...column }) => column);
  const flush = (): string => {
    let text = '';
    if (widths === null) {
      widths = fitColumns(columns, held, terminal);
      const titles = [...table(plain, [columns.map(({ title }) => title)], widths, terminal)];
      text = titles.map((line) => `${heading(line)}\n`).join('');
    }
    for (const line of table(columns, held, widths, terminal)) text += `${line}\n`;
    held = [];
    return text;
  };
  for await (const row of rows) {
    held.push(row.map(printable));
    if (held.length >= measured) yield flush();
  }
  if (held.length > 0) yield flush();
}
