import type { SgNode } from '@ast-grep/napi';
import type { Arg, Expr, Later, Target } from './ir.ts';

/** What lowering carries along: how deep it is, and whether the function at hand calls something that may register a route. */
export interface Lowering {
  /** Of the file, before what is lowered. */
  line: number;
  depth: number;
  /** Something was too deep to be lowered. */
  cut: boolean;
  hot: boolean;
  /** Names of methods and functions that register, mount or make a router, in any framework of the language. */
  registers: ReadonlySet<string>;
  /** Names that do when a path and a handler come with them. */
  verbs: ReadonlySet<string>;
}

/** Deeper expressions are read as unknown, so that no source can exhaust the stack. */
const maxDepth = 480;

/** Runs one step of lowering one level deeper; too deep is `otherwise`. */
export function deeper<T>(at: Lowering, otherwise: T, step: () => T): T {
  if (at.depth >= maxDepth) {
    at.cut = true;
    return otherwise;
  }
  at.depth++;
  try {
    return step();
  } finally {
    at.depth--;
  }
}

export const unknown: Expr = { k: 'unknown', label: '' };

/** Counted from 1. */
export function lineOf(node: SgNode, at: Lowering): number {
  return at.line + node.range().start.line + 1;
}

/** Named children without comments, which may stand anywhere. */
export function parts(node: SgNode): SgNode[] {
  return node.namedChildren().filter((child) => child.kind() !== 'comment');
}

/** A call that is given something to register on, by its name. */
export function passesRouter(args: readonly Arg[]): boolean {
  return args.some(
    ({ expr }) =>
      (expr.k === 'name' || expr.k === 'member') &&
      /^(?:application|server|api|app|router)$|[a-z](?:App|Router)$/.test(expr.name),
  );
}

const shortBody = 120;

/** A path, or a word without which nothing is registered. */
const mayRegister = /['"`]\/|[rR]oute|\bapp\b|express|fastapi|\.(?:use|mount)\(|@\w/;

/**
 * The body of a function that registers nothing by itself: kept as text, and lowered when something calls it for what it
 * returns. Lowered bodies take some fifteen times the memory, and most are never called.
 */
export function laterBody(body: SgNode): Later | null {
  const { start, end } = body.range();
  if (end.index - start.index < shortBody) return null;
  const text = body.text();
  return mayRegister.test(text) ? null : { text, line: start.line, column: start.column };
}

/** What `expr += 1` binds again; lowering it a second time would double at each nesting. */
export function asTarget(expr: Expr): Target | null {
  switch (expr.k) {
    case 'name':
      return { k: 'name', name: expr.name };
    case 'member':
      return { k: 'place', of: expr.of, name: expr.name };
    case 'index':
      return { k: 'place', of: expr.of, name: expr.at };
    default:
      return null;
  }
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', '0': '\0', '\n': '' };

/** The text that a literal's source stands for; what JavaScript and Python escape alike. */
export function unescaped(source: string): string {
  if (!source.includes('\\')) return source;
  return source.replace(
    /\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([\s\S]))/g,
    (_, wide: string | undefined, four: string | undefined, two: string | undefined, one: string | undefined) => {
      const hex = wide ?? four ?? two;
      if (hex === undefined) return escapes[one ?? ''] ?? one ?? '';
      const code = Number.parseInt(hex, 16);
      return code > 0x10ffff ? '' : String.fromCodePoint(code);
    },
  );
}
