import { splitPath } from './normalise.ts';

/** One segment of a path template. */
export type Segment =
  | { kind: 'literal'; value: string }
  | { kind: 'param'; name: string }
  /** Text around parameters: `{id}.json`, `{name}:cancel`, `{from}..{to}`. */
  | { kind: 'mixed'; text: string; names: string[]; pattern: RegExp }
  /** The rest of the path, of one segment or more. */
  | { kind: 'rest'; name: string };

/** Reads a template in braces. A brace that is not closed is literal text. */
export function parseTemplate(path: string): Segment[] {
  return splitPath(path).map(parseSegment);
}

function parseSegment(text: string): Segment {
  const whole = /^\{([^{}]*)\}$/.exec(text);
  if (whole) {
    const name = whole[1] ?? '';
    return name.endsWith('*') ? { kind: 'rest', name: name.slice(0, -1) } : { kind: 'param', name };
  }
  const names = [...text.matchAll(/\{([^{}]*)\}/g)].map((found) => found[1] ?? '');
  if (names.length === 0) return { kind: 'literal', value: text };
  // Adjacent or many parameters match in more ways than are worth trying: one parameter stands for the segment.
  if (names.length > 4 || text.includes('}{')) return { kind: 'param', name: names.join('') };
  return { kind: 'mixed', text, names, pattern: mixedPattern(text) };
}

function formatSegment(segment: Segment): string {
  switch (segment.kind) {
    case 'literal':
      return segment.value;
    case 'param':
      return `{${segment.name}}`;
    case 'mixed':
      return segment.text;
    case 'rest':
      return `{${segment.name}*}`;
  }
}

export function formatTemplate(segments: readonly Segment[]): string {
  return `/${segments.map(formatSegment).join('/')}`;
}

/** A template without its parameters' names, so that `/users/{id}` and `/users/{userId}` compare as equal. */
export function shape(path: string): string {
  return path.includes('{') ? path.replace(/\{[^{}/]*?(\*?)\}/g, '{$1}') : path;
}

/** Names of a template's parameters, in order. */
export function paramNames(path: string): string[] {
  return [...path.matchAll(/\{([^{}]*?)\*?\}/g)].map((found) => found[1] ?? '');
}

/** Lazy and bounded: each parameter takes one character or more, never a slash. */
function mixedPattern(text: string): RegExp {
  const source = text.replace(/\{[^{}]*\}|[^{}]+|[{}]/g, (part) =>
    part.startsWith('{') && part.endsWith('}') && part.length > 1
      ? '[^/]+?'
      : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`^${source}$`);
}
