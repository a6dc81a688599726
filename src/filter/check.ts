import type { ASTNode } from '@marcbachmann/cel-js';
import type { Field } from '#model/condition';
import { patternFlaw } from '#model/pattern';
import { FilterError, suggestion } from './error.ts';
import { allFields, fieldValues, isField } from './fields.ts';

const macros = ['exists', 'exists_one', 'all', 'map', 'filter', 'bind'];

/**
 * Refuses what types alone let through: a regular expression that is not written out or could take for ever, a value that a
 * field never has, a variable that hides a field. Throws {@link FilterError}.
 */
export function checkExpression(node: ASTNode): void {
  switch (node.op) {
    case 'value':
    case 'id':
      return;
    case 'rcall': {
      const [name, receiver, args] = node.args;
      if (name === 'matches') checkPattern(args[0], node);
      if (macros.includes(name)) checkVariable(args[0]);
      checkExpression(receiver);
      for (const arg of args) checkExpression(arg);
      return;
    }
    case 'call':
      for (const arg of node.args[1]) checkExpression(arg);
      return;
    case '.':
    case '.?':
      checkExpression(node.args[0]);
      return;
    case '!_':
    case '-_':
      checkExpression(node.args);
      return;
    case 'map':
      for (const entry of node.args) for (const part of entry) checkExpression(part);
      return;
    default:
      if (node.op === '==' || node.op === '!=') checkValues(node.args[0], node.args[1]);
      if (node.op === 'in') checkValues(node.args[0], node.args[1]);
      for (const part of node.args) checkExpression(part);
  }
}

function checkPattern(pattern: ASTNode | undefined, call: ASTNode): void {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') {
    throw new FilterError('The pattern of matches() has to be written out, as a text in quotes.', call.start);
  }
  const flaw = patternFlaw(pattern.args);
  if (flaw !== null) {
    throw new FilterError(
      `The pattern of matches() is refused: ${flaw}. startsWith, endsWith and contains need no pattern.`,
      pattern.start,
    );
  }
}

function checkVariable(variable: ASTNode | undefined): void {
  if (variable?.op !== 'id' || (!allFields.includes(variable.args) && variable.args !== 'now')) return;
  throw new FilterError(`The variable "${variable.args}" hides a field. Give it another name.`, variable.start);
}

function checkValues(left: ASTNode, right: ASTNode): void {
  const [field, other] = left.op === 'id' ? [left, right] : [right, left];
  if (field.op !== 'id' || !isField(field.args)) return;
  for (const item of other.op === 'list' ? other.args : [other]) {
    if (item.op === 'value' && typeof item.args === 'string') checkValue(field.args, item.args, item.start);
  }
}

function checkValue(field: Field, value: string, position: number): void {
  if (field === 'method' && value !== value.toUpperCase()) {
    throw new FilterError(`Methods are upper case: "${value.toUpperCase()}".`, position);
  }
  const known = fieldValues[field];
  if (!known || known.includes(value)) return;
  throw new FilterError(
    `"${value.slice(0, 40)}" is no value of ${field}. ${suggestion(value, known)}Its values are ${known.join(', ')}.`,
    position,
  );
}
