import type { SgNode } from '@ast-grep/napi';
import type { Later, Stmt } from './ir.ts';
import type { Lowering } from './lowering.ts';
import type { Grammar } from './parse.ts';
import type { Project } from './project.ts';
import type { Value } from './value.ts';

/** A language: one folder that lowers its syntax to {@link file://./ir.ts} and finds its modules. */
export interface Language {
  name: 'javascript' | 'python';
  /** With the dot. */
  extensions: readonly string[];
  /** Grammars to try, in order, until one reads the file without an error. */
  grammars(file: string): readonly Grammar[];
  lower(root: SgNode, at: Lowering): Stmt[];
  /** The source of a function's body as a file of its own that {@link lowerBody} lowers. */
  bodySource(later: Later): string;
  lowerBody(root: SgNode, at: Lowering): Stmt[];
  /** Braces make scopes; otherwise functions alone do. */
  blockScoped: boolean;
  /** Names that are there without an import. */
  globals: ReadonlyMap<string, Value>;
  /** Packages of the language itself, by the name they are imported by. */
  packages: ReadonlyMap<string, Value>;
  /** The file that `spec` means in `from`, both relative to the scope's folder; `null` when it is none of the source. */
  resolve(spec: string, from: string, project: Project): string | null;
}
