import type { Endpoint } from '#model/endpoint';
import { mapped } from './async.ts';
import type { Terminal } from './terminal.ts';
import { printableJson, printableLines } from './text/printable.ts';
import { type Column, tableText } from './text/table.ts';

type Cells = readonly { title: string; cell: (endpoint: Endpoint) => string }[];

/** Endpoints in one of the formats of `list`, in pieces of text; what only one format needs is loaded for that. */
export async function* endpointPieces(
  endpoints: AsyncIterable<Endpoint>,
  format: 'table' | 'json' | 'csv',
  cells: Cells,
  columns: readonly Column[],
  terminal: Terminal,
  now: number,
): AsyncGenerator<string> {
  const rows = mapped(endpoints, (endpoint) => cells.map(({ cell }) => cell(endpoint)));
  if (format === 'table') {
    yield* tableText(columns, rows, terminal.width, (line) => terminal.paint('bold', line));
  } else if (format === 'json') {
    const { json } = await import('#export/json');
    yield* mapped(json(endpoints, now), printableJson);
  } else {
    const { csvRows } = await import('#export/csv');
    yield csvRows([cells.map(({ title }) => title.toLowerCase().replaceAll(' ', '_'))]);
    yield* mapped(rows, (row) => forTerminal(csvRows([row]), terminal));
  }
}

/** Exports keep what they hold; only on its way to a terminal is it made harmless. */
export function forTerminal(text: string, terminal: Terminal): string {
  return terminal.width === null ? text : printableLines(text);
}
