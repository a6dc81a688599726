import { stringify } from 'csv-stringify/sync';
import type { Endpoint } from '#model/endpoint';
import type { Plane } from '#model/sighting';

type Cell = string | number;

/** The columns in their order; docs/catalog.md says what each holds. */
const cells: Record<string, (endpoint: Endpoint) => Cell> = {
  id: ({ id }) => id,
  environment: ({ environment }) => environment,
  service: ({ service }) => service,
  method: ({ method }) => method,
  path: ({ path }) => path,
  hosts: ({ hosts }) => list(hosts),
  protocol: ({ protocol }) => protocol,
  declared: ({ planes }) => planes.declared,
  deployed: ({ planes }) => planes.deployed,
  coded: ({ planes }) => planes.coded,
  observed: ({ planes }) => planes.observed,
  verdict: ({ verdict }) => verdict.verdict,
  leaf: ({ verdict }) => verdict.leaf,
  reason: ({ verdict }) => verdict.reason,
  authentication: ({ auth }) => auth,
  authentication_mechanisms: ({ authMechanisms }) => list(authMechanisms),
  exposure: ({ exposure }) => exposure,
  data_classes: ({ dataClasses }) => list(dataClasses),
  owner: ({ owner }) => owner,
  version: ({ version }) => version,
  tags: ({ tags }) => list(tags),
  first_seen: ({ firstSeen }) => time(firstSeen),
  last_seen: ({ lastSeen }) => time(lastSeen),
  last_call: ({ lastCall }) => (lastCall === null ? '' : time(lastCall)),
  calls: ({ calls }) => calls,
  spec_refs: (endpoint) => refs(endpoint, 'declared'),
  code_refs: (endpoint) => refs(endpoint, 'coded'),
  gateway_refs: (endpoint) => refs(endpoint, 'deployed'),
  sources: ({ sources }) => list(sources),
  confidence: ({ confidence }) => confidence,
};

export const csvColumns: readonly string[] = Object.keys(cells);

export interface CsvOptions {
  /** A byte order mark first: without it Excel reads UTF-8 as the system's own encoding. */
  bom: boolean;
}

const rowsAtOnce = 256;

/**
 * The catalog as CSV (RFC 4180): comma, CRLF, a header row, quotes where needed. Yields text in pieces, so that a catalog of
 * any length takes the memory of one piece. Cells that a spreadsheet would run are disarmed, see {@link disarm}.
 */
export async function* csv(endpoints: AsyncIterable<Endpoint>, options: CsvOptions): AsyncGenerator<string> {
  yield `${options.bom ? '\ufeff' : ''}${csvRows([csvColumns])}`;
  let rows: Cell[][] = [];
  for await (const endpoint of endpoints) {
    rows.push(Object.values(cells).map((cell) => cell(endpoint)));
    if (rows.length < rowsAtOnce) continue;
    yield csvRows(rows);
    rows = [];
  }
  if (rows.length > 0) yield csvRows(rows);
}

/** Rows of any columns, with the same separators and the same care. */
export function csvRows(rows: readonly (readonly Cell[])[]): string {
  const safe = rows.map((row) => row.map((cell) => (typeof cell === 'string' ? disarm(cell) : cell)));
  return stringify(safe, { record_delimiter: 'windows', quoted_match: /[\r\n\t;]/ });
}

/** What makes a spreadsheet take a cell for a formula, in ASCII and in full width. */
const trigger = '[=+\\-@\\t\\r\\n\\uff1d\\uff0b\\uff0d\\uff20]';
/** Blanks that spreadsheets skip before it: spaces of every kind, zero-width ones, a byte order mark. */
const blank = '[\\u0020\\u00a0\\u1680\\u2000-\\u200d\\u202f\\u205f\\u2060\\u3000\\ufeff]';
/** At the beginning, and after what splits cells where a locale's separator is not the comma. */
const formula = new RegExp(`(?<=^|[;\\t\\r\\n])(?=${blank}*${trigger})`, 'g');

/** Whether there is anything to look for: most cells have none of it. */
const suspect = new RegExp(`^${blank}*${trigger}|[;\\t\\r\\n]`);

/**
 * Text that no spreadsheet runs: cells come from traffic, and so from whoever sent it. An apostrophe goes before `=`, `+`, `-`,
 * `@`, tab, CR, LF and the full-width signs (also after blanks) where a cell begins; numbers have cells of their own type and
 * are left as they are.
 */
export function disarm(text: string): string {
  return suspect.test(text) ? text.replace(formula, "'") : text;
}

function list(items: readonly string[]): string {
  return items.join('; ');
}

function refs(endpoint: Endpoint, plane: Plane): string {
  const found = endpoint.evidence.filter((evidence) => evidence.plane === plane);
  return list([...new Set(found.map(({ source, where }) => `${source}: ${where}`))]);
}

function time(at: number): string {
  return new Date(at).toISOString();
}
