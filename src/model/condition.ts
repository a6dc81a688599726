/**
 * A filter over endpoints, findings or services, as data: flags and `--where` both become one, and the store turns it into
 * a query. Kept small on purpose; what cannot be said here stays with the caller as a predicate over the records.
 */
export type Condition =
  | { op: 'and' | 'or'; of: Condition[] }
  | { op: 'not'; of: Condition }
  | { op: '==' | '!=' | '<' | '<=' | '>' | '>='; field: Field; value: string | number }
  /** The field is one of the values. */
  | { op: 'in'; field: Field; values: (string | number)[] }
  /** A list field holds the value. */
  | { op: 'has'; field: ListField; value: string }
  | { op: 'startsWith' | 'endsWith' | 'contains'; field: Field; value: string }
  /** An ECMAScript regular expression without flags, matched anywhere unless anchored. */
  | { op: 'matches'; field: Field; pattern: string }
  /** Any element of a list field matches. */
  | { op: 'anyMatches'; field: ListField; pattern: string };

export const fields = [
  'id',
  'environment',
  'service',
  'protocol',
  'method',
  'path',
  'declared',
  'deployed',
  'coded',
  'observed',
  'leaf',
  'verdict',
  'reason',
  'auth',
  'exposure',
  'owner',
  'version',
  'firstSeen',
  'lastSeen',
  'lastCall',
  'calls',
  'confidence',
] as const;
export type Field = (typeof fields)[number];

export const listFields = ['hosts', 'tags', 'sources', 'dataClasses', 'authMechanisms'] as const;
export type ListField = (typeof listFields)[number];

export interface Order {
  field: Field;
  descending: boolean;
}
