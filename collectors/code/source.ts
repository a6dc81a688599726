import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Problem } from '#model/scope';
import { leftOutByContent, leftOutByName } from './files.ts';
import type { FunctionNode, Stmt } from './ir.ts';
import type { Language } from './language.ts';
import type { Lowering } from './lowering.ts';
import { indentsTooDeep, nestsTooDeep, parseSource } from './parse.ts';
import type { Project } from './project.ts';
import { frameworks, languages } from './registry.ts';

/** A source, parsed and lowered. */
export interface Source {
  language: Language;
  body: Stmt[];
}

/** The sources of a scope. Each is read once; its text and its tree are let go at once. */
export interface Sources {
  /** `null` for what cannot be read; the problem is kept. */
  read(file: string): Source | null;
  /** Whether reading it costs nothing any more. */
  holds(file: string): boolean;
  parsed: number;
  /** Bytes that were parsed. */
  bytes: number;
  problems: Problem[];
}

/** Larger sources are data or built; a parser's tree takes some twenty times as much memory. */
export const maxSourceSize = 2_097_152;

/** @param usable whether the grammar of a language is there. */
export function openSources(project: Project, usable: (language: Language) => boolean): Sources {
  const known = new Map<string, Source | null>();
  const sources: Sources = {
    read(file) {
      let source = known.get(file);
      if (source === undefined) {
        source = readSource(project, file, usable, sources);
        known.set(file, source);
      }
      return source;
    },
    holds: (file) => known.has(file),
    parsed: 0,
    bytes: 0,
    problems: [],
  };
  return sources;
}

function readSource(
  project: Project,
  file: string,
  usable: (language: Language) => boolean,
  sources: Sources,
): Source | null {
  const language = languages.find(({ extensions }) => extensions.includes(posix.extname(file)));
  if (!language || !usable(language)) return null;
  const problem = (message: string, mend: string) => void sources.problems.push({ message, where: file, mend });
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(project.folder, file));
  } catch (error) {
    problem(
      `cannot be read (${(error as NodeJS.ErrnoException).code})`,
      'give the user who scans the right to read it',
    );
    return null;
  }
  // Generated code that a source imports has no routes of its own: protocol buffers, clients, bundles.
  if (bytes.length > maxSourceSize && isGenerated(file, bytes)) return null;
  if (bytes.length > maxSourceSize) {
    problem('is too large to be parsed (over 2 MiB); its routes are not known', 'exclude it if it is generated');
    return null;
  }
  if (nestsTooDeep(bytes) || (language.name === 'python' && indentsTooDeep(bytes))) {
    problem('nests too deep to be parsed; its routes are not known', 'exclude it if it is generated');
    return null;
  }
  sources.parsed++;
  sources.bytes += bytes.length;
  return { language, body: lowered(language, file, bytes.toString('utf8'), problem) };
}

function isGenerated(file: string, bytes: Buffer): boolean {
  return leftOutByName(file) === 'generated' || leftOutByContent(bytes.toString('latin1', 0, 65_536)) === 'generated';
}

const marks = new Map(
  languages.map(({ name }) => {
    const own = frameworks.filter(({ language }) => language === name);
    return [
      name,
      {
        registers: new Set(own.flatMap((framework) => framework.registers)),
        verbs: new Set(own.flatMap((framework) => framework.verbs)),
      },
    ];
  }),
);

/** Lowers the body of a function that was left for later; what does not parse by itself is empty. */
export function completeBody(fn: FunctionNode, language: Language, file: string): void {
  const { later } = fn;
  if (later === null) return;
  fn.later = null;
  const { root } = parseSource(language.grammars(file)[0]!, language.bodySource(later));
  const at: Lowering = { line: later.line, depth: 0, cut: false, hot: false, ...marks.get(language.name)! };
  fn.body = language.lowerBody(root, at);
}

function lowered(
  language: Language,
  file: string,
  source: string,
  problem: (message: string, mend: string) => void,
): Stmt[] {
  const grammars = language.grammars(file);
  let parsed = parseSource(grammars[0]!, source);
  for (const grammar of grammars.slice(1)) {
    if (!parsed.broken) break;
    const other = parseSource(grammar, source);
    if (!other.broken) parsed = other;
  }
  if (parsed.broken) problem('does not parse as a whole; it was read as far as it does', 'mend its syntax');
  const at: Lowering = { line: 0, depth: 0, cut: false, hot: false, ...marks.get(language.name)! };
  const body = language.lower(parsed.root, at);
  if (at.cut) problem('nests too deep in places, which were passed over', 'exclude it if it is generated');
  return body;
}
