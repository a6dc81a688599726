import type { SgNode } from '@ast-grep/napi';
import { type Arg, type Expr, type FieldNode, label, type Target } from '#collectors/code/ir';
import {
  asTarget,
  deeper,
  type Lowering,
  lineOf,
  parts,
  passesRouter,
  unescaped,
  unknown,
} from '#collectors/code/lowering';
import { lowerClass, lowerFunction } from './function.ts';

/** One expression of JavaScript or TypeScript; what cannot matter to a route is unknown. */
export function lowerExpression(node: SgNode | null, at: Lowering): Expr {
  return node === null ? unknown : deeper(at, unknown, () => lower(node, at));
}

function lower(node: SgNode, at: Lowering): Expr {
  const inner = (name: string) => lowerExpression(node.field(name), at);
  switch (node.kind() as string) {
    case 'string':
      return { k: 'const', value: unescaped(node.text().slice(1, -1)) };
    case 'template_string':
      return { k: 'text', parts: node.namedChildren().map((part) => lowerTemplatePart(part, at)) };
    case 'number':
      return { k: 'const', value: Number(node.text().replaceAll('_', '')) };
    case 'true':
    case 'false':
      return { k: 'const', value: node.text() === 'true' };
    case 'null':
      return { k: 'const', value: null };
    case 'undefined':
      return { k: 'const', value: undefined };
    case 'regex':
      return { k: 'regex', source: node.field('pattern')?.text() ?? '' };
    case 'identifier':
    case 'shorthand_property_identifier':
      return { k: 'name', name: node.text() };
    case 'this':
      return { k: 'this' };
    case 'super':
      return { k: 'super' };
    case 'member_expression':
      return { k: 'member', of: inner('object'), name: node.field('property')?.text() ?? '' };
    case 'subscript_expression':
      return { k: 'index', of: inner('object'), at: inner('index') };
    case 'call_expression':
      return lowerCall(node, at);
    case 'new_expression':
      return {
        k: 'call',
        fn: inner('constructor'),
        args: lowerArguments(node, at),
        line: lineOf(node, at),
        make: true,
      };
    case 'arrow_function':
    case 'function_expression':
    case 'function':
    case 'generator_function':
      return { k: 'function', fn: lowerFunction(node, at) };
    case 'class':
    case 'class_expression':
      return { k: 'class', cls: lowerClass(node, at) };
    case 'array':
      return { k: 'list', items: parts(node).map((item) => lowerItem(item, at)) };
    case 'object':
      return { k: 'record', fields: parts(node).flatMap((field) => lowerField(field, at)) };
    case 'binary_expression':
      return lowerBinary(node, at);
    case 'ternary_expression':
      return { k: 'either', left: inner('consequence'), right: inner('alternative') };
    case 'assignment_expression':
      return assigned(lowerTarget(node.field('left'), at), inner('right'));
    case 'augmented_assignment_expression':
      return lowerAugmented(node, at);
    case 'unary_expression': {
      const operand = inner('argument');
      if (operand.k === 'const') return { k: 'const', value: undefined };
      return { k: 'either', left: unknown, right: operand };
    }
    case 'sequence_expression':
      return lowerExpression(parts(node).at(-1) ?? null, at);
    case 'type_assertion':
      return lowerExpression(parts(node).at(-1) ?? null, at);
    case 'parenthesized_expression':
    case 'await_expression':
    case 'non_null_expression':
    case 'as_expression':
    case 'satisfies_expression':
    case 'instantiation_expression':
    case 'yield_expression':
      return lowerExpression(parts(node)[0] ?? null, at);
    default:
      return unknown;
  }
}

function lowerTemplatePart(part: SgNode, at: Lowering): Expr {
  if (part.kind() === 'template_substitution') return lowerExpression(parts(part)[0] ?? null, at);
  return { k: 'const', value: unescaped(part.text()) };
}

function lowerCall(node: SgNode, at: Lowering): Expr {
  const callee = node.field('function');
  if (callee === null) return unknown;
  const fn: Expr = callee.kind() === 'import' ? { k: 'name', name: 'require' } : lowerExpression(callee, at);
  const args = lowerArguments(node, at);
  if (fn.k === 'name' && fn.name === 'require') return args[0] ? { k: 'import', spec: args[0].expr } : unknown;
  const name = fn.k === 'name' || fn.k === 'member' ? fn.name : '';
  // A map has a `get` as well: a verb registers with a path and a handler.
  const verb = args.length > 1 && (fn.k === 'index' || at.verbs.has(name));
  if (verb || at.registers.has(name) || passesRouter(args)) at.hot = true;
  // Of a chain over several lines, the line of this link.
  const line = lineOf(fn.k === 'member' ? (callee.field('property') ?? node) : node, at);
  return { k: 'call', fn, args, line, make: false };
}

function lowerArguments(node: SgNode, at: Lowering): Arg[] {
  const list = node.field('arguments');
  // A tagged template has no list of arguments, and no meaning that is known here.
  return list === null || list.kind() !== 'arguments' ? [] : parts(list).map((arg) => lowerItem(arg, at));
}

