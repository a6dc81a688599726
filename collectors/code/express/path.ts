import { encodeLiteral, knownPart, normaliseTemplate, paramName, type Template } from '#collectors/code/template';
import type { Piece } from '#collectors/code/value';

/** One way to read a path: with or without its optional parts. */
interface Form {
  path: string;
  /** A wildcard was met: what follows is below it. */
  ended: boolean;
  types: Template['types'];
}

const maxForms = 8;

/**
 * The templates of a path of Express 4 and 5 (path-to-regexp): `:id`, `:id(\d+)`, `:id?`, `*`, `*name`, `{/:id}`. An optional
 * part gives two templates. What uses regular expressions in other ways stays one.
 */
export function expressTemplates(pieces: readonly Piece[]): Template[] {
  const known = knownPart(namedHoles(pieces));
  const forms = parse(known.text, [{ path: '', ended: false, types: {} }], 0);
  const { anchored, holes, kind } = known;
  if (forms === null) return [{ path: known.text, kind: 'regex', anchored, holes, types: {} }];
  return forms.slice(0, maxForms).map(({ path, types }) => {
    return { path: normaliseTemplate(path || '/'), kind, anchored, holes, types };
  });
}

/** `'/users/:' + idName` has a parameter whose name alone is not known. */
function namedHoles(pieces: readonly Piece[]): Piece[] {
  const named: Piece[] = [];
  for (const [i, piece] of pieces.entries()) {
    const last = named.at(-1);
    const next = pieces[i + 1];
    const ends = next === undefined || (typeof next === 'string' && /^[/.\-?]/.test(next));
    const param = typeof piece !== 'string' && typeof last === 'string' && last.endsWith(':') && ends;
    const text = param ? paramName(piece.hole.split('.').at(-1) ?? '') : piece;
    if (typeof text === 'string' && typeof last === 'string') named[named.length - 1] = last + text;
    else named.push(text);
  }
  return named;
}

/** Adds the rest of a path from `at` to each form; `null` for what is no path. */
function parse(text: string, forms: Form[], at: number): Form[] | null {
  if (text.length > 2_048) return null;
  while (at < text.length) {
    const char = text[at]!;
    if (char === '\\') {
      forms = append(forms, encodeLiteral(text[at + 1] ?? ''));
      at += 2;
    } else if (char === ':') {
      const param = /^:([A-Za-z_$][\w$]*|"[^"]*"|\d+)/.exec(text.slice(at, at + 128));
      if (!param) {
        forms = append(forms, ':');
        at++;
        continue;
      }
      at += param[0].length;
      const group = text[at] === '(' ? groupAt(text, at) : '';
      if (group === null) return null;
      at += group.length;
      forms = withParam(forms, paramName(param[1]!), group.slice(1, -1));
      const modifier = text[at] ?? '';
      if (modifier === '?' || modifier === '*') forms = [...forms, ...forms.map(withoutLast)];
      if (modifier === '*' || modifier === '+') forms = forms.map((form) => ({ ...form, ended: true }));
      if (/[?*+]/.test(modifier)) at++;
    } else if (char === '*') {
      const name = /^\*(\w*)/.exec(text.slice(at, at + 128))![1]!;
      at += 1 + name.length;
      forms = withRest(forms, name);
    } else if (char === '(' || char === '{') {
      const group = groupAt(text, at);
      if (group === null) return null;
      at += group.length;
      const inner = group.slice(1, -1);
      if (char === '(' && !/^\/?[\w-]+$/.test(inner)) return null;
      const taken = parse(inner, forms, 0);
      if (taken === null) return null;
      const optional = char === '{' || text[at] === '?';
      if (char === '(' && optional) at++;
      forms = optional ? [...taken, ...forms] : taken;
    } else if (text[at + 1] === '?' && char !== '/') {
      forms = [...append(forms, encodeLiteral(char)), ...forms];
      at += 2;
    } else if (char === '/' && text[at + 1] === '?') {
      forms = append(forms, '/');
      at += 2;
    } else if (char === '+' || char === ')' || char === '[' || char === '|' || char === '^') {
      return null;
    } else {
      const literal = /^[^\\:*({?+)[|^/]+|^\//.exec(text.slice(at, at + 2_048))?.[0] ?? char;
      // The last character may be optional by what follows it.
      const whole = literal.length > 1 && text[at + literal.length] === '?' ? literal.slice(0, -1) : literal;
      forms = append(forms, encodeLiteral(whole));
      at += whole.length;
    }
    if (forms.length > maxForms) forms = forms.slice(0, maxForms);
  }
  return forms;
}

function append(forms: Form[], text: string): Form[] {
  return forms.map((form) => (form.ended ? form : { ...form, path: form.path + text }));
}

function withParam(forms: Form[], name: string, constraint: string): Form[] {
  const type = constraint === '' ? {} : { [name]: constrained(constraint) };
  return append(forms, `{${name}}`).map((form) => ({ ...form, types: { ...form.types, ...type } }));
}

function constrained(constraint: string): Template['types'][string] {
  if (/^(?:\\d|\[0-9\])[+*]?$/.test(constraint)) return { type: 'integer' };
  if (/^[\w-]+(?:\|[\w-]+)*$/.test(constraint)) return { type: 'string', enum: constraint.split('|') };
  return { type: 'string', pattern: `^(?:${constraint.slice(0, 200)})$` };
}

/** A wildcard takes the rest of the path; a part of a segment before it (`/users*`) stays, as everything below. */
function withRest(forms: Form[], name: string): Form[] {
  return forms.flatMap((form) => {
    if (form.ended) return [form];
    const whole = form.path.endsWith('/') || form.path === '';
    const rest = `{${paramName(name || 'path')}*}`;
    if (whole) return [{ ...form, path: form.path + rest, ended: true }];
    return [
      { ...form, ended: true },
      { ...form, path: `${form.path}/${rest}`, ended: true },
    ];
  });
}

function withoutLast(form: Form): Form {
  return { ...form, path: form.path.replace(/[/.-]?\{[^{}]*\}$/, '') };
}

/** The bracketed group that begins at `at`, brackets included; `null` when it does not end. */
function groupAt(text: string, at: number): string | null {
  const open = text[at]!;
  const close = open === '(' ? ')' : '}';
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === open) depth++;
    else if (text[i] === close && --depth === 0) return text.slice(at, i + 1);
  }
  return null;
}

/** The literal path that a regular expression stands for, when it is no more than that. */
export function trivialPath(source: string): string | null {
  const literal = /^\^?((?:\\\/[\w-]*)+)(?:\\\/\?)?(?:\(\?=\\\/\|\$\))?\$$/.exec(source.slice(0, 512));
  return literal ? literal[1]!.replaceAll('\\/', '/') : null;
}
