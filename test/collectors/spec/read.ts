import { parseDocument } from '#collectors/spec/document';
import { dialectOf } from '#collectors/spec/recognise';
import { emissionsOf } from '#collectors/spec/specification';
import type { ScopeReport } from '#model/scope';
import type { Sighting } from '#model/sighting';

/** What one document that refers to no other file says. */
export function read(text: string): { sightings: Sighting[]; report: ScopeReport } {
  const document = parseDocument('api.yaml', '/root/api.yaml', text);
  if ('refused' in document) throw new Error(document.refused.message);
  const dialect = dialectOf(document.value);
  if (!dialect) throw new Error('no OpenAPI document');
  const sightings: Sighting[] = [];
  let report: ScopeReport | undefined;
  for (const emission of emissionsOf({ document, dialect, neighbours: new Map() })) {
    if (emission.type === 'sighting') sightings.push(emission.sighting);
    if (emission.type === 'end') report = emission.report;
  }
  if (!report) throw new Error('the scope did not end');
  return { sightings, report };
}

/** The one operation of a document of OpenAPI 3.1 that is given by its members. */
export function operation(members: object, document: object = {}): Sighting {
  const { sightings } = read(
    JSON.stringify({ openapi: '3.1.0', info: { title: 'T' }, paths: { '/a/{id}': { get: members } }, ...document }),
  );
  return sightings[0]!;
}