function lowerItem(node: SgNode, at: Lowering): Arg {
  if (node.kind() !== 'spread_element') return { expr: lowerExpression(node, at) };
  return { expr: lowerExpression(parts(node)[0] ?? null, at), spread: true };
}

function lowerField(node: SgNode, at: Lowering): FieldNode[] {
  switch (node.kind() as string) {
    case 'pair':
      return [{ key: lowerKey(node.field('key'), at), value: lowerExpression(node.field('value'), at) }];
    case 'shorthand_property_identifier':
      return [{ key: node.text(), value: { k: 'name', name: node.text() } }];
    case 'method_definition':
      return [{ key: lowerKey(node.field('name'), at), value: { k: 'function', fn: lowerFunction(node, at) } }];
    case 'spread_element':
      return [{ key: null, value: lowerExpression(parts(node)[0] ?? null, at) }];
    default:
      return [];
  }
}

/** A property's name; computed ones are expressions. */
export function lowerKey(node: SgNode | null, at: Lowering): string | Expr {
  if (node === null) return '';
  if (node.kind() === 'string') return unescaped(node.text().slice(1, -1));
  if (node.kind() === 'computed_property_name') return lowerExpression(parts(node)[0] ?? null, at);
  return node.text();
}

function lowerBinary(node: SgNode, at: Lowering): Expr {
  const left = lowerExpression(node.field('left'), at);
  const right = lowerExpression(node.field('right'), at);
  switch (node.field('operator')?.text()) {
    case '+':
      return { k: 'plus', left, right };
    case '||':
    case '??':
      return { k: 'default', left, right };
    case '&&':
      return { k: 'either', left: { k: 'const', value: undefined }, right };
    default:
      return unknown;
  }
}

function assigned(target: Target | null, value: Expr): Expr {
  if (target === null) return value;
  const name = target.k === 'name' || target.k === 'place' ? target.name : '';
  if (value.k === 'function' && value.fn.name === '' && typeof name === 'string') value.fn.name = name;
  return { k: 'assign', target, value };
}

function lowerAugmented(node: SgNode, at: Lowering): Expr {
  const left = lowerExpression(node.field('left'), at);
  const right = lowerExpression(node.field('right'), at);
  const target = asTarget(left);
  switch (node.field('operator')?.text()) {
    case '+=':
      return assigned(target, { k: 'plus', left, right });
    case '||=':
    case '??=':
      return assigned(target, { k: 'default', left, right });
    default:
      return assigned(target, { k: 'unknown', label: label(left) });
  }
}

/** What an assignment, a declaration or a parameter binds; `null` for what binds nothing that is known. */
export function lowerTarget(node: SgNode | null, at: Lowering): Target | null {
  if (node === null) return null;
  return deeper<Target | null>(at, null, () => {
    switch (node.kind() as string) {
      case 'identifier':
      case 'shorthand_property_identifier_pattern':
        return { k: 'name', name: node.text() };
      case 'member_expression':
        return {
          k: 'place',
          of: lowerExpression(node.field('object'), at),
          name: node.field('property')?.text() ?? '',
        };
      case 'subscript_expression': {
        const index = lowerExpression(node.field('index'), at);
        return { k: 'place', of: lowerExpression(node.field('object'), at), name: index };
      }
      case 'array_pattern':
        return { k: 'items', items: parts(node).map((item) => lowerTarget(item, at)) };
      case 'assignment_pattern':
        return lowerTarget(node.field('left'), at);
      case 'object_pattern':
        return lowerFieldsTarget(node, at);
      case 'parenthesized_expression':
      case 'non_null_expression':
        return lowerTarget(parts(node)[0] ?? null, at);
      default:
        return null;
    }
  });
}

function lowerFieldsTarget(node: SgNode, at: Lowering): Target {
  const target: Target = { k: 'fields', fields: [] };
  for (const part of parts(node)) {
    switch (part.kind() as string) {
      case 'shorthand_property_identifier_pattern':
        target.fields.push({ key: part.text(), target: { k: 'name', name: part.text() } });
        break;
      case 'object_assignment_pattern': {
        const name = part.field('left')?.text() ?? '';
        const fallback = lowerExpression(part.field('right'), at);
        target.fields.push({ key: name, target: { k: 'name', name }, fallback });
        break;
      }
      case 'pair_pattern': {
        const key = lowerKey(part.field('key'), at);
        const value = part.field('value');
        const bound = lowerTarget(value, at);
        if (typeof key !== 'string' || bound === null) break;
        const fallback = value?.kind() === 'assignment_pattern' ? lowerExpression(value.field('right'), at) : null;
        target.fields.push({ key, target: bound, ...(fallback && { fallback }) });
        break;
      }
      case 'rest_pattern':
        target.rest = parts(part)[0]?.text() ?? '';
        break;
    }
  }
  return target;
}
