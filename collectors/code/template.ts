import type { PathKind } from '#model/sighting';
import { normalisePath } from '#path/normalise';
import { segmentType } from '#path/segment';
import type { Piece } from './value.ts';

/** A path as sightings have it. */
export interface Template {
  path: string;
  kind: PathKind;
  /** False when a part before it could not be read; then the path is what comes after. */
  anchored: boolean;
  /** The parts that could not be read. */
  holes: string[];
  /** Types of parameters that the path itself tells. */
  types: Record<string, { type?: string; pattern?: string; enum?: string[] }>;
}

export interface Known {
  text: string;
  kind: 'template' | 'prefix';
  anchored: boolean;
  holes: string[];
}

/**
 * The part of a path that is known. Before a hole the path is lost, since what fills it may have slashes or none; a hole at
 * the end leaves what stands before it, as a prefix.
 */
export function knownPart(pieces: readonly Piece[]): Known {
  const holes = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.hole]));
  if (holes.length === 0) return { text: pieces.join(''), kind: 'template', anchored: true, holes };
  const last = pieces.at(-1);
  if (typeof last === 'string' && /^[^/]*\/+[^/]/.test(last)) {
    return { text: last.slice(last.indexOf('/')), kind: 'template', anchored: false, holes };
  }
  const [first] = pieces;
  // `/files/` + name: everything below /files, and not a word more.
  if (typeof first === 'string' && first.includes('/')) {
    return { text: first.slice(0, first.lastIndexOf('/')) || '/', kind: 'prefix', anchored: false, holes };
  }
  const rest = pieces.findLast((piece) => typeof piece === 'string' && piece.includes('/'));
  if (typeof rest !== 'string') return { text: '/', kind: 'prefix', anchored: false, holes };
  const tail = rest.slice(rest.indexOf('/'));
  if (rest === last) return { text: tail, kind: 'template', anchored: false, holes };
  return { text: tail.slice(0, tail.lastIndexOf('/')) || '/', kind: 'prefix', anchored: false, holes };
}

/** A literal part of a template as a URI has it (RFC 3986, section 3.3); braces and delimiters are encoded. */
export function encodeLiteral(part: string): string {
  return part.replace(/[^!$&'()*+,\-./0-9:=@A-Z_a-z~%]+/g, (odd) =>
    [...Buffer.from(odd)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

/** A parameter's name that fits into braces. */
export function paramName(name: string): string {
  return name.replace(/[^\w.-]/g, '').slice(0, 64) || 'param';
}

/** A template in its normal form. A segment that can only be a secret or a person's is a parameter. */
export function normaliseTemplate(path: string): string {
  const normal = normalisePath(path.startsWith('/') ? path : `/${path}`);
  if (!/[A-Za-z0-9_=-]{16}|@/.test(normal)) return normal;
  return normal
    .split('/')
    .map((segment) => {
      const type = segment.includes('{') ? null : segmentType(segment);
      return type === 'jwt' || type === 'token' || type === 'email' || type === 'hex' ? `{${type}}` : segment;
    })
    .join('/');
}
