import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parse, registerDynamicLanguage, type SgNode } from '@ast-grep/napi';

export type Grammar = 'TypeScript' | 'Tsx' | 'JavaScript' | 'python';

/** A syntax tree's root, and whether the parser had to skip something. */
export interface Parsed {
  root: SgNode;
  broken: boolean;
}

/**
 * Brackets nested deeper than any program's; the parser itself bears them, but gives such input as one node with as many
 * children, at a kilobyte each (500,000 brackets: 419 MB measured).
 */
const maxNesting = 400;

export function parseSource(grammar: Grammar, source: string): Parsed {
  const root = parse(grammar, source).root();
  return { root, broken: root.find({ rule: { kind: 'ERROR' as never } }) !== null };
}

/** True when brackets nest too deep to be a program. Brackets in strings count as well: it is a guard, not a parser. */
export function nestsTooDeep(bytes: Uint8Array): boolean {
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    // ( [ { are 40, 91, 123 and close with 41, 93, 125.
    if (byte === 40 || byte === 91 || byte === 123) {
      if (++depth > maxNesting) return true;
    } else if ((byte === 41 || byte === 93 || byte === 125) && depth > 0) depth--;
  }
  return false;
}

const maxIndents = 250;

/**
 * True when a Python file is indented in more ways than the grammar's scanner can keep, which ends the process (its state has
 * 1,024 bytes, two for each level). Every level has a width of its own; a backslash adds those of two lines. Python itself
 * allows 100 levels.
 */
export function indentsTooDeep(bytes: Uint8Array): boolean {
  const widths = new Set<number>();
  let joined = 0;
  let width = 0;
  let leading = true;
  for (let i = 0; i < bytes.length && widths.size + joined <= maxIndents; i++) {
    const byte = bytes[i]!;
    if (byte === 10) {
      leading = true;
      width = 0;
    } else if (leading && byte === 32) width++;
    else if (leading && byte === 9) width += 8;
    else if (leading && (byte === 12 || byte === 13)) width = 0;
    else if (leading) {
      if (byte === 92) joined++;
      widths.add(width);
      leading = false;
    }
  }
  return widths.size + joined > maxIndents;
}

let python: string | null | undefined;

/**
 * Makes the Python grammar known to the parser, once a process. Answers what is wrong when it cannot be, with the mend.
 *
 * The grammar's package ships one compiled library a platform and copies nothing when install scripts are blocked, so the
 * library is taken from where it was shipped.
 */
export function registerPython(): string | null {
  python ??= tryRegister() ?? '';
  return python === '' ? null : python;
}

const systems: Record<string, string> = { darwin: 'macOS', linux: 'Linux', win32: 'Windows' };
const machines: Record<string, string> = { x64: 'X64', arm64: 'ARM64' };

/** Where the shipped library of a grammar's package is, or the one that its install script built; `null` when there is neither. */
export function grammarLibrary(folder: string, platform: string, machine: string): string | null {
  const shipped = join(folder, 'prebuilds', `prebuild-${systems[platform]}-${machines[machine]}`, 'parser.so');
  const built = join(folder, 'parser.so');
  return existsSync(shipped) ? shipped : existsSync(built) ? built : null;
}

function tryRegister(): string | null {
  const require = createRequire(import.meta.url);
  try {
    const folder = dirname(require.resolve('@ast-grep/lang-python/package.json'));
    const libraryPath = grammarLibrary(folder, process.platform, process.arch);
    if (libraryPath === null || !loads(libraryPath)) {
      return `the Python grammar has no build that loads on ${process.platform} ${process.arch}`;
    }
    registerDynamicLanguage({
      python: { libraryPath, extensions: ['py'], languageSymbol: 'tree_sitter_python', expandoChar: 'µ' },
    });
    return null;
  } catch (error) {
    return `the Python grammar is not installed (${(error as NodeJS.ErrnoException).code ?? (error as Error).name})`;
  }
}

/**
 * Whether the system's loader takes the library (not where libc is musl, or for another machine). The parser ends the
 * process when it does not, so it is asked first; a library that is no Node addon loads and is then refused by Node.
 */
export function loads(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    return /self-register/.test((error as Error).message);
  }
}
