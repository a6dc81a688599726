import type { SgNode } from '@ast-grep/napi';
import type { Expr, ImportName, Stmt, Target } from '#collectors/code/ir';
import { deeper, type Lowering, parts, unescaped } from '#collectors/code/lowering';
import { lowerExpression, lowerKey, lowerTarget } from './expression.ts';
import { lowerClass, lowerFunction, lowerType } from './function.ts';

/** The statements of a block or a file, functions first, since they may be called above where they stand. */
export function lowerBody(node: SgNode, at: Lowering): Stmt[] {
  const hoisted: Stmt[] = [];
  const rest: Stmt[] = [];
  for (const child of parts(node)) {
    const statements = deeper<Stmt[]>(at, [], () => lowerStatement(child, at));
    (isFunction(child) ? hoisted : rest).push(...statements);
  }
  return [...hoisted, ...rest];
}

function isFunction(node: SgNode): boolean {
  const kind = node.kind() as string;
  if (kind === 'export_statement') return node.field('declaration')?.kind() === 'function_declaration';
  return kind === 'function_declaration' || kind === 'generator_function_declaration';
}

function lowerStatement(node: SgNode, at: Lowering): Stmt[] {
  const inner = (name: string) => lowerExpression(node.field(name), at);
  switch (node.kind() as string) {
    case 'expression_statement': {
      const expression = parts(node)[0];
      if (!expression) return [];
      const each = expression.kind() === 'sequence_expression' ? parts(expression) : [expression];
      return each.map((expr) => ({ k: 'do', expr: lowerExpression(expr, at) }));
    }
    case 'lexical_declaration':
    case 'variable_declaration':
      return parts(node).flatMap((declarator) => lowerDeclarator(declarator, at));
    case 'function_declaration':
    case 'generator_function_declaration':
      return [declare(node.field('name')?.text() ?? '', { k: 'function', fn: lowerFunction(node, at) })];
    case 'class_declaration':
    case 'abstract_class_declaration':
      return [declare(node.field('name')?.text() ?? '', { k: 'class', cls: lowerClass(node, at) })];
    case 'enum_declaration':
      return [declare(node.field('name')?.text() ?? '', lowerEnum(node, at))];
    case 'if_statement':
      return [
        {
          k: 'if',
          test: inner('condition'),
          yes: lowerBranch(node.field('consequence'), at),
          no: lowerBranch(node.field('alternative'), at),
        },
      ];
    case 'for_in_statement':
      return [lowerForIn(node, at)];
    case 'for_statement':
      return [lowerFor(node, at)];
    case 'return_statement': {
      const value = parts(node)[0];
      return [{ k: 'return', ...(value && { value: lowerExpression(value, at) }) }];
    }
    case 'statement_block':
      return [{ k: 'block', body: lowerBody(node, at), maybe: false }];
    case 'try_statement':
      return [
        { k: 'block', body: lowerBranch(node.field('body'), at), maybe: false },
        { k: 'block', body: lowerBranch(node.field('handler')?.field('body') ?? null, at), maybe: true },
        { k: 'block', body: lowerBranch(node.field('finalizer')?.field('body') ?? null, at), maybe: false },
      ];
    case 'switch_statement':
      return parts(node.field('body') ?? node).map((each) => ({ k: 'block', body: lowerBody(each, at), maybe: true }));
    case 'while_statement':
    case 'do_statement':
    case 'labeled_statement':
      return [{ k: 'block', body: lowerBranch(node.field('body'), at), maybe: node.kind() === 'while_statement' }];
    case 'import_statement':
      return lowerImport(node);
    case 'export_statement':
      return lowerExport(node, at);
    case 'internal_module':
    case 'module':
      return lowerBranch(node.field('body'), at);
    default:
      return [];
  }
}

function declare(name: string, value: Expr): Stmt {
  return { k: 'let', target: { k: 'name', name }, value };
}

function lowerBranch(node: SgNode | null, at: Lowering): Stmt[] {
  if (node === null) return [];
  const kind = node.kind() as string;
  if (kind === 'else_clause') return lowerBranch(parts(node)[0] ?? null, at);
  if (kind === 'statement_block') return lowerBody(node, at);
  return deeper<Stmt[]>(at, [], () => lowerStatement(node, at));
}

function lowerDeclarator(node: SgNode, at: Lowering): Stmt[] {
  if (node.kind() !== 'variable_declarator') return [];
  const target = lowerTarget(node.field('name'), at);
  const written = node.field('value');
  if (target === null) return written ? [{ k: 'do', expr: lowerExpression(written, at) }] : [];
  const value = written && lowerExpression(written, at);
  const type = lowerType(node.field('type'));
  if (target.k === 'name' && value?.k === 'function' && value.fn.name === '') value.fn.name = target.name;
  return [{ k: 'let', target, ...(value && { value }), ...(type && { type }) }];
}

