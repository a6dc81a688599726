import type { SgNode } from '@ast-grep/napi';
import type { ClassNode, Expr, FunctionNode, ParamNode, Stmt } from '#collectors/code/ir';
import { type Lowering, laterBody, lineOf, parts } from '#collectors/code/lowering';
import { lowerArguments, lowerExpression, lowerTarget } from './expression.ts';
import { lowerBody } from './statement.ts';

export function lowerFunction(node: SgNode, at: Lowering, keepBody: boolean): FunctionNode {
  const name = node.field('name')?.text() ?? '';
  const params = lowerParams(node.field('parameters'), at);
  const outer = at.hot;
  at.hot = false;
  const written = node.field('body');
  const later = keepBody && written !== null ? laterBody(written) : null;
  const body = keepBody && later === null ? lowerBody(written, at) : [];
  const hot = at.hot;
  at.hot ||= outer;
  return { name, params, body, line: lineOf(node, at), arrow: false, method: false, later, hot };
}

export function lowerParams(list: SgNode | null, at: Lowering): ParamNode[] {
  const params: ParamNode[] = [];
  let keyword = false;
  for (const node of list ? parts(list) : []) {
    const kind = node.kind() as string;
    if (kind === 'keyword_separator' || kind === 'list_splat_pattern') keyword = true;
    const param = lowerParam(node, at);
    if (param) params.push(keyword && !param.rest ? { ...param, keyword } : param);
  }
  return params;
}

function lowerParam(node: SgNode, at: Lowering): ParamNode | null {
  const type = node.field('type');
  const value = node.field('value');
  const annotated = {
    ...(type && { type: lowerExpression(type, at) }),
    ...(value && { fallback: lowerExpression(value, at) }),
  };
  switch (node.kind() as string) {
    case 'identifier':
      return { target: { k: 'name', name: node.text() } };
    case 'default_parameter':
    case 'typed_default_parameter':
      return { target: { k: 'name', name: node.field('name')?.text() ?? '' }, ...annotated };
    case 'typed_parameter': {
      const pattern = parts(node)[0];
      const splat = pattern && lowerParam(pattern, at);
      return splat ? { ...splat, ...annotated } : null;
    }
    case 'list_splat_pattern':
    case 'dictionary_splat_pattern': {
      const target = lowerTarget(parts(node)[0] ?? null, at);
      return target && { target, rest: node.kind() === 'list_splat_pattern' ? 'items' : 'fields' };
    }
    default:
      return null;
  }
}

/** A function or a class below its decorators, the lowest of which is applied first. */
export function lowerDecorated(node: SgNode, at: Lowering): { name: string; value: Expr; decorators: Expr[] } {
  const definition = node.field('definition');
  const decorators: Expr[] = [];
  const lines: number[] = [];
  for (const part of parts(node)) {
    if (part.kind() !== 'decorator') continue;
    decorators.push(lowerExpression(parts(part)[0] ?? null, at));
    lines.push(lineOf(part, at));
  }
  const registers = decorators.some(
    (each) =>
      each.k === 'call' && each.fn.k === 'member' && (at.verbs.has(each.fn.name) || at.registers.has(each.fn.name)),
  );
  if (registers) at.hot = true;
  let value: Expr =
    definition?.kind() === 'class_definition'
      ? { k: 'class', cls: lowerClass(definition, at) }
      : { k: 'function', fn: lowerFunction(definition ?? node, at, !registers) };
  for (let i = decorators.length - 1; i >= 0; i--) {
    value = { k: 'decorate', by: decorators[i]!, value, line: lines[i]! };
  }
  return { name: definition?.field('name')?.text() ?? '', value, decorators };
}

export function lowerClass(node: SgNode, at: Lowering): ClassNode {
  const cls: ClassNode = {
    name: node.field('name')?.text() ?? '',
    bases: lowerArguments(node.field('superclasses'), at).flatMap((arg) => (arg.name ? [] : [arg.expr])),
    body: [],
    fields: [],
    methods: [],
    line: lineOf(node, at),
  };
  for (const member of parts(node.field('body') ?? node)) {
    if (member.kind() === 'function_definition') addMethod(cls, lowerFunction(member, at, true), false);
    else if (member.kind() === 'decorated_definition') addDecorated(cls, member, at);
  }
  const rest = lowerBody(
    node.field('body'),
    at,
    (kind) => kind !== 'function_definition' && kind !== 'decorated_definition',
  );
  for (const statement of rest) {
    if (statement.k === 'let' && statement.target.k === 'name' && statement.type) {
      cls.fields.push({ name: statement.target.name, type: statement.type });
    }
  }
  cls.body.unshift(...rest);
  return cls;
}

function addMethod(cls: ClassNode, fn: FunctionNode, getter: boolean): void {
  const name = fn.name === '__init__' ? 'constructor' : fn.name;
  cls.methods.push({ name, fn: { ...fn, method: true }, getter });
}

function addDecorated(cls: ClassNode, node: SgNode, at: Lowering): void {
  const { name, value, decorators } = lowerDecorated(node, at);
  let inner = value;
  while (inner.k === 'decorate') inner = inner.value;
  const words = decorators.map((each) => (each.k === 'name' || each.k === 'member' ? each.name : ''));
  const statement: Stmt = { k: 'let', target: { k: 'name', name }, value };
  if (inner.k !== 'function' || words.every((word) => word === '')) cls.body.push(statement);
  else if (words.includes('staticmethod')) cls.body.push({ ...statement, value: inner });
  else
    addMethod(
      cls,
      inner.fn,
      words.some((word) => word === 'property' || word === 'cached_property' || word === 'computed_field'),
    );
}
