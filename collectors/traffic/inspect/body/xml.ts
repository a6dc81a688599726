/** An element: attributes as `@name`, elements by local name (of several, an array), text as `#text` where there is more. */
export interface XmlElement {
  [name: string]: XmlValue | XmlValue[];
}
type XmlValue = XmlElement | string;

export interface XmlDocument {
  /** Local name of the outermost element, and its children. */
  name: string;
  root: XmlValue;
  /** Namespaces that the first elements declare, as written. */
  namespaces: string[];
  open: Set<object>;
}

const maxElements = 4_096;
const maxDepth = 64;
const maxNamespaces = 16;
const maxAttributes = 32;

interface Frame {
  name: string;
  element: XmlElement;
  text: string;
}

/**
 * XML 1.0 as far as names and texts go: no entity is expanded but the five that every parser has, declarations of a document type are
 * skipped, and what is not well-formed ends the reading. One pass. `null` where there is no element.
 */
export function parseXml(text: string): XmlDocument | null {
  const top: Frame = frame('');
  const stack = [top];
  const namespaces: string[] = [];
  let elements = 0;
  let at = 0;
  while (at < text.length) {
    const tag = text.indexOf('<', at);
    const current = stack.at(-1)!;
    if (tag < 0) break;
    if (tag > at && stack.length > 1) note(current, text.slice(at, tag));
    const after = skipped(text, tag, current);
    if (after !== null) {
      if (after < 0) break;
      at = after;
      continue;
    }
    const end = endOfTag(text, tag);
    if (end < 0) break;
    at = end + 1;
    if (text[tag + 1] === '/') {
      if (stack.length === 1) break;
      close(stack);
      if (stack.length === 1) break;
      continue;
    }
    if (++elements > maxElements || stack.length > maxDepth) break;
    const empty = text[end - 1] === '/';
    const opened = frame(localName(text, tag + 1, end));
    if (opened.name === '') break;
    readAttributes(text.slice(tag + 1, empty ? end - 1 : end), opened.element, namespaces);
    stack.push(opened);
    if (empty) close(stack);
    if (stack.length === 1) break;
  }
  const open = new Set<object>(stack.slice(1).map(({ element }) => element));
  while (stack.length > 1) close(stack, open);
  const name = Object.keys(top.element)[0];
  const root = name === undefined ? undefined : top.element[name];
  return name === undefined || root === undefined || Array.isArray(root) ? null : { name, root, namespaces, open };
}

function frame(name: string): Frame {
  return { name, element: Object.create(null) as XmlElement, text: '' };
}

function note(current: Frame, text: string): void {
  if (current.text.length < 4_096) current.text += text.slice(0, 4_096);
}

/** Where a comment, CDATA section, instruction or declaration ends; -1 where it does not, `null` where there is none. */
function skipped(text: string, tag: number, current: Frame): number | null {
  if (text.startsWith('<!--', tag)) return after(text, '-->', tag + 4);
  if (text.startsWith('<![CDATA[', tag)) {
    const end = text.indexOf(']]>', tag + 9);
    note(current, end < 0 ? text.slice(tag + 9) : text.slice(tag + 9, end));
    return end < 0 ? -1 : end + 3;
  }
  if (text.startsWith('<?', tag)) return after(text, '?>', tag + 2);
  if (!text.startsWith('<!', tag)) return null;
  const close = text.indexOf('>', tag);
  if (close < 0) return -1;
  const subset = text.slice(tag, close).indexOf('[');
  return subset < 0 ? close + 1 : after(text, ']>', tag + subset);
}

function after(text: string, ending: string, from: number): number {
  const end = text.indexOf(ending, from);
  return end < 0 ? -1 : end + ending.length;
}

/** The bracket that ends a tag; those within quotes do not. */
function endOfTag(text: string, tag: number): number {
  for (let i = tag + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 62) return i;
    if (code === 34 || code === 39) {
      i = text.indexOf(code === 34 ? '"' : "'", i + 1);
      if (i < 0) return -1;
    }
  }
  return -1;
}

/** A name without its prefix. */
function localName(text: string, from: number, end: number): string {
  let to = from;
  while (to < end && isNameCode(text.charCodeAt(to))) to++;
  const name = text.slice(from, to);
  return name.slice(name.lastIndexOf(':') + 1);
}

function isNameCode(code: number): boolean {
  return code > 32 && code !== 47 && code !== 60 && code !== 61 && code !== 62 && code !== 34 && code !== 39;
}

function readAttributes(tag: string, element: XmlElement, namespaces: string[]): void {
  let read = 0;
  for (const [, name = '', double, single] of tag.matchAll(/\s([^\s=<>"'/]{1,128})\s?=\s?(?:"([^"]*)"|'([^']*)')/g)) {
    if (++read > maxAttributes) return;
    const value = double ?? single ?? '';
    if (name === 'xmlns' || name.startsWith('xmlns:')) {
      if (namespaces.length < maxNamespaces) namespaces.push(value.slice(0, 256));
    } else element[`@${name.slice(name.indexOf(':') + 1)}`] = unescaped(value);
  }
}

function close(stack: Frame[], open?: Set<object>): void {
  const { name, element, text } = stack.pop()!;
  const parent = stack.at(-1)!.element;
  const words = unescaped(text.trim());
  const bare = Object.keys(element).length === 0 && !open?.has(element);
  if (!bare && words !== '') element['#text'] = words;
  const value = bare ? words : element;
  const known = parent[name];
  if (known === undefined) parent[name] = value;
  else if (Array.isArray(known)) known.push(value);
  else parent[name] = [known, value];
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&amp;', '&'],
  ['&quot;', '"'],
  ['&apos;', "'"],
]);

function unescaped(text: string): string {
  return text.includes('&')
    ? text.replaceAll(/&(?:lt|gt|amp|quot|apos);/g, (entity) => entities.get(entity) ?? entity)
    : text;
}
