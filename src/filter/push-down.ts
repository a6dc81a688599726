import type { ASTNode } from '@marcbachmann/cel-js';
import type { Condition, Field } from '#model/condition';
import { fieldTypes, isField, isListField } from './fields.ts';
import { escaped } from './glob.ts';

/** The value of an expression without fields: text, a number, a moment. */
type Constant = (node: ASTNode) => unknown;
type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** With the sides of a comparison changed. */
const flipped: Record<Comparison, Comparison> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/**
 * The condition that means exactly what a checked expression means, or `null` when there is none. Text is never compared
 * by order, which databases do in their own ways.
 */
export function pushDown(node: ASTNode, constant: Constant): Condition | null {
  switch (node.op) {
    case '&&':
    case '||': {
      const of = node.args.map((part) => pushDown(part, constant));
      return of.includes(null) ? null : joined(node.op === '&&' ? 'and' : 'or', of as Condition[]);
    }
    case '!_':
      return negated(pushDown(node.args, constant));
    case '?:': {
      const [test, then, otherwise] = node.args.map((part) => pushDown(part, constant));
      if (!test || !then || !otherwise) return null;
      const either: Condition[] = [
        { op: 'and', of: [test, then] },
        { op: 'and', of: [{ op: 'not', of: test }, otherwise] },
      ];
      return { op: 'or', of: either };
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(node.op, node.args[0], node.args[1], constant);
    case 'in':
      return membership(node.args[0], node.args[1], constant);
    case 'rcall':
      return call(node.args);
    default:
      return null;
  }
}

/** Long chains of one operator become one list, so that a query does not nest as deep as the expression is long. */
function joined(op: 'and' | 'or', of: Condition[]): Condition {
  return { op, of: of.flatMap((part) => (part.op === op ? part.of : [part])) };
}

function negated(of: Condition | null): Condition | null {
  return of && { op: 'not', of };
}

function comparison(op: Comparison, left: ASTNode, right: ASTNode, constant: Constant): Condition | null {
  const field = fieldOf(left);
  if (field === null) {
    const other = fieldOf(right);
    return other === null || !isConstant(left) ? null : compared(flipped[op], other, constant(left));
  }
  return isConstant(right) ? compared(op, field, constant(right)) : null;
}

function compared(op: Comparison, field: Field, constant: unknown): Condition | null {
  const value = plain(constant);
  if (value === null || (typeof value === 'string' && op !== '==' && op !== '!=')) return null;
  if (field !== 'lastCall') return { op, field, value };
  // Here never is before every time, and in a condition no comparison holds for it.
  switch (op) {
    case '<':
      return { op: 'not', of: { op: '>=', field, value } };
    case '<=':
      return { op: 'not', of: { op: '>', field, value } };
    default:
      return { op, field, value };
  }
}

function membership(left: ASTNode, right: ASTNode, constant: Constant): Condition | null {
  if (right.op === 'id' && isListField(right.args)) {
    const value = isConstant(left) ? plain(constant(left)) : null;
    return typeof value === 'string' ? { op: 'has', field: right.args, value } : null;
  }
  const field = fieldOf(left);
  if (field === null || fieldTypes[field] === 'timestamp' || right.op !== 'list') return null;
  const values = right.args.map((item) => (isConstant(item) ? plain(constant(item)) : null));
  return values.includes(null) ? null : { op: 'in', field, values: values as (string | number)[] };
}

function call([name, receiver, args]: [string, ASTNode, ASTNode[]]): Condition | null {
  if (receiver.op !== 'id') return null;
  if (name === 'exists' && isListField(receiver.args) && args[0]?.op === 'id' && args[1]) {
    const pattern = itemPattern(args[1], args[0].args);
    return pattern === null ? null : { op: 'anyMatches', field: receiver.args, pattern };
  }
  const field = fieldOf(receiver);
  const value = args.length === 1 ? literal(args[0]) : null;
  if (field === null || value === null) return null;
  if (name === 'startsWith' || name === 'endsWith' || name === 'contains') return { op: name, field, value };
  return name === 'matches' ? { op: 'matches', field, pattern: value } : null;
}

/** What `exists` asks of an item, as a regular expression: a comparison with, or a method given, one literal. */
function itemPattern(node: ASTNode, item: string): string | null {
  if (node.op === '==') {
    const [left, right] = node.args;
    const value = isItem(left, item) ? literal(right) : isItem(right, item) ? literal(left) : null;
    return value === null ? null : `^${escaped(value)}$`;
  }
  if (node.op !== 'rcall' || !isItem(node.args[1], item) || node.args[2].length !== 1) return null;
  const value = literal(node.args[2][0]);
  if (value === null) return null;
  switch (node.args[0]) {
    case 'startsWith':
      return `^${escaped(value)}`;
    case 'endsWith':
      return `${escaped(value)}$`;
    case 'contains':
      return escaped(value);
    case 'matches':
      return value;
    default:
      return null;
  }
}

function isItem(node: ASTNode, item: string): boolean {
  return node.op === 'id' && node.args === item;
}

function fieldOf(node: ASTNode): Field | null {
  return node.op === 'id' && isField(node.args) ? node.args : null;
}

function literal(node: ASTNode | undefined): string | null {
  return node?.op === 'value' ? text(node.args) : null;
}

/** Expressions whose value no endpoint changes. */
function isConstant(node: ASTNode): boolean {
  switch (node.op) {
    case 'value':
      return true;
    case 'id':
      return node.args === 'now';
    case '-_':
      return isConstant(node.args);
    case '+':
    case '-':
    case '*':
      return node.args.every(isConstant);
    case 'call':
      return ['timestamp', 'duration', 'ago'].includes(node.args[0]) && node.args[1].every(isConstant);
    default:
      return false;
  }
}

/** As the inventory keeps it; `null` for what it cannot hold exactly. */
function plain(value: unknown): string | number | null {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return text(value);
}

/** Databases end text at a zero byte. */
function text(value: unknown): string | null {
  return typeof value === 'string' && !value.includes('\0') ? value : null;
}
