import { patternFlaw } from '#model/pattern';
import { FilterError } from './error.ts';

/**
 * A glob over paths as a regular expression: `*` is any run within one segment, `**` any run across segments, `?` one
 * character of a segment; `/**` at the end is the path itself and everything below. Braces are literal, so that a template
 * can be given as it is listed: `/users/{id}`, or `/users/*`.
 */
export function pathGlob(glob: string): string {
  const { body, below } = parsed(glob);
  const source = body.replace(/\*\*+|[*?]|[^*?]+/g, (part) => {
    if (part.startsWith('**')) return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : escaped(part);
  });
  return checked(glob, `^${source}${below ? '(?:/|$)' : '$'}`);
}

/**
 * The literal text that every match of a path glob begins with, and the longest other that it holds; `''` for none. Both are looked
 * for before the pattern is tried: an index and a plain search are far cheaper.
 */
export function pathLiterals(glob: string): { prefix: string; within: string } {
  const [prefix = '', ...others] = parsed(glob).body.split(/[*?]+/);
  return { prefix, within: others.reduce((longest, each) => (each.length > longest.length ? each : longest), '') };
}

function parsed(glob: string): { body: string; below: boolean } {
  const text = glob.startsWith('/') || glob.startsWith('*') ? glob : `/${glob}`;
  const below = text.endsWith('/**');
  return { body: below ? text.slice(0, -3) : text, below };
}

/** A glob over names and hosts: `*` is any run of characters, `?` one. */
export function nameGlob(glob: string): string {
  const source = glob.replace(/\*+|\?|[^*?]+/g, (part) => {
    if (part.startsWith('*')) return '.*';
    return part === '?' ? '.' : escaped(part);
  });
  return checked(glob, `^${source}$`);
}

export function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}

/** Text as the part of a regular expression that matches it and nothing else. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function checked(glob: string, pattern: string): string {
  const flaw = patternFlaw(pattern);
  if (flaw !== null) throw new FilterError(`The glob "${glob.slice(0, 80)}" has too many wildcards: ${flaw}.`);
  return pattern;
}
