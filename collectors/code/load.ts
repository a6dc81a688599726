import { posix } from 'node:path';
import { frameOf, type Machine } from './evaluate/machine.ts';
import { runStatements } from './evaluate/statement.ts';
import { fieldOf, type Project, readDocument } from './project.ts';
import { languages } from './registry.ts';
import type { Source, Sources } from './source.ts';
import { type Module, record, scopeBelow, text, type Value } from './value.ts';

/**
 * Bytes that may be parsed while modules run. The parser's trees are freed between turns of the event loop and not before
 * (half a gigabyte for 10 MB of sources that were parsed in one turn), and running takes one turn.
 */
const maxBytes = 1_048_576;

/** Reads and runs modules, each once. What it may not parse any more is left for the next run of them all. */
export interface Loader {
  load(file: string, machine: Machine): Module | null;
  wanted: Set<string>;
}

/** @param patient whether files that are not read yet may be left for later. */
export function makeLoader(project: Project, sources: Sources, patient: boolean): Loader {
  const modules = new Map<string, Module | null>();
  const limit = patient ? sources.bytes + maxBytes : Number.POSITIVE_INFINITY;
  const wanted = new Set<string>();
  return {
    wanted,
    load(file, machine) {
      const known = modules.get(file);
      if (known !== undefined) return known;
      if (file.endsWith('.json')) {
        const module = documentModule(project, file);
        modules.set(file, module);
        return module;
      }
      if (!sources.holds(file) && sources.bytes >= limit) {
        wanted.add(file);
        return null;
      }
      const source = sources.read(file);
      const module = source && makeModule(file, source);
      modules.set(file, module);
      if (module !== null) runModule(module, source!, machine);
      return module;
    },
  };
}

function runModule(module: Module, source: Source, machine: Machine): void {
  module.state = 'running';
  runStatements(source.body, frameOf(machine, module, module.scope));
  module.state = 'done';
}

function makeModule(file: string, { language }: Pick<Source, 'language'>): Module {
  const scope = scopeBelow(null, true);
  const common = record();
  const exports = record();
  common.fields.set('exports', exports);
  const module: Module = { file, language, scope, exports: new Map(), stars: [], common, state: 'new' };
  if (language.name === 'javascript') {
    scope.vars.set('module', common);
    scope.vars.set('exports', exports);
  } else scope.vars.set('__name__', text(posix.basename(file, '.py')));
  return module;
}

/** A JSON file that a source imports. */
function documentModule(project: Project, file: string): Module | null {
  const document = readDocument(project, file);
  if (document === null) return null;
  const module = makeModule(file, { language: languages[0]! });
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
