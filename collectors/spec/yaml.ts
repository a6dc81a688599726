import { type ErrorCode, isAlias, isMap, isScalar, isSeq, type Pair, parseDocument, Scalar, type YAMLMap } from 'yaml';
import type { Fault, Reading } from './json.ts';
import { asList, asMapping, get, type Mapping, put, type Value } from './value.ts';

/**
 * The YAML parser holds some 1.2 KB for each of these characters (measured over specifications and hostile texts, at most
 * 1.3 KB): a gigabyte at the bound. A specification of 1 MB has about 50,000.
 */
const structure = /[\n,[\]{}?:-]/g;
export const maxStructure = 1_000_000;
const maxDepth = 256;
const maxFaults = 32;
/** Keys that merges (`<<`) may copy in one document. */
const maxMerged = 200_000;

/** True when the parser would take more memory than a hostile text is worth. */
export function isTooRich(text: string): boolean {
  let count = 0;
  structure.lastIndex = 0;
  while (structure.test(text)) if (++count > maxStructure) return true;
  return false;
}

/**
 * Reads YAML 1.2 (1.1 where the document says so) that may be broken. Aliases become the very value that was anchored, never
 * a copy, so that no chain of them grows; merge keys copy one level. Tags of other tools (`!Ref`) are passed over.
 */
export function readYaml(text: string): Reading {
  // Unique keys are checked below: the parser's own check is quadratic. Its messages quote the text, so only codes are used.
  const parsed = parseDocument(text, { uniqueKeys: false, prettyErrors: false, merge: true });
  const faults: Fault[] = parsed.errors
    .slice(0, maxFaults)
    .map(({ code, pos }) => ({ offset: pos[0], message: words[code] ?? 'this is no YAML' }));
  const places = new Map<object, number>();
  const anchors = new Map<string, Value>();
  let merged = 0;

  const fault = (offset: number | undefined, message: string): void => {
    if (faults.length < maxFaults) faults.push({ offset: offset ?? 0, message });
  };

  const convert = (node: unknown, depth: number): Value => {
    if (isScalar(node)) return anchored(node.anchor, scalarValue(node));
    if (isAlias(node)) {
      const value = anchors.get(node.source);
      if (value === undefined) fault(node.range?.[0], 'an alias has no anchor before it');
      return value ?? null;
    }
    if (!isMap(node) && !isSeq(node)) return null;
    if (depth === maxDepth) {
      fault(node.range?.[0], `nested deeper than ${maxDepth} levels: not read`);
      return null;
    }
    if (isMap(node)) return mapping(node, depth + 1);
    const made = anchored<Value[]>(node.anchor, []);
    for (const item of node.items) {
      const held = convert(item, depth + 1);
      made.push(held);
      keep(held, isMap(item) || isSeq(item) ? item.range?.[0] : undefined);
    }
    return made;
  };

  /** An alias keeps the place of its anchor. */
  const keep = (held: Value, offset: number | undefined): void => {
    if (typeof held === 'object' && held !== null && offset !== undefined && !places.has(held))
      places.set(held, offset);
  };

  const anchored = <T extends Value>(anchor: string | undefined, value: T): T => {
    if (anchor !== undefined) anchors.set(anchor, value);
    return value;
  };

  const mapping = (node: YAMLMap, depth: number): Mapping => {
    const made = anchored<Mapping>(node.anchor, {});
    const merges: Value[] = [];
    for (const pair of node.items) {
      const held = convert(pair.value, depth);
      if (isMerge(pair)) {
        merges.push(held);
        continue;
      }
      if (!isScalar(pair.key)) {
        fault(node.range?.[0], 'a key that is no text was passed over');
        continue;
      }
      const key = keyText(pair.key);
      const offset = pair.key.range?.[0];
      if (Object.hasOwn(made, key)) fault(offset, 'a key is there twice: the last one counts');
      put(made, key, held);
      keep(held, offset);
    }
    for (const source of merges) merge(made, source, node.range?.[0]);
    return made;
  };

  /** Keys that are there already win, and so does the earlier of several sources (yaml.org/type/merge.html). */
  const merge = (made: Mapping, source: Value, offset: number | undefined): void => {
    for (const from of Array.isArray(source) ? asList(source) : [source]) {
      const keys = Object.keys(asMapping(from) ?? {});
      merged += keys.length + 1;
      if (merged > maxMerged) {
        fault(offset, `merge keys copy more than ${maxMerged} keys: not read`);
        return;
      }
      for (const key of keys) if (!Object.hasOwn(made, key)) put(made, key, get(from, key) ?? null);
    }
  };

  return { value: convert(parsed.contents, 0), faults, places };
}

function isMerge({ key }: Pair): boolean {
  return isScalar(key) && (key.source === '<<' || key.value === '<<') && (!key.type || key.type === Scalar.PLAIN);
}

/** As written, so that `200`, `1.0` and `2024-01-01` stay what they are. */
function keyText(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

/** A number that would be written otherwise stays text: `1.10` is a version. Dates and binary of YAML 1.1 too. */
function scalarValue({ value, source }: Scalar): Value {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number' && (source === undefined || source === String(value))) {
    return Number.isFinite(value) ? value : null;
  }
  return source ?? null;
}

const words: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'an alias is malformed',
  BAD_DQ_ESCAPE: 'a string holds an escape that YAML has not',
  BAD_INDENT: 'the indentation is wrong',
  BAD_SCALAR_START: 'a plain value begins with a reserved character: quote it',
  BLOCK_AS_IMPLICIT_KEY: 'a nested mapping stands on the line of its key',
  BLOCK_IN_FLOW: 'a block stands inside of brackets',
  KEY_OVER_1024_CHARS: 'a key is longer than 1,024 characters',
  MISSING_CHAR: 'a bracket, a quote, a comma or a colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a key goes over several lines, or a colon is missing',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_DOCS: 'a second document begins: only the first was read',
  MULTIPLE_TAGS: 'a value has two tags',
  RESOURCE_EXHAUSTION: 'nested too deep: not read',
  TAB_AS_INDENT: 'a tab is used for indentation',
  TAG_RESOLVE_FAILED: 'a tag does not fit its value',
  UNEXPECTED_TOKEN: 'something that does not belong here',
};
