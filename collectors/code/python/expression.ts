import type { SgNode } from '@ast-grep/napi';
import type { Arg, Expr, FieldNode, Target } from '#collectors/code/ir';
import { deeper, type Lowering, lineOf, parts, passesRouter, unescaped, unknown } from '#collectors/code/lowering';
import { lowerParams } from './function.ts';

/** One expression of Python; what cannot matter to a route is unknown. */
export function lowerExpression(node: SgNode | null, at: Lowering): Expr {
  return node === null ? unknown : deeper(at, unknown, () => lower(node, at));
}

function lower(node: SgNode, at: Lowering): Expr {
  const inner = (name: string) => lowerExpression(node.field(name), at);
  const first = () => lowerExpression(parts(node)[0] ?? null, at);
  switch (node.kind() as string) {
    case 'string':
      return lowerString(node, at);
    case 'concatenated_string':
      return { k: 'text', parts: parts(node).map((part) => lowerExpression(part, at)) };
    case 'integer':
    case 'float':
      return { k: 'const', value: Number(node.text().replaceAll('_', '')) };
    case 'true':
    case 'false':
      return { k: 'const', value: node.kind() === 'true' };
    case 'none':
      return { k: 'const', value: null };
    case 'identifier':
      return { k: 'name', name: node.text() };
    case 'dotted_name':
    case 'member_type':
      return dotted(node.text());
    case 'attribute':
      return { k: 'member', of: inner('object'), name: node.field('attribute')?.text() ?? '' };
    case 'subscript': {
      const indexes = node.fieldChildren('subscript' as never) as SgNode[];
      return { k: 'index', of: inner('value'), at: oneOrList(indexes, at) };
    }
    case 'generic_type': {
      const [of, params] = parts(node);
      return { k: 'index', of: lowerExpression(of ?? null, at), at: oneOrList(params ? parts(params) : [], at) };
    }
    case 'union_type':
      return union(parts(node).map((part) => lowerExpression(part, at)));
    case 'call':
      return lowerCall(node, at);
    case 'list':
    case 'tuple':
    case 'set':
    case 'expression_list':
      return { k: 'list', items: parts(node).map((item) => lowerItem(item, at)) };
    case 'dictionary':
      return { k: 'record', fields: parts(node).flatMap((field) => lowerField(field, at)) };
    case 'binary_operator':
      return lowerBinary(node, at);
    case 'boolean_operator': {
      const [left, right] = [inner('left'), inner('right')];
      return node.field('operator')?.text() === 'or'
        ? { k: 'default', left, right }
        : { k: 'either', left: { k: 'const', value: null }, right };
    }
    case 'conditional_expression': {
      const [then, , otherwise] = parts(node);
      return { k: 'either', left: lowerExpression(then ?? null, at), right: lowerExpression(otherwise ?? null, at) };
    }
    case 'lambda':
      return { k: 'function', fn: lowerLambda(node, at) };
    case 'named_expression': {
      const target: Target = { k: 'name', name: node.field('name')?.text() ?? '' };
      return { k: 'assign', target, value: inner('value') };
    }
    case 'list_comprehension':
    case 'generator_expression':
    case 'set_comprehension':
      return lowerComprehension(node, at);
    case 'assignment': {
      const target = lowerTarget(node.field('left'), at);
      return target ? { k: 'assign', target, value: inner('right') } : inner('right');
    }
    case 'type':
    case 'await':
    case 'parenthesized_expression':
      return first();
    default:
      return unknown;
  }
}

function dotted(text: string): Expr {
  const [head = '', ...rest] = text.split('.').map((name) => name.trim());
  return rest.reduce<Expr>((of, name) => ({ k: 'member', of, name }), { k: 'name', name: head });
}

/** `int | str`, which may be a long chain: each side is lowered once. */
function union(sides: Expr[]): Expr {
  return { k: 'index', of: { k: 'name', name: '|' }, at: { k: 'list', items: sides.map((expr) => ({ expr })) } };
}

function oneOrList(nodes: SgNode[], at: Lowering): Expr {
  if (nodes.length === 1) return lowerExpression(nodes[0]!, at);
  return { k: 'list', items: nodes.map((node) => ({ expr: lowerExpression(node, at) })) };
}

function lowerString(node: SgNode, at: Lowering): Expr {
  const children = node.namedChildren();
  const start = children[0]?.text().toLowerCase() ?? '';
  const raw = start.includes('r');
  const pieces: Expr[] = [];
  for (const child of children) {
    const kind = child.kind() as string;
    if (kind === 'string_content') {
      const text = raw ? child.text() : unescaped(child.text());
      pieces.push({ k: 'const', value: start.includes('f') ? text.replace(/\{\{/g, '{').replace(/\}\}/g, '}') : text });
    } else if (kind === 'interpolation') pieces.push(lowerExpression(parts(child)[0] ?? null, at));
  }
  if (pieces.length === 0) return { k: 'const', value: '' };
  return pieces.length === 1 && pieces[0]!.k === 'const' ? pieces[0]! : { k: 'text', parts: pieces };
}

