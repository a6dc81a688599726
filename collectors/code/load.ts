import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Problem } from '#model/scope';
import { frameOf, type Machine } from './evaluate/machine.ts';
import { runStatements } from './evaluate/statement.ts';
import type { Stmt } from './ir.ts';
import type { Language } from './language.ts';
import type { Lowering } from './lowering.ts';
import { nestsTooDeep, parseSource } from './parse.ts';
import { fieldOf, type Project, readDocument } from './project.ts';
import { frameworks, languages } from './registry.ts';
import { type Module, record, scopeBelow, text, type Value } from './value.ts';

/** What reading files counts. */
export interface Reading {
  parsed: number;
  bytes: number;
  problems: Problem[];
}

/** Larger sources are data or built; a parser's tree takes some fifty times as much memory. */
export const maxSourceSize = 2_097_152;

const registers = new Map(
  languages.map(({ name }) => [
    name,
    new Set(frameworks.filter(({ language }) => language === name).flatMap((framework) => framework.registers)),
  ]),
);

/** Modules of a scope, each parsed, lowered and run when it is first asked for. Trees and sources are let go at once. */
export function moduleLoader(project: Project, usable: (language: Language) => boolean, reading: Reading) {
  const modules = new Map<string, Module | null>();
  return (file: string, machine: Machine): Module | null => {
    const known = modules.get(file);
    if (known !== undefined) return known;
    const module = file.endsWith('.json')
      ? documentModule(project, file)
      : sourceModule(project, file, usable, reading);
    modules.set(file, module);
    if (module !== null && module.state === 'new') runModule(module, machine);
    return module;
  };
}

function runModule(module: Module, machine: Machine): void {
  module.state = 'running';
  // However deep the module that asked for it was, this one starts anew, within what the stack bears.
  runStatements(module.body, frameOf(machine, module, module.scope));
  module.state = 'done';
  module.body = [];
}

function makeModule(file: string, language: Language, body: Stmt[]): Module {
  const scope = scopeBelow(null, true);
  const common = record();
  const exports = record();
  common.fields.set('exports', exports);
  const module: Module = { file, language, body, scope, exports: new Map(), stars: [], common, state: 'new' };
  if (language.name === 'javascript') {
    scope.vars.set('module', common);
    scope.vars.set('exports', exports);
  } else scope.vars.set('__name__', text(posix.basename(file, '.py')));
  return module;
}

function sourceModule(
  project: Project,
  file: string,
  usable: (language: Language) => boolean,
  reading: Reading,
): Module | null {
  const language = languages.find(({ extensions }) => extensions.includes(posix.extname(file)));
  if (!language || !usable(language)) return null;
  const problem = (message: string, mend: string) => void reading.problems.push({ message, where: file, mend });
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
  if (bytes.length > maxSourceSize) {
    problem('is too large to be parsed (over 2 MiB); its routes are not known', 'exclude it if it is generated');
    return null;
  }
  if (nestsTooDeep(bytes)) {
    problem('nests too deep to be parsed; its routes are not known', 'exclude it if it is generated');
    return null;
  }
  reading.parsed++;
  reading.bytes += bytes.length;
  return makeModule(file, language, lowered(language, file, bytes.toString('utf8'), problem));
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
  const at: Lowering = { depth: 0, hot: false, registers: registers.get(language.name) ?? new Set() };
  return language.lower(parsed.root, at);
}

/** A JSON file that a source imports. */
function documentModule(project: Project, file: string): Module | null {
  const document = readDocument(project, file);
  if (document === null) return null;
  const module = makeModule(file, languages[0]!, []);
  module.state = 'done';
  module.common.fields.set('exports', documentValue(document, 0));
  return module;
}

function documentValue(document: unknown, depth: number): Value {
  if (typeof document === 'string') return text(document);
  if (typeof document === 'number' || typeof document === 'boolean' || document === null)
    return { is: 'constant', value: document };
  if (Array.isArray(document)) {
    return {
      is: 'list',
      items: depth > 8 ? [] : document.slice(0, 1_000).map((item) => documentValue(item, depth + 1)),
      open: false,
    };
  }
  const made = record();
  if (depth > 8 || typeof document !== 'object') return made;
  for (const key of Object.keys(document)) made.fields.set(key, documentValue(fieldOf(document, key), depth + 1));
  return made;
}
