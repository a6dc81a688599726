import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import { expand } from './reference.ts';

export type Path = readonly (string | number)[];

/** Something wrong in the text itself, before its meaning is looked at. */
interface TextProblem {
  /** Where it stands among the values; empty when the text could not be read that far. */
  path: Path;
  line: number;
  column: number;
  message: string;
  mend: string;
}

/** A YAML text as plain values, with references to the environment replaced, and the place of every value. */
export interface ConfigDocument {
  value: unknown;
  problems: TextProblem[];
  /** True when the text is no good YAML, so that what its values are is not certain. */
  broken: boolean;
  /** Values that came from the environment, and where they stand. */
  taken: { path: Path; name: string; value: string }[];
  /** The place of a value or its key; of the nearest thing around it when it is not there. Lines and columns count from 1. */
  place(path: Path, part: 'key' | 'value'): { line: number; column: number };
}

const maxDepth = 64;
const maxNodes = 100_000;

/** Reads YAML 1.2 (core schema). Never throws for what the text holds: that is in `problems`. */
export function readDocument(text: string, env: Readonly<Record<string, string | undefined>>): ConfigDocument {
  const lines = new LineCounter();
  const problems: TextProblem[] = [];
  const taken: ConfigDocument['taken'] = [];
  const problem = (offset: number, message: string, mend: string, path: Path = []) => {
    const { line, col } = lines.linePos(offset);
    problems.push({ path, line: Math.max(1, line), column: Math.max(1, col), message, mend });
  };

  let contents: Node | null = null;
  let broken = false;
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
    contents = document.contents;
    broken = document.errors.some(({ code }) => code !== 'DUPLICATE_KEY');
    for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
      // One mistake makes several on its line.
      const { line } = lines.linePos(pos[0]);
      if (problems.some((told) => told.line === line)) continue;
      // What follows such a mark is the file's own text, which may be a secret.
      const words = yamlWords[code] ?? `this is not YAML: ${message.replace(/\s*[:"'%].*$/s, '')}`;
      problem(pos[0], words, yamlMends[code] ?? '');
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    broken = true;
    problem(0, 'the file is nested too deeply', `no more than ${maxDepth} levels`);
  }

  let nodes = 0;
  const read = (node: unknown, path: Path): unknown => {
    const found = target(node);
    if (!found) return null;
    if (++nodes > maxNodes || path.length > maxDepth) {
      if (nodes <= maxNodes + 1)
        problem(start(found), 'there is too much here', `no more than ${maxNodes} values, ${maxDepth} deep`);
      nodes = maxNodes + 1;
      return null;
    }
    if (isMap(found)) return readMap(found.items, path);
    if (isSeq(found)) return found.items.map((item, index) => read(item, [...path, index]));
    if (!isScalar(found)) return null;
    return typeof found.value === 'string' ? readText(found as Scalar<string>, path) : found.value;
  };

  const readMap = (items: readonly { key: unknown; value: unknown }[], path: Path): Record<string, unknown> => {
    const entries: [string, unknown][] = [];
    for (const { key, value } of items) {
      const name = keyText(key);
      if (name === null || name === '__proto__') {
        problem(isNode(key) ? start(key) : 0, 'this cannot be a key', 'a key is a plain word', path);
      } else entries.push([name, read(value, [...path, name])]);
    }
    return Object.fromEntries(entries);
  };

  const readText = (scalar: Scalar<string>, path: Path): string => {
    const expanded = expand(scalar.value, env);
    for (const from of expanded.taken) taken.push({ path, ...from });
    let from = start(scalar);
    const locate = (written: string) => {
      const at = text.indexOf(written, from);
      if (at < 0 || at > (scalar.range?.[1] ?? 0)) return start(scalar);
      from = at + 1;
      return at;
    };
    for (const { name } of expanded.missing) {
      const mend = `export it, or give a default: \${${name}:-…}`;
      problem(locate(`\${${name}`), `the environment variable ${name} is not set`, mend, path);
    }
    if (expanded.malformed.length > 0) {
      problem(locate('${'), '"${" does not begin a reference here', 'write "$${" for the characters themselves', path);
    }
    return expanded.text;
  };

  const anchors = new Map<string, Node>();
  if (contents) {
    visit(contents, {
      Node(_, node) {
        if (!isAlias(node) && node.anchor !== undefined) {
          if (anchors.has(node.anchor)) problem(start(node), 'this anchor is given twice', 'give it another name');
          anchors.set(node.anchor, node);
        }
      },
    });
  }

  const target = (node: unknown): Node | null => {
    if (!isNode(node)) return null;
    if (!isAlias(node)) return node;
    const found = anchors.get(node.source);
    if (!found) problem(start(node), 'there is no such anchor', 'set it above, with &');
    return found ?? null;
  };

  return {
    value: read(contents, []),
    problems,
    broken,
    taken,
    place(path, part) {
      let node = target(contents);
      let offset = node ? start(node) : 0;
      for (const [depth, step] of path.entries()) {
        let next: unknown;
        if (isMap(node)) {
          const pair = node.items.find(({ key }) => keyText(key) === String(step));
          if (!pair) break;
          if (isNode(pair.key)) offset = start(pair.key);
          next = pair.value;
        } else if (isSeq(node)) {
          next = node.items[Number(step)];
          if (isNode(next)) offset = start(next);
        }
        const last = depth === path.length - 1;
        if (last && part === 'value' && isScalar(next) && next.value !== null) offset = start(next);
        node = target(next);
      }
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(1, line), column: Math.max(1, col) };
    },
  };
}

function start(node: Node): number {
  return node.range?.[0] ?? 0;
}

function keyText(key: unknown): string | null {
  if (!isScalar(key)) return null;
  return typeof key.value === 'string' || typeof key.value === 'number' ? String(key.value) : null;
}

const yamlWords: Partial<Record<string, string>> = {
  DUPLICATE_KEY: 'this key is there twice',
  MULTIPLE_DOCS: 'there is more than one document in the file',
  TAB_AS_INDENT: 'a tab indents this line',
  BAD_INDENT: 'the indentation fits nothing above it',
  TAG_RESOLVE_FAILED: 'tags have no meaning here',
};

const yamlMends: Partial<Record<string, string>> = {
  DUPLICATE_KEY: 'keep one of them',
  MULTIPLE_DOCS: 'remove what follows ---',
  TAB_AS_INDENT: 'use spaces',
  BAD_INDENT: 'align it with its neighbours',
  TAG_RESOLVE_FAILED: 'leave out what begins with !',
};
