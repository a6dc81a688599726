import type { Condition } from '#model/condition';
import type { Endpoint } from '#model/endpoint';
import { fieldValue, listValue } from './fields.ts';

/**
 * Whether an endpoint meets a condition: the meaning that every store's query has to have. Text compares by code units, and
 * case counts. A value that is absent (the last call of an endpoint that was never called) fails every comparison but `!=`,
 * which is `not` of `==`. `and` of nothing holds, `or` of nothing does not.
 */
export function evaluate(condition: Condition, endpoint: Endpoint): boolean {
  switch (condition.op) {
    case 'and':
      return condition.of.every((part) => evaluate(part, endpoint));
    case 'or':
      return condition.of.some((part) => evaluate(part, endpoint));
    case 'not':
      return !evaluate(condition.of, endpoint);
    case 'has':
      return listValue(endpoint, condition.field).includes(condition.value);
    case 'anyMatches': {
      const pattern = new RegExp(condition.pattern);
      return listValue(endpoint, condition.field).some((item) => pattern.test(item));
    }
    default: {
      const value = fieldValue(endpoint, condition.field);
      return value === null ? condition.op === '!=' : holds(condition, value);
    }
  }
}

type Single = Exclude<Condition, { op: 'and' | 'or' | 'not' | 'has' | 'anyMatches' }>;

function holds(condition: Single, value: string | number): boolean {
  switch (condition.op) {
    case '==':
      return value === condition.value;
    case '!=':
      return value !== condition.value;
    case '<':
      return value < condition.value;
    case '<=':
      return value <= condition.value;
    case '>':
      return value > condition.value;
    case '>=':
      return value >= condition.value;
    case 'in':
      return condition.values.includes(value);
    case 'startsWith':
      return String(value).startsWith(condition.value);
    case 'endsWith':
      return String(value).endsWith(condition.value);
    case 'contains':
      return String(value).includes(condition.value);
    case 'matches':
      return new RegExp(condition.pattern).test(String(value));
  }
}
