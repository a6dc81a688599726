import { dirname, resolve as resolvePath } from 'node:path';
import type { Problem } from '#model/scope';
import type { Document } from './document.ts';
import { asMapping, get, type Value } from './value.ts';

/** A value, and where it stands: what a reference in it starts from, and what a report can point to. */
export interface Place {
  document: Document;
  /** JSON Pointer (RFC 6901); `''` is the whole document. */
  pointer: string;
  value: Value | undefined;
}

/** The files a document may refer to, by absolute path: read, or the reason why not. */
export type Neighbours = ReadonlyMap<string, Document | string>;

const maxHops = 32;
const maxProblems = 50;

export function rootOf(document: Document): Place {
  return { document, pointer: '', value: document.value };
}

export function childOf(place: Place, key: string): Place {
  return {
    document: place.document,
    pointer: `${place.pointer}/${pointerToken(key)}`,
    value: get(place.value, key),
  };
}

/** `specs/orders.yaml:12#/paths/~1orders/get`; the line where there is one. */
export function placeText({ document, pointer, value }: Place): string {
  const line = document.line(value);
  return `${document.file}${line === undefined ? '' : `:${line}`}${pointer === '' ? '' : `#${pointer}`}`;
}

/** Follows references, from the document that is read into its neighbours, and gathers what is wrong on the way. */
export class Reader {
  readonly problems: Problem[] = [];
  /** Documents that were referred to and are broken. */
  readonly broken = new Set<Document>();
  readonly #neighbours: Neighbours;
  readonly #noted = new Set<string>();
  #untold = 0;

  constructor(neighbours: Neighbours) {
    this.#neighbours = neighbours;
  }

  /** Notes a problem, each once, and no more than a person would read. `same` is what makes two of them one. */
  note(message: string, where: string, mend: string, same = `${message} ${where}`): void {
    if (this.#noted.has(same)) return;
    if (this.#noted.size === maxProblems) {
      this.#untold++;
      return;
    }
    this.#noted.add(same);
    this.problems.push({ message, where, mend });
  }

  /** How many problems more there were than {@link problems} tells. */
  get untold(): number {
    return this.#untold;
  }

  /**
   * The place that a place refers to, through any chain of references; the place itself when it is none. `null`, with a
   * problem noted, when it leads nowhere.
   */
  follow(from: Place): Place | null {
    let place = from;
    for (let hops = 0; hops < maxHops; hops++) {
      const ref = refOf(place.value);
      if (ref === undefined) return place;
      const next = this.#target(place, ref);
      if (typeof next === 'string') {
        const message = `a reference ${next}`;
        this.note(message, placeText(place), 'correct it, or put what it names beside the document', message);
        return null;
      }
      place = next;
    }
    this.note(`a chain of more than ${maxHops} references`, placeText(from), 'break the circle of references');
    return null;
  }

  /** One step; or why there is none, to be read after «a reference». */
  #target(place: Place, ref: string): Place | string {
    const hash = ref.indexOf('#');
    const file = decodeRef(hash < 0 ? ref : ref.slice(0, hash));
    const fragment = decodeRef(hash < 0 ? '' : ref.slice(hash + 1));
    if (file === null || fragment === null) return 'is no URI';
    if (isRemote(file)) return `leads to the network or to an absolute address (${shownRef(ref)}), and is not followed`;
    let document = place.document;
    if (file !== '') {
      const found = this.#neighbours.get(resolvePath(dirname(document.absolute), file));
      if (found === undefined || typeof found === 'string') {
        return `to ${shownRef(ref)} ${found ?? 'was not read: too many files are referred to'}`;
      }
      document = found;
      if (document.faults.length > 0) this.broken.add(document);
    }
    if (fragment.length > 1_024) return 'is longer than 1,024 characters';
    if (fragment !== '' && !fragment.startsWith('/'))
      return `to ${shownRef(ref)} names an anchor: only JSON Pointers are read`;
    let target = rootOf(document);
    for (const token of fragment === '' ? [] : fragment.slice(1).split('/', 64)) {
      target = childOf(target, token.replaceAll('~1', '/').replaceAll('~0', '~'));
    }
    return target.value === undefined ? `to ${shownRef(ref)} names nothing that is there` : target;
  }
}

/** A mapping's `$ref`, when it is one. */
export function refOf(value: Value | undefined): string | undefined {
  const ref = get(asMapping(value), '$ref');
  return typeof ref === 'string' ? ref : undefined;
}

/** The file part of a reference as a relative path; `null` when it has none or leads to the network. */
export function localFile(ref: string): string | null {
  const file = decodeRef(ref.split('#', 1)[0] ?? '');
  return file === null || file === '' || isRemote(file) ? null : file;
}

/** With a scheme, an authority or from a root: nothing that lies beside a document. */
function isRemote(file: string): boolean {
  return /^(?:[A-Za-z][A-Za-z0-9+.-]*:|[/\\])/.test(file);
}

function decodeRef(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** A reference as reports show it: without user, password, query and whatever is too long. */
function shownRef(ref: string): string {
  return ref
    .replace(/\/\/[^/@]*@/, '//')
    .replace(/\?[^#]*/, '')
    .replace(/[^\x21-\x7e]+/g, ' ')
    .slice(0, 200);
}

/** One step of a JSON Pointer. Values in a path's query or matrix parameters may be secrets. */
function pointerToken(key: string): string {
  if (key.length <= 512 && !/[~/?;\x00-\x1f]/.test(key)) return key;
  const shown = key.replace(/[?;].*/s, (tail) => tail.replace(/=[^&;/]*/g, '=')).replace(/[\x00-\x1f]/g, ' ');
  return shown.slice(0, 512).replaceAll('~', '~0').replaceAll('/', '~1');
}
