import type { SgNode } from '@ast-grep/napi';
import type { Expr, ImportName, Stmt } from '#collectors/code/ir';
import { asTarget, deeper, type Lowering, parts, unknown } from '#collectors/code/lowering';
import { lowerExpression, lowerTarget } from './expression.ts';
import { lowerClass, lowerDecorated, lowerFunction } from './function.ts';

export function lowerBody(node: SgNode | null, at: Lowering, takes: (kind: string) => boolean = () => true): Stmt[] {
  if (node === null) return [];
  return parts(node).flatMap((child) =>
    takes(child.kind() as string) ? deeper<Stmt[]>(at, [], () => lowerStatement(child, at)) : [],
  );
}

function lowerStatement(node: SgNode, at: Lowering): Stmt[] {
  const inner = (name: string) => lowerExpression(node.field(name), at);
  const body = (name: string) => lowerBody(node.field(name), at);
  switch (node.kind() as string) {
    case 'expression_statement':
      return parts(node).flatMap((each) => lowerExpressionStatement(each, at));
    case 'function_definition':
      return [declare(node.field('name')?.text() ?? '', { k: 'function', fn: lowerFunction(node, at, true) })];
    case 'class_definition':
      return [declare(node.field('name')?.text() ?? '', { k: 'class', cls: lowerClass(node, at) })];
    case 'decorated_definition': {
      const { name, value } = lowerDecorated(node, at);
      return [declare(name, value)];
    }
    case 'if_statement':
      return [lowerIf(node, at)];
    case 'for_statement': {
      const target = lowerTarget(node.field('left'), at) ?? { k: 'name', name: '' };
      return [{ k: 'each', target, of: inner('right'), keys: false, body: body('body') }];
    }
    case 'while_statement':
      return [{ k: 'block', body: body('body'), maybe: true }];
    case 'try_statement':
      return lowerTry(node, at);
    case 'with_statement':
      return [...parts(parts(node)[0] ?? node).flatMap((item) => lowerWith(item, at)), ...body('body')];
    case 'match_statement':
      return parts(node.field('body') ?? node).map((each) => ({
        k: 'block',
        body: lowerBody(each.field('consequence'), at),
        maybe: true,
      }));
    case 'return_statement': {
      const value = parts(node)[0];
      return [{ k: 'return', ...(value && { value: lowerExpression(value, at) }) }];
    }
    case 'import_statement':
      return parts(node).flatMap(lowerImport);
    case 'import_from_statement':
      return lowerImportFrom(node);
    default:
      return [];
  }
}

function declare(name: string, value: Expr): Stmt {
  return { k: 'let', target: { k: 'name', name }, value };
}

function lowerExpressionStatement(node: SgNode, at: Lowering): Stmt[] {
  const kind = node.kind() as string;
  if (kind === 'assignment') {
    const target = lowerTarget(node.field('left'), at);
    const right = node.field('right');
    const type = node.field('type');
    if (target === null) return right ? [{ k: 'do', expr: lowerExpression(right, at) }] : [];
    return [
      {
        k: 'let',
        target,
        ...(right && { value: lowerExpression(right, at) }),
        ...(type && { type: lowerExpression(type, at) }),
      },
    ];
  }
  if (kind === 'augmented_assignment') {
    const left = lowerExpression(node.field('left'), at);
    const target = asTarget(left);
    if (target === null) return [];
    const right = lowerExpression(node.field('right'), at);
    const adds = node.field('operator')?.text() === '+=';
    return [{ k: 'let', target, value: adds ? { k: 'plus', left, right } : unknown }];
  }
  return [{ k: 'do', expr: lowerExpression(node, at) }];
}

function lowerIf(node: SgNode, at: Lowering): Stmt {
  const alternatives = node.fieldChildren('alternative' as never) as SgNode[];
  const last = alternatives.at(-1);
  let otherwise = last?.kind() === 'else_clause' ? lowerBody(last.field('body'), at) : [];
  for (let i = alternatives.length - 1; i >= 0; i--) {
    const each = alternatives[i]!;
    if (each.kind() === 'elif_clause') otherwise = [lowerTest(each, otherwise, at)];
  }
  return lowerTest(node, otherwise, at);
}

function lowerTest(node: SgNode, otherwise: Stmt[], at: Lowering): Stmt {
  const then = lowerBody(node.field('consequence'), at);
  return { k: 'if', test: lowerExpression(node.field('condition'), at), yes: then, no: otherwise };
}

function lowerTry(node: SgNode, at: Lowering): Stmt[] {
  const statements: Stmt[] = [{ k: 'block', body: lowerBody(node.field('body'), at), maybe: false }];
  for (const clause of parts(node)) {
    const block = parts(clause).find((part) => part.kind() === 'block');
    if (clause.kind() === 'block' || !block) continue;
    statements.push({ k: 'block', body: lowerBody(block, at), maybe: clause.kind() !== 'finally_clause' });
  }
  return statements;
}

function lowerWith(node: SgNode, at: Lowering): Stmt[] {
  if (node.kind() !== 'with_item') return [];
  const value = node.field('value') ?? parts(node)[0] ?? null;
  if (value?.kind() !== 'as_pattern') return [{ k: 'do', expr: lowerExpression(value, at) }];
  const [expr, name] = parts(value);
  const target = lowerTarget(name ?? null, at);
  return target ? [{ k: 'let', target, value: lowerExpression(expr ?? null, at) }] : [];
}

function lowerImport(node: SgNode): Stmt[] {
  if (node.kind() === 'aliased_import') {
    const spec = node.field('name')?.text() ?? '';
    return [{ k: 'import', spec, names: [{ from: '*', as: node.field('alias')?.text() ?? '' }] }];
  }
  // `import a.b` binds `a`; its parts are found when they are named.
  const head = node.text().split('.')[0] ?? '';
  return [{ k: 'import', spec: head, names: [{ from: '*', as: head }] }];
}

function lowerImportFrom(node: SgNode): Stmt[] {
  const spec = node.field('module_name')?.text().replace(/\s+/g, '') ?? '';
  if (parts(node).some((part) => part.kind() === 'wildcard_import')) return [{ k: 'import-all', spec }];
  const names = (node.fieldChildren('name' as never) as SgNode[]).map((each): ImportName => {
    if (each.kind() !== 'aliased_import') return { from: each.text(), as: each.text() };
    return { from: each.field('name')?.text() ?? '', as: each.field('alias')?.text() ?? '' };
  });
  return [{ k: 'import', spec, names }];
}
