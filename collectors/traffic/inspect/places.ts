import { queryPairs } from '#collectors/traffic/query';
import type { Document } from './body/document.ts';
import { add, emptyForm } from './body/form.ts';
import type { Data } from './data-class/trace.ts';
import { type Tree, type Walked, walk } from './walk.ts';

const nothing: Walked = { fields: [], data: { sure: [], maybe: [] } };
const closed = new Set<object>();
/** Headers whose values say who asks (that is authentication), or are the transport's own. */
const passedOver =
  /^(?::.*|authorization|proxy-authorization|cookie|set-cookie|host|accept.*|content-.*|user-agent|date|etag|if-.*|cache-control|connection|server|via|link|vary|expires|last-modified|sec-.*|traceparent|tracestate|b3|x-b3-.*|x-request-id|x-correlation-id|x-amz.*|cf-.*|strict-transport-security|access-control-.*|www-authenticate|signature.*|dpop|nel|report-to|x-forwarded-client-cert|.*ssl-client-.*)$/;
const maxSegments = 32;

/** The names in a target's query with their types, and the classes of data in it. */
export function walkQuery(target: string): Walked {
  if (!target.includes('?')) return nothing;
  const form = emptyForm();
  for (const { name, value } of queryPairs(target)) add(form, name, decoded(value));
  return walk({ value: form, textual: true, open: closed }, 'query');
}

/** Classes of data in a target's path. */
export function pathData(target: string): Data {
  const end = target.search(/[?#]/);
  const segments = (end < 0 ? target : target.slice(0, end)).slice(0, 4_096).split('/', maxSegments);
  const values = segments.filter((segment) => segment.length >= 4).map(decoded);
  return values.length === 0 ? nothing.data : walk({ value: values, textual: true, open: closed }, 'path').data;
}

/** Classes of data in headers that are not the transport's. */
export function headerData(headers: ReadonlyMap<string, string>, place: string): Data {
  const form = emptyForm();
  let some = false;
  for (const [name, value] of headers) {
    if (value.length < 4 || value.length > 8_192 || passedOver.test(name)) continue;
    form[name] = value;
    some = true;
  }
  return some ? walk({ value: form, textual: true, open: closed }, place).data : nothing.data;
}

/** Fields and classes of data of a body; of one without fields, the classes in its text. */
export function walkBody(document: Document | null, place: string): Walked {
  const tree: Tree | null = document?.tree ?? null;
  if (tree) return walk(tree, place);
  if (!document || document.text === '') return nothing;
  return { fields: [], data: walk({ value: document.text, textual: false, open: closed }, place).data };
}

function decoded(value: string): string {
  if (!value.includes('%') && !value.includes('+')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    // Not percent-encoded: as sent.
    return value;
  }
}
