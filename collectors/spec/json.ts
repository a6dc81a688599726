import { type Mapping, put, type Value } from './value.ts';

/** What a reader made of a text: everything up to and after its faults, and where mappings begin. */
export interface Reading {
  value: Value;
  faults: Fault[];
  /** For a mapping or list, the offset of the key that holds it, or its own inside of a list. */
  places: Map<object, number>;
}

export interface Fault {
  offset: number;
  message: string;
}

const maxDepth = 256;
const maxFaults = 32;
/** Mappings and lists. A specification of 30 MB has a million; empty ones take twenty times the memory of their text. */
const maxNodes = 4_000_000;
/** Operations lie in `paths`, in a component or at the root of a file of their own: never deeper. */
const placeDepth = 6;
const maxPlaces = 1_000_000;

/**
 * Reads JSON (RFC 8259) that may be cut or broken: a fault is noted and reading goes on behind it, so that one wrong byte
 * does not hide what follows. Hot: specifications of 30 MB are met. Linear: every fault moves on or leaves a level, and levels
 * are bounded.
 */
export function readJson(text: string): Reading {
  const faults: Fault[] = [];
  const places = new Map<object, number>();
  let at = 0;
  let nodes = 0;

  /** Each place once: where a text ends too early, every level that is open would say so. */
  const fault = (message: string, offset = Math.min(at, text.length)): void => {
    if (faults.length === maxFaults || faults.at(-1)?.offset === offset) return;
    faults.push({ offset, message: faults.length === maxFaults - 1 ? 'further faults are not listed' : message });
  };

  const space = (): void => {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) at++;
      else return;
    }
  };

  const string = (): string => {
    const from = ++at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === 0x22) return text.slice(from, at++);
      if (code === 0x5c) return escaped(from);
      // A string that is not closed ends with its line: what follows is read again.
      if (code === 0x0a || Number.isNaN(code)) {
        fault('a string is not closed');
        return text.slice(from, at);
      }
      at++;
    }
  };

  const escaped = (from: number): string => {
    for (let code = text.charCodeAt(at); code !== 0x22; code = text.charCodeAt(at)) {
      if (code === 0x0a || Number.isNaN(code)) {
        fault('a string is not closed');
        return '';
      }
      at += code === 0x5c ? 2 : 1;
    }
    at++;
    try {
      return JSON.parse(text.slice(from - 1, at)) as string;
    } catch {
      fault('a string holds an escape that JSON has not');
      return text.slice(from, at - 1);
    }
  };

  /** To the next comma or closing bracket of this level. Brackets in between are passed over whole. */
  const skip = (): void => {
    for (let depth = 0; at < text.length; at++) {
      const char = text[at];
      if (char === '"') {
        while (++at < text.length && text[at] !== '"' && text[at] !== '\n') if (text[at] === '\\') at++;
      } else if (char === '{' || char === '[') depth++;
      else if (depth === 0 && (char === ',' || char === '}' || char === ']')) return;
      else if (char === '}' || char === ']') depth--;
    }
  };

  const scalar = /(?:true|false|null|-?[0-9][0-9.eE+-]*)/y;
  const literal = (): Value => {
    scalar.lastIndex = at;
    const word = scalar.exec(text)?.[0];
    if (word !== undefined) {
      at += word.length;
      const number = Number(word);
      return word === 'true' ? true : word === 'false' ? false : Number.isFinite(number) ? number : null;
    }
    fault(at >= text.length ? 'the text ends too early' : 'a value was expected');
    skip();
    return null;
  };

  const value = (depth: number): Value => {
    space();
    const code = text.charCodeAt(at);
    if (code === 0x22) return string();
    if (code !== 0x7b && code !== 0x5b) return literal();
    if (depth === maxDepth) {
      fault(`nested deeper than ${maxDepth} levels: not read`);
      skip();
      return null;
    }
    if (++nodes > maxNodes) {
      fault(`more than ${maxNodes} mappings and lists: what follows was not read`);
      at = text.length;
      return null;
    }
    at++;
    return code === 0x7b ? mapping(depth + 1) : list(depth + 1);
  };

  /** False at the end of a collection. A comma too many or missing is noted, once each. */
  const another = (close: number, first: boolean): boolean => {
    space();
    const code = text.charCodeAt(at);
    if (code === close) {
      at++;
      return false;
    }
    if (at >= text.length) {
      fault('the text ends too early');
      return false;
    }
    if (first) return true;
    if (code === 0x2c) {
      at++;
      space();
      if (text.charCodeAt(at) === close) {
        fault('a comma too many');
        at++;
        return false;
      }
      return at < text.length;
    }
    if (code === 0x7d || code === 0x5d) {
      fault('a bracket that closes nothing');
      // The bracket of an outer level: this one ends here.
      return false;
    }
    fault('a comma was expected');
    if (code === 0x22 || (close === 0x5d && (code === 0x7b || code === 0x5b))) return true;
    skip();
    return another(close, false);
  };

  const keep = (held: Value, depth: number, offset: number): void => {
    if (depth <= placeDepth && typeof held === 'object' && held !== null && places.size < maxPlaces) {
      places.set(held, offset);
    }
  };

  const mapping = (depth: number): Mapping => {
    const made: Mapping = {};
    for (let first = true; another(0x7d, first); first = false) {
      space();
      const keyAt = at;
      if (text.charCodeAt(at) !== 0x22) {
        fault('a key in quotes was expected');
        skip();
        continue;
      }
      const key = string();
      space();
      if (text.charCodeAt(at) !== 0x3a) {
        fault('a colon was expected');
        skip();
        continue;
      }
      at++;
      const held = value(depth);
      if (Object.hasOwn(made, key)) {
        fault('a key is there twice: the last one counts', keyAt);
      }
      put(made, key, held);
      keep(held, depth, keyAt);
    }
    return made;
  };

  const list = (depth: number): Value[] => {
    const made: Value[] = [];
    for (let first = true; another(0x5d, first); first = false) {
      space();
      const itemAt = at;
      const held = value(depth);
      made.push(held);
      keep(held, depth, itemAt);
    }
    return made;
  };

  const read = value(0);
  space();
  if (at < text.length) fault('something follows the end');
  return { value: read, faults, places };
}