function lowerEnum(node: SgNode, at: Lowering): Expr {
  const fields = parts(node.field('body') ?? node).flatMap((member) => {
    if (member.kind() !== 'enum_assignment') return [];
    return [{ key: lowerKey(member.field('name'), at), value: lowerExpression(member.field('value'), at) }];
  });
  return { k: 'record', fields };
}

function lowerForIn(node: SgNode, at: Lowering): Stmt {
  const target: Target = lowerTarget(node.field('left'), at) ?? { k: 'name', name: '' };
  const keys = node.field('operator')?.text() === 'in';
  const of = lowerExpression(node.field('right'), at);
  return { k: 'each', target, of, keys, body: lowerBranch(node.field('body'), at) };
}

/** `for (let i = 0; i < list.length; i++)` runs over the indexes of `list`; any other form is a block that may run. */
function lowerFor(node: SgNode, at: Lowering): Stmt {
  const initializer = node.field('initializer');
  const written = node.field('condition');
  const condition = written?.kind() === 'expression_statement' ? parts(written)[0] : written;
  const body = lowerBranch(node.field('body'), at);
  const declarator = initializer && parts(initializer).find((part) => part.kind() === 'variable_declarator');
  const index = declarator?.field('name')?.text();
  const length = condition?.kind() === 'binary_expression' ? condition.field('right') : null;
  const counted = length?.kind() === 'member_expression' && length.field('property')?.text() === 'length';
  if (index && counted && condition?.field('left')?.text() === index) {
    const of = lowerExpression(length.field('object'), at);
    return { k: 'each', target: { k: 'name', name: index }, of, keys: true, body };
  }
  return { k: 'block', body, maybe: true };
}

function specOf(node: SgNode): string | null {
  const source = node.field('source');
  return source === null ? null : unescaped(source.text().slice(1, -1));
}

function lowerImport(node: SgNode): Stmt[] {
  if (/^import\s+type\s/.test(node.text())) return [];
  const required = parts(node).find((part) => part.kind() === 'import_require_clause');
  if (required) {
    const [name] = parts(required);
    const spec = specOf(required);
    if (!name || spec === null) return [];
    return [declare(name.text(), { k: 'import', spec: { k: 'const', value: spec } })];
  }
  const spec = specOf(node);
  if (spec === null) return [];
  const clause = parts(node).find((part) => part.kind() === 'import_clause');
  const names: ImportName[] = [];
  for (const part of clause ? parts(clause) : []) {
    if (part.kind() === 'identifier') names.push({ from: 'default', as: part.text() });
    else if (part.kind() === 'namespace_import') names.push({ from: '*', as: parts(part)[0]?.text() ?? '' });
    else if (part.kind() === 'named_imports') names.push(...parts(part).flatMap(specifier));
  }
  return [{ k: 'import', spec, names }];
}

function specifier(node: SgNode): ImportName[] {
  const name = node.field('name')?.text();
  if (name === undefined) return [];
  return [{ from: name.replace(/^["']|["']$/g, ''), as: node.field('alias')?.text() ?? name }];
}

function lowerExport(node: SgNode, at: Lowering): Stmt[] {
  const spec = specOf(node);
  const children = parts(node);
  const clause = children.find((part) => part.kind() === 'export_clause');
  if (spec !== null) {
    if (clause)
      return parts(clause)
        .flatMap(specifier)
        .map(({ from, as }) => ({ k: 'export-from', spec, from, as }));
    const namespace = children.find((part) => part.kind() === 'namespace_export');
    return [{ k: 'export-from', spec, from: '*', as: namespace ? (parts(namespace)[0]?.text() ?? '') : '*' }];
  }
  if (clause)
    return parts(clause)
      .flatMap(specifier)
      .map(({ from, as }) => ({ k: 'export', local: from, as }));
  const words = node.children().map((child) => child.kind() as string);
  const declaration = node.field('declaration');
  if (declaration !== null) {
    const statements = lowerStatement(declaration, at);
    const named = statements.flatMap((each) => (each.k === 'let' ? boundNames(each.target) : []));
    if (words.includes('default')) return [...statements, { k: 'export', local: named[0] ?? '', as: 'default' }];
    return [...statements, ...named.map((name): Stmt => ({ k: 'export', local: name, as: name }))];
  }
  const value = node.field('value') ?? children.find((part) => part.kind() !== 'decorator') ?? null;
  if (value === null) return [];
  if (words.includes('=')) return [{ k: 'export-value', value: lowerExpression(value, at) }];
  if (!words.includes('default')) return [];
  return [declare('*default*', lowerExpression(value, at)), { k: 'export', local: '*default*', as: 'default' }];
}

/** Names that a target binds, in order. */
function boundNames(target: Target): string[] {
  switch (target.k) {
    case 'name':
      return [target.name];
    case 'items':
      return target.items.flatMap((item) => (item ? boundNames(item) : []));
    case 'fields':
      return [...target.fields.flatMap((field) => boundNames(field.target)), ...(target.rest ? [target.rest] : [])];
    case 'place':
      return [];
  }
}
