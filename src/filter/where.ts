import { type ASTNode, Environment, type ParseResult, serialize } from '@marcbachmann/cel-js';
import { type Condition, listFields } from '#model/condition';
import type { Endpoint } from '#model/endpoint';
import { checkExpression } from './check.ts';
import { FilterError, suggestion } from './error.ts';
import { allFields, type FieldType, fieldTypes, fieldValue, isField, isListField, listValue } from './fields.ts';
import { allOf } from './flags.ts';
import { pushDown } from './push-down.ts';
import { durationOf } from './time.ts';

/** What an expression became: both together mean what it says, whichever of them is `null`. */
export interface Where {
  /** For the store. */
  condition: Condition | null;
  /** For what no condition can say; throws {@link FilterError} when the expression fails on an endpoint. */
  residual: ((endpoint: Endpoint) => boolean) | null;
}

const maxLength = 16_384;
/** CEL's name for a moment. */
const timestamp = 'google.protobuf.Timestamp';
/** When an endpoint that was never called was called: before every time that CEL knows. */
const never = new Date(-8_640_000_000_000_000);

/**
 * Reads a filter in the Common Expression Language (github.com/google/cel-spec). Its variables are the fields of an endpoint,
 * and `now`; besides CEL's own functions there is `ago("30d")`. What a condition can say is split off at `&&`, the rest
 * stays an expression. Throws {@link FilterError} with the position.
 */
export function parseWhere(text: string, now: number): Where {
  if (text.length > maxLength) throw new FilterError(`The expression is longer than ${maxLength} characters.`);
  const environment = environmentAt(now);
  const parsed = parse(environment, text);
  checkExpression(parsed.ast);
  const constant = (node: ASTNode): unknown => {
    try {
      return environment.evaluate(serialize(node), { now: new Date(now) });
    } catch (error) {
      throw new FilterError(sentence(error), node.start);
    }
  };
  const conditions: Condition[] = [];
  const rest: ASTNode[] = [];
  for (const part of conjuncts(parsed.ast)) {
    const condition = pushDown(part, constant);
    if (condition === null) rest.push(part);
    else conditions.push(condition);
  }
  return {
    condition: allOf(conditions),
    residual: rest.length === 0 ? null : predicate(environment, rest, text, now),
  };
}

function conjuncts(node: ASTNode): ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjuncts) : [node];
}

function environmentAt(now: number): Environment {
  const environment = new Environment({ limits: { maxAstNodes: 2_000, maxDepth: 100 } });
  for (const [field, type] of Object.entries(fieldTypes)) {
    environment.registerVariable(field, type === 'timestamp' ? timestamp : type);
  }
  for (const field of listFields) environment.registerVariable(field, 'list<string>');
  return environment
    .registerVariable('now', timestamp)
    .registerOperator('double == int', (left: number, right: bigint) => left === Number(right))
    .registerFunction(`ago(string): ${timestamp}`, (text: string) => new Date(now - durationOf(text)));
}

function parse(environment: Environment, text: string): ParseResult {
  let parsed: ParseResult;
  try {
    parsed = environment.parse(text);
  } catch (error) {
    throw new FilterError(sentence(error), position(error));
  }
  const { valid, type, error } = parsed.check();
  if (!valid) throw explained(error, text);
  if (type !== 'bool' && type !== 'dyn') {
    throw new FilterError(`The expression is a ${type}, and a filter has to be true or false.`);
  }
  return parsed;
}

function explained(error: unknown, text: string): FilterError {
  const at = position(error);
  const { code } = error as { code?: string };
  if (code !== 'unknown_variable' || at === null) return new FilterError(sentence(error), at);
  const name = /^[A-Za-z_]\w*/.exec(text.slice(at))?.[0] ?? '';
  return new FilterError(
    `There is no field "${name}". ${suggestion(name, [...allFields, 'now'])}The fields are ${allFields.join(', ')}.`,
    at,
  );
}

function predicate(environment: Environment, parts: ASTNode[], text: string, now: number): (of: Endpoint) => boolean {
  const expression = parts.map((part) => `(${serialize(part)})`).join(' && ');
  const run = environment.parse(expression);
  // Names in texts are taken for fields too, which does no harm.
  const used = allFields.filter((field) => new RegExp(`\\b${field}\\b`).test(expression));
  const moment = new Date(now);
  return (endpoint) => {
    let result: unknown;
    try {
      result = run({ ...valuesOf(endpoint, used), now: moment });
    } catch (error) {
      throw failed(sentence(error), endpoint, text);
    }
    if (typeof result !== 'boolean') throw failed('it is neither true nor false', endpoint, text);
    return result;
  };
}

function failed(why: string, endpoint: Endpoint, text: string): FilterError {
  const { method, path } = endpoint;
  return new FilterError(`"${text.slice(0, 200)}" cannot be decided for ${method} ${path}: ${why}`);
}

function valuesOf(endpoint: Endpoint, names: readonly string[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of names) {
    if (isListField(name)) values[name] = listValue(endpoint, name);
    else if (isField(name)) values[name] = celValue(fieldTypes[name], fieldValue(endpoint, name));
  }
  return values;
}

function celValue(type: FieldType, value: string | number | null): unknown {
  if (type === 'timestamp') return value === null ? never : new Date(value);
  return type === 'int' ? BigInt(Math.trunc(Number(value))) : value;
}

function position(error: unknown): number | null {
  return (error as { range?: { start: number } }).range?.start ?? null;
}

function sentence(error: unknown): string {
  const { summary, message } = error as { summary?: string; message: string };
  const text = summary ?? message;
  return /[.!]$/.test(text) ? text : `${text}.`;
}
