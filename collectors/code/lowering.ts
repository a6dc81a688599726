import type { SgNode } from '@ast-grep/napi';
import type { Expr } from './ir.ts';

/** What lowering carries along: how deep it is, and whether the function at hand calls something that may register a route. */
export interface Lowering {
  depth: number;
  hot: boolean;
  /** Names of methods and functions that may register, mount or make a router, in any framework of the language. */
  registers: ReadonlySet<string>;
}

/** Deeper expressions are read as unknown, so that no source can exhaust the stack. */
const maxDepth = 240;

/** Runs one step of lowering one level deeper; too deep is `otherwise`. */
export function deeper<T>(at: Lowering, otherwise: T, step: () => T): T {
  if (at.depth >= maxDepth) return otherwise;
  at.depth++;
  try {
    return step();
  } finally {
    at.depth--;
  }
}

export const unknown: Expr = { k: 'unknown', label: '' };

/** Counted from 1. */
export function lineOf(node: SgNode): number {
  return node.range().start.line + 1;
}

/** Named children without comments, which may stand anywhere. */
export function parts(node: SgNode): SgNode[] {
  return node.namedChildren().filter((child) => child.kind() !== 'comment');
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
