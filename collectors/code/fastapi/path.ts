import { encodeLiteral, knownPart, normaliseTemplate, paramName, type Template } from '#collectors/code/template';
import type { Piece } from '#collectors/code/value';

const convertors: Record<string, Template['types'][string]> = {
  int: { type: 'integer' },
  float: { type: 'number' },
  uuid: { type: 'uuid' },
};

/** The template of a FastAPI path: `{id}`, with Starlette's convertors (starlette.io/routing, "Path Parameters"). */
export function fastapiTemplates(pieces: readonly Piece[]): Template[] {
  const { text, anchored, holes, kind } = knownPart(namedHoles(pieces));
  const types: Template['types'] = {};
  let path = '';
  let at = 0;
  for (const found of text.matchAll(/\{([^{}:]{1,128})(?::([^{}]{0,32}))?\}/g)) {
    path += encodeLiteral(text.slice(at, found.index));
    at = found.index + found[0].length;
    const name = paramName(found[1]!.trim());
    const convertor = found[2] ?? '';
    // In the middle of a path it may take slashes as well, which no template can say: there it is a parameter like others.
    if (convertor === 'path' && text.slice(at).replace(/\/$/, '') === '')
      return [{ path: normaliseTemplate(`${path}{${name}*}`), kind, anchored, holes, types }];
    const type = Object.hasOwn(convertors, convertor) ? convertors[convertor] : undefined;
    if (type) types[name] = type;
    path += `{${name}}`;
  }
  path += encodeLiteral(text.slice(at));
  return [{ path: normaliseTemplate(path || '/'), kind, anchored, holes, types }];
}

/** `f'/users/{{{name}}}'` has a parameter whose name alone is not known. */
function namedHoles(pieces: readonly Piece[]): Piece[] {
  const named: Piece[] = [];
  for (const [i, piece] of pieces.entries()) {
    const last = named.at(-1);
    const next = pieces[i + 1];
    const braced = typeof last === 'string' && last.endsWith('{') && typeof next === 'string' && /^[:}]/.test(next);
    const text = typeof piece !== 'string' && braced ? paramName(piece.hole.split('.').at(-1) ?? '') : piece;
    if (typeof text === 'string' && typeof last === 'string') named[named.length - 1] = last + text;
    else named.push(text);
  }
  return named;
}

/** FastAPI's own: the function's name, the whole path and the method, all but word characters as underscores. */
export function operationId(handler: string, path: string, method: string): string {
  const plain = path.replace(/\{([^{}:]{1,128}):[^{}]{0,32}\}/g, '{$1}');
  return `${(handler + plain).replace(/\W/g, '_')}_${method.toLowerCase()}`;
}
