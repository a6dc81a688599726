/**
 * A source file, as small as routing needs it and the same for every language: what a language's `lower` makes of a syntax
 * tree, and what `evaluate` runs. Bodies of request handlers are not in it.
 */

export type Expr =
  | { k: 'const'; value: string | number | boolean | null | undefined }
  /** Parts that are put together as text: template literals, f-strings, adjacent literals. */
  | { k: 'text'; parts: Expr[] }
  | { k: 'regex'; source: string }
  | { k: 'name'; name: string }
  | { k: 'member'; of: Expr; name: string }
  | { k: 'index'; of: Expr; at: Expr }
  | { k: 'call'; fn: Expr; args: Arg[]; line: number; make: boolean }
  | { k: 'function'; fn: FunctionNode }
  | { k: 'class'; cls: ClassNode }
  | { k: 'list'; items: Arg[] }
  | { k: 'record'; fields: FieldNode[] }
  /** `a + b`. */
  | { k: 'plus'; left: Expr; right: Expr }
  /** `a || b`, `a ?? b`, `a or b`. */
  | { k: 'default'; left: Expr; right: Expr }
  | { k: 'either'; left: Expr; right: Expr }
  | { k: 'assign'; target: Target; value: Expr }
  /** `require(spec)`, `import(spec)`. */
  | { k: 'import'; spec: Expr }
  /** `@decorator` above a function or a class. */
  | { k: 'decorate'; by: Expr; value: Expr; line: number }
  | { k: 'this' }
  | { k: 'super' }
  | { k: 'unknown'; label: string };

/** An argument or an item of a list; `name` for keyword arguments. */
export interface Arg {
  expr: Expr;
  name?: string;
  /** `...rest`, `*rest`. */
  spread?: boolean;
}

/** `key: value`; `null` as the key spreads the value into the record. */
export interface FieldNode {
  key: string | Expr | null;
  value: Expr;
}

/** What an assignment or a parameter binds. */
export type Target =
  | { k: 'name'; name: string }
  | { k: 'place'; of: Expr; name: string | Expr }
  | { k: 'items'; items: (Target | null)[] }
  | { k: 'fields'; fields: { key: string; target: Target; fallback?: Expr }[]; rest?: string };

export interface ParamNode {
  target: Target;
  fallback?: Expr;
  /** The annotation, as an expression. */
  type?: Expr;
  rest?: 'items' | 'fields';
  /** After it come keyword arguments only. */
  keyword?: boolean;
  /** TypeScript's parameter properties: the argument becomes a field of the instance. */
  field?: boolean;
}

export interface FunctionNode {
  /** Empty for a function without a name. */
  name: string;
  params: ParamNode[];
  body: Stmt[];
  line: number;
  /** It keeps the `this` of where it was made. */
  arrow: boolean;
  /** Its first parameter takes the instance. */
  method: boolean;
  /** Its body as it is written, to be lowered when something calls it. */
  later: Later | null;
  /** It calls something that may register a route. */
  hot: boolean;
}

/** The source of a body, where it begins. */
export interface Later {
  text: string;
  line: number;
  column: number;
}

export interface ClassNode {
  name: string;
  bases: Expr[];
  /** Run once, when the class is made; what it binds are the class's own attributes. */
  body: Stmt[];
  /** Set on each instance, before its constructor runs. */
  fields: { name: string; value?: Expr; type?: Expr }[];
  methods: { name: string; fn: FunctionNode; getter: boolean }[];
  line: number;
}

export interface ImportName {
  /** `*` is the module itself, `default` its default export. */
  from: string;
  as: string;
}

export type Stmt =
  | { k: 'do'; expr: Expr }
  | { k: 'let'; target: Target; value?: Expr; type?: Expr }
  | { k: 'if'; test: Expr; yes: Stmt[]; no: Stmt[] }
  /** `keys`: the loop runs over the keys or indexes of what it is given. */
  | { k: 'each'; target: Target; of: Expr; keys: boolean; body: Stmt[] }
  /** `maybe`: it need not run at all (a loop, a branch). */
  | { k: 'block'; body: Stmt[]; maybe: boolean }
  | { k: 'return'; value?: Expr }
  | { k: 'import'; spec: string; names: ImportName[] }
  /** Everything that a module exports becomes a name here. */
  | { k: 'import-all'; spec: string }
  | { k: 'export'; local: string; as: string }
  /** `export { from as as } from spec`; `*` as both hands everything on. */
  | { k: 'export-from'; spec: string; from: string; as: string }
  /** `export = value`. */
  | { k: 'export-value'; value: Expr };

/** The names in an expression, for people: `users.list`, `passport.authenticate`. Never a literal, which may be a secret. */
export function label(expr: Expr): string {
  return labelled(expr, 0).slice(0, 80);
}

function labelled(expr: Expr, depth: number): string {
  if (depth > 8) return '';
  switch (expr.k) {
    case 'name':
      return expr.name;
    case 'member': {
      const of = labelled(expr.of, depth + 1);
      return of === '' ? expr.name : `${of}.${expr.name}`;
    }
    case 'index':
      return labelled(expr.of, depth + 1);
    case 'call':
      return labelled(expr.fn, depth + 1);
    case 'this':
      return 'this';
    case 'function':
      return expr.fn.name;
    case 'class':
      return expr.cls.name;
    case 'decorate':
      return labelled(expr.value, depth + 1);
    case 'unknown':
      return expr.label;
    default:
      return '';
  }
}
