import { JsonObjects } from './json-objects.ts';
import { Lines, type Splitter } from './lines.ts';

/**
 * Lines, or for a text that is one JSON document, its objects: those of an array, of the array in an object's first key (`{"records":[`),
 * or ones that are spread over several lines. `head` is the beginning of the file.
 */
export function jsonSplitter(head: Buffer): Splitter {
  const text = head.toString('latin1', 0, 4_096).replace(/^\xef\xbb\xbf/, '');
  if (/^\s*\[\s*(?:\{|\]|$)/.test(text)) return new JsonObjects(1);
  if (/^\s*\{\s*"[A-Za-z_]{1,32}"\s*:\s*\[\s*\{/.test(text)) return new JsonObjects(2);
  return /^\s*\{\s*\n/.test(text) ? new JsonObjects(0) : new Lines();
}
