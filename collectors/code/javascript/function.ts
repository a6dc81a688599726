import type { SgNode } from '@ast-grep/napi';
import type { ClassNode, Expr, FunctionNode, ParamNode, Stmt } from '#collectors/code/ir';
import { type Lowering, laterBody, lineOf, parts } from '#collectors/code/lowering';
import { lowerExpression, lowerKey, lowerTarget } from './expression.ts';
import { lowerBody } from './statement.ts';

/** Parameters by which a function is known as a request handler or a middleware; its body registers nothing. */
const handlerParams = /^_*(?:req|request|err|error|ctx|context)$/i;
const answerParams = /^_*(?:res|resp|response|reply|req|request|next)$/i;

export function lowerFunction(node: SgNode, at: Lowering): FunctionNode {
  const single = node.field('parameter');
  const params = single
    ? [{ target: { k: 'name' as const, name: single.text() } }]
    : parts(node.field('parameters') ?? node).flatMap((param) => lowerParam(param, at));
  const name = node.field('name')?.text() ?? '';
  const arrow = node.kind() === 'arrow_function';
  const outer = at.hot;
  at.hot = false;
  const written = node.field('body');
  const handles = isHandler(params);
  const later = handles || written?.kind() !== 'statement_block' ? null : laterBody(written);
  const body = handles || later !== null ? [] : lowerFunctionBody(written, at);
  const hot = at.hot;
  at.hot ||= outer;
  return { name, params, body, line: lineOf(node, at), arrow, method: false, later, hot };
}

function lowerFunctionBody(body: SgNode | null, at: Lowering): Stmt[] {
  if (body === null) return [];
  if (body.kind() === 'statement_block') return lowerBody(body, at);
  return [{ k: 'return', value: lowerExpression(body, at) }];
}

function isHandler(params: readonly ParamNode[]): boolean {
  const [first, second] = params.map(({ target }) => (target.k === 'name' ? target.name : ''));
  return handlerParams.test(first ?? '') && answerParams.test(second ?? '');
}

function lowerParam(node: SgNode, at: Lowering): ParamNode[] {
  switch (node.kind() as string) {
    case 'required_parameter':
    case 'optional_parameter': {
      const pattern = node.field('pattern');
      const value = node.field('value');
      const type = lowerType(node.field('type'));
      const rest = pattern?.kind() === 'rest_pattern';
      const target = lowerTarget(rest ? (parts(pattern)[0] ?? null) : pattern, at);
      const field =
        node
          .namedChildren()
          .some((child) => /^(?:accessibility_modifier|override_modifier)$/.test(child.kind() as string)) ||
        /^readonly\b/.test(node.text());
      return [
        {
          target: target ?? { k: 'name', name: '' },
          ...(value && { fallback: lowerExpression(value, at) }),
          ...(type && { type }),
          ...(rest && { rest: 'items' as const }),
          ...(field && { field }),
        },
      ];
    }
    case 'assignment_pattern': {
      const target = lowerTarget(node.field('left'), at);
      return [{ target: target ?? { k: 'name', name: '' }, fallback: lowerExpression(node.field('right'), at) }];
    }
    case 'rest_pattern':
      return [{ target: lowerTarget(parts(node)[0] ?? null, at) ?? { k: 'name', name: '' }, rest: 'items' }];
    case 'identifier':
    case 'object_pattern':
    case 'array_pattern':
      return [{ target: lowerTarget(node, at) ?? { k: 'name', name: '' } }];
    default:
      return [];
  }
}

/** The name of a type, without its arguments. */
export function lowerType(node: SgNode | null): Expr | null {
  let type = node?.kind() === 'type_annotation' ? (parts(node)[0] ?? null) : node;
  if (type?.kind() === 'generic_type') type = type.field('name');
  if (type === null) return null;
  if (type.kind() !== 'type_identifier' && type.kind() !== 'nested_type_identifier') return null;
  return type
    .text()
    .split('.')
    .map((name): Expr => ({ k: 'name', name }))
    .reduce((of, part) => ({ k: 'member', of, name: part.k === 'name' ? part.name : '' }));
}

export function lowerClass(node: SgNode, at: Lowering): ClassNode {
  const cls: ClassNode = {
    name: node.field('name')?.text() ?? '',
    bases: lowerHeritage(node, at),
    body: [],
    fields: [],
    methods: [],
    line: lineOf(node, at),
  };
  for (const member of parts(node.field('body') ?? node)) {
    switch (member.kind() as string) {
      case 'method_definition': {
        const name = lowerKey(member.field('name'), at);
        if (typeof name !== 'string') break;
        const fn = lowerFunction(member, at);
        const first = member.children()[0]?.kind();
        const words = member.children().map((child) => child.kind() as string);
        if (words.includes('static'))
          cls.body.push({ k: 'let', target: { k: 'name', name }, value: { k: 'function', fn } });
        else cls.methods.push({ name, fn, getter: first === 'get' || words.includes('get') });
        break;
      }
      case 'public_field_definition':
      case 'field_definition': {
        const key = lowerKey(member.field('name') ?? member.field('property'), at);
        if (typeof key !== 'string') break;
        const value = member.field('value');
        const type = lowerType(member.field('type'));
        const lowered = value && lowerExpression(value, at);
        if (lowered?.k === 'function' && lowered.fn.name === '') lowered.fn.name = key;
        const isStatic = member.children().some((child) => child.kind() === 'static');
        if (isStatic) cls.body.push({ k: 'let', target: { k: 'name', name: key }, ...(lowered && { value: lowered }) });
        else cls.fields.push({ name: key, ...(lowered && { value: lowered }), ...(type && { type }) });
        break;
      }
    }
  }
  return cls;
}

function lowerHeritage(node: SgNode, at: Lowering): Expr[] {
  const heritage = parts(node).find((part) => part.kind() === 'class_heritage');
  if (!heritage) return [];
  const clause = parts(heritage).find((part) => part.kind() === 'extends_clause');
  if (clause) return [lowerExpression(clause.field('value') ?? parts(clause)[0] ?? null, at)];
  // JavaScript's grammar has the base itself there; TypeScript's may have `implements` alone.
  const base = parts(heritage)[0];
  return base && base.kind() !== 'implements_clause' ? [lowerExpression(base, at)] : [];
}
