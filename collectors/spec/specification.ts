import type { Emission } from '#collectors/collector';
import type { FoundFile } from '#collectors/files';
import { counted } from '#model/figure';
import type { Completeness, Problem, ScopeReport } from '#model/scope';
import { type Document, parseDocument } from './document.ts';
import { readHead, readNeighbours, readText } from './files.ts';
import { newTally, operationsOf, type Tally } from './operations.ts';
import { plain } from './plain.ts';
import { type Dialect, dialectOf, looksLike, mayBeSpecification } from './recognise.ts';
import { type Neighbours, Reader, rootOf } from './refs.ts';
import { asMapping, get } from './value.ts';

/** A document that was opened, with everything it refers to. */
export interface Specification {
  document: Document;
  dialect: Dialect;
  neighbours: Neighbours;
}

/**
 * Opens a file. One that is no OpenAPI document, and was not named directly, is `null`. One that should be and cannot be read is
 * the report of its scope.
 */
export async function openSpecification(
  file: FoundFile,
  direct: boolean,
  maxBytes: number,
  root: string,
  signal: AbortSignal,
): Promise<Specification | ScopeReport | null> {
  try {
    const text = await readText(file.absolute, maxBytes);
    if (text === null) {
      const meant = direct || mayBeSpecification(await readHead(file.absolute));
      return meant ? unread(file.path, 'unsupported', tooLarge(file, maxBytes)) : null;
    }
    if (!direct && !mayBeSpecification(text)) return null;
    const document = parseDocument(file.path, file.absolute, text);
    if ('refused' in document) return unread(file.path, 'unsupported', document.refused);
    const dialect = dialectOf(document.value);
    if (!dialect) return foreign(document, direct);
    if (!isRead(dialect)) return unread(file.path, 'unsupported', otherVersion(file.path, dialect));
    return { document, dialect, neighbours: await readNeighbours(document, file, root, maxBytes, signal) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined || signal.aborted) throw error;
    const denied = code === 'EACCES' || code === 'EPERM';
    return unread(file.path, denied ? 'denied' : 'failed', {
      message: `cannot be read (${code})`,
      where: file.path,
      mend: denied ? 'give the user who scans the right to read it' : 'see that it is a regular file',
    });
  }
}

/** The scope of a document: its beginning, its operations and its end. */
export function* emissionsOf({ document, dialect, neighbours }: Specification): Generator<Emission> {
  const scope = document.file;
  const root = rootOf(document);
  const reader = new Reader(neighbours);
  const tally = newTally(root, fileTitle(scope));
  yield { type: 'begin', scope, plane: 'declared' };
  for (const sighting of operationsOf(root, dialect, reader, tally)) yield { type: 'sighting', sighting };
  const problems = [...document.faults, ...brokenNeighbours(reader.broken), ...reader.problems];
  if (dialect.version === '') problems.push(noVersion(scope));
  const partial = document.faults.length > 0 || reader.broken.size > 0 || tally.lost || dialect.version === '';
  yield {
    type: 'end',
    report: {
      scope,
      plane: 'declared',
      completeness: partial ? 'partial' : 'complete',
      saw: sentence(document, dialect, tally, reader.untold),
      problems,
      covers: { services: [tally.title], hosts: [...tally.hosts].sort() },
    },
  };
}

/** `OpenAPI 3.0.3 "Orders API" 1.4.0: 12 operations on 7 paths; 1 webhook is a call that it makes itself`. */
function sentence(document: Document, dialect: Dialect, tally: Tally, untold: number): string {
  const name = dialect.openapi === 2 ? 'Swagger' : 'OpenAPI';
  const head = [name, dialect.version, `"${tally.title}"`, tally.version].filter((part) => part !== '').join(' ');
  const paths = asMapping(get(document.value, 'paths'));
  const why = tally.operations > 0 ? '' : paths ? ', no path has one' : ', it has no paths';
  const counts = `${counted(tally.operations, 'operation')} on ${counted(tally.paths, 'path')}${why}`;
  const own = [
    ...(tally.webhooks > 0 ? [counted(tally.webhooks, 'webhook')] : []),
    ...(tally.callbacks > 0 ? [counted(tally.callbacks, 'callback')] : []),
  ];
  const outgoing = own.length > 0 ? `; ${own.join(' and ')} left out, as calls that the API makes itself` : '';
  return `${head}: ${counts}${outgoing}${untold > 0 ? `; ${counted(untold, 'further problem')}` : ''}`;
}

function isRead({ openapi, version }: Dialect): boolean {
  return version === '' || (openapi === 2 ? /^2(?:\.0)?$/ : /^3(?:\.[0-9]|$)/).test(version);
}

function fileTitle(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return name.replace(/\.(?:json|ya?ml)$/i, '') || name;
}

function unread(scope: string, completeness: Completeness, problem: Problem): ScopeReport {
  return {
    scope,
    plane: 'declared',
    completeness,
    saw: `nothing: ${problem.message}`,
    problems: [problem],
    covers: {},
  };
}

/** A file that holds something else. Passed over in folders, unless it is too broken to tell. */
function foreign({ file, value, faults }: Document, direct: boolean): ScopeReport | null {
  const [fault] = faults;
  if (fault && !asMapping(value)) return unread(file, 'failed', fault);
  if (!direct) return null;
  return unread(file, 'unsupported', {
    message: `no OpenAPI document: it looks like ${looksLike(value)}`,
    where: file,
    mend: 'name a document of OpenAPI 2.0 to 3.2 in JSON or YAML, which has `openapi` or `swagger` at its top level',
  });
}

function tooLarge(file: FoundFile, maxBytes: number): Problem {
  return {
    message: `${megabytes(file.size)} are more than the limit of ${megabytes(maxBytes)}`,
    where: file.path,
    mend: 'raise `maxBytes` of the source, or split the document',
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_048_576).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
}

function otherVersion(file: string, { openapi, version }: Dialect): Problem {
  return {
    message: `${openapi === 2 ? 'Swagger' : 'OpenAPI'} ${plain(version, 32)} is not read`,
    where: file,
    mend: 'convert it to OpenAPI 2.0 or 3.x',
  };
}

function noVersion(file: string): Problem {
  return {
    message: 'names no version: it was read as its other keys suggest',
    where: file,
    mend: 'write `openapi: 3.1.0` (or `swagger: "2.0"`) at its top level; see that the file is whole',
  };
}

function brokenNeighbours(broken: Iterable<Document>): Problem[] {
  return [...broken].slice(0, 8).flatMap((document) => document.faults.slice(0, 4));
}