function lowerCall(node: SgNode, at: Lowering): Expr {
  const callee = node.field('function');
  const fn = lowerExpression(callee, at);
  if (fn.k === 'name' && fn.name === 'super') return { k: 'super' };
  const args = lowerArguments(node.field('arguments'), at);
  // A dictionary has a `get` as well: of verbs, those in decorators count.
  if (at.registers.has(fn.k === 'name' || fn.k === 'member' ? fn.name : '') || passesRouter(args)) at.hot = true;
  const line = lineOf(fn.k === 'member' ? (callee?.field('attribute') ?? node) : node, at);
  return { k: 'call', fn, args, line, make: false };
}

export function lowerArguments(list: SgNode | null, at: Lowering): Arg[] {
  if (list === null) return [];
  // `f(x for x in y)` has the generator in the place of the list.
  if (list.kind() !== 'argument_list') return [{ expr: lowerExpression(list, at) }];
  return parts(list).map((arg) => lowerItem(arg, at));
}

function lowerItem(node: SgNode, at: Lowering): Arg {
  switch (node.kind() as string) {
    case 'keyword_argument':
      return { expr: lowerExpression(node.field('value'), at), name: node.field('name')?.text() ?? '' };
    case 'list_splat':
      return { expr: lowerExpression(parts(node)[0] ?? null, at), spread: true };
    case 'dictionary_splat':
      return { expr: lowerExpression(parts(node)[0] ?? null, at), name: '**', spread: true };
    default:
      return { expr: lowerExpression(node, at) };
  }
}

function lowerField(node: SgNode, at: Lowering): FieldNode[] {
  if (node.kind() === 'dictionary_splat') return [{ key: null, value: lowerExpression(parts(node)[0] ?? null, at) }];
  if (node.kind() !== 'pair') return [];
  return [{ key: lowerExpression(node.field('key'), at), value: lowerExpression(node.field('value'), at) }];
}

function lowerBinary(node: SgNode, at: Lowering): Expr {
  const left = lowerExpression(node.field('left'), at);
  const right = node.field('right');
  switch (node.field('operator')?.text()) {
    case '+':
      return { k: 'plus', left, right: lowerExpression(right, at) };
    case '|':
      return union([left, lowerExpression(right, at)]);
    case '%':
      return left.k === 'const' && typeof left.value === 'string' ? percent(left.value, right, at) : unknown;
    default:
      return unknown;
  }
}

/** `'%s/users' % prefix`, with one value or a tuple of them (printf-style formatting). */
function percent(format: string, right: SgNode | null, at: Lowering): Expr {
  const values = right?.kind() === 'tuple' ? parts(right) : right ? [right] : [];
  let used = 0;
  const pieces = format.split(/(%[sdir])/).map((piece): Expr => {
    if (!/^%[sdir]$/.test(piece)) return { k: 'const', value: piece.replaceAll('%%', '%') };
    return lowerExpression(values[used++] ?? null, at);
  });
  return { k: 'text', parts: pieces };
}

function lowerLambda(node: SgNode, at: Lowering) {
  const params = lowerParams(node.field('parameters'), at);
  const value = lowerExpression(node.field('body'), at);
  return {
    name: '',
    params,
    body: [{ k: 'return' as const, value }],
    line: lineOf(node, at),
    arrow: true,
    method: false,
    later: null,
    hot: false,
  };
}

/** `[f(x) for x in xs]` maps; a condition is taken to hold. */
function lowerComprehension(node: SgNode, at: Lowering): Expr {
  const clause = parts(node).find((part) => part.kind() === 'for_in_clause');
  const target = lowerTarget(clause?.field('left') ?? null, at);
  if (!clause || !target) return unknown;
  const value = lowerExpression(node.field('body'), at);
  const line = lineOf(node, at);
  const body = [{ k: 'return' as const, value }];
  const fn: Expr = {
    k: 'function',
    fn: { name: '', params: [{ target }], body, line, arrow: true, method: false, later: null, hot: false },
  };
  const of = lowerExpression(clause.field('right'), at);
  return { k: 'call', fn: { k: 'member', of, name: 'map' }, args: [{ expr: fn }], line, make: false };
}

export function lowerTarget(node: SgNode | null, at: Lowering): Target | null {
  if (node === null) return null;
  return deeper<Target | null>(at, null, () => {
    switch (node.kind() as string) {
      case 'identifier':
        return { k: 'name', name: node.text() };
      case 'attribute':
        return {
          k: 'place',
          of: lowerExpression(node.field('object'), at),
          name: node.field('attribute')?.text() ?? '',
        };
      case 'subscript':
        return {
          k: 'place',
          of: lowerExpression(node.field('value'), at),
          name: lowerExpression(node.field('subscript'), at),
        };
      case 'pattern_list':
      case 'tuple_pattern':
      case 'list_pattern':
        return { k: 'items', items: parts(node).map((item) => lowerTarget(item, at)) };
      case 'as_pattern_target':
      case 'parenthesized_expression':
        return lowerTarget(parts(node)[0] ?? null, at);
      default:
        return null;
    }
  });
}
