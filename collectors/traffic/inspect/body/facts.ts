import { type Counts, countsOf, mergeCounts } from '#collectors/traffic/inspect/counts';
import { type Field, mergeFields } from '#collectors/traffic/inspect/field';
import { isName } from '#collectors/traffic/inspect/name';
import type { Document } from './document.ts';

/** What bodies were. */
export interface BodyFacts {
  /** Samples that had a body to look at, and those of which only a part was there. */
  samples: number;
  cut: number;
  /** `json`, `ndjson`, `form`, `multipart`, `xml`, `events`, `graphql`, `html`, `text`, `protobuf`, `binary`, `undecodable`. */
  formats: Counts;
  fields: Field[];
  /** Fields of forms that were files. */
  files: Counts;
  /** Names of server-sent events. */
  events: Counts;
}

export function bodyFacts(document: Document | null, fields: Field[]): BodyFacts {
  if (!document) return { samples: 0, cut: 0, formats: {}, fields: [], files: {}, events: {} };
  return {
    samples: 1,
    cut: document.cut ? 1 : 0,
    formats: { [document.format]: 1 },
    fields,
    files: countsOf(document.files.filter(isName)),
    events: countsOf(document.events.filter(isName)),
  };
}

export function mergeBodyFacts(many: readonly BodyFacts[]): BodyFacts {
  return {
    samples: many.reduce((sum, { samples }) => sum + samples, 0),
    cut: many.reduce((sum, { cut }) => sum + cut, 0),
    formats: mergeCounts(many.map(({ formats }) => formats)),
    fields: mergeFields(many.map(({ fields }) => fields)),
    files: mergeCounts(many.map(({ files }) => files)),
    events: mergeCounts(many.map(({ events }) => events)),
  };
}
