import { type Field, fields, type ListField, listFields } from '#model/condition';
import { type Endpoint, leaves, verdicts } from '#model/endpoint';
import { protocols } from '#model/sighting';

export type FieldType = 'string' | 'int' | 'double' | 'timestamp';

const declaredStates = ['active', 'deprecated', 'sunset', 'removed', 'none', 'unknown'];
const deployedStates = ['yes', 'draft', 'no', 'unknown'];
const codedStates = ['yes', 'no', 'unknown'];
const observedStates = ['fresh', 'stale', 'never', 'unknown'];

/** The CEL type of every field that holds one value. */
export const fieldTypes: Record<Field, FieldType> = {
  id: 'string',
  environment: 'string',
  service: 'string',
  protocol: 'string',
  method: 'string',
  path: 'string',
  declared: 'string',
  deployed: 'string',
  coded: 'string',
  observed: 'string',
  leaf: 'string',
  verdict: 'string',
  reason: 'string',
  auth: 'string',
  exposure: 'string',
  owner: 'string',
  version: 'string',
  firstSeen: 'timestamp',
  lastSeen: 'timestamp',
  lastCall: 'timestamp',
  calls: 'int',
  confidence: 'double',
};

/** Fields whose values are a closed set: any other value is a mistake of whoever asks. */
export const fieldValues: Partial<Record<Field, readonly string[]>> = {
  protocol: protocols,
  declared: declaredStates,
  deployed: deployedStates,
  coded: codedStates,
  observed: observedStates,
  leaf: leaves,
  verdict: verdicts,
  auth: ['yes', 'no', 'optional', 'unknown'],
};

export const allFields: readonly string[] = [...fields, ...listFields];

export function isField(name: string): name is Field {
  return Object.hasOwn(fieldTypes, name);
}

export function isListField(name: string): name is ListField {
  return (listFields as readonly string[]).includes(name);
}

/** `null` only for the last call of an endpoint that was never called. */
export function fieldValue(endpoint: Endpoint, field: Field): string | number | null {
  switch (field) {
    case 'declared':
    case 'deployed':
    case 'coded':
    case 'observed':
      return endpoint.planes[field];
    case 'leaf':
    case 'verdict':
    case 'reason':
      return endpoint.verdict[field];
    default:
      return endpoint[field];
  }
}

export function listValue(endpoint: Endpoint, field: ListField): string[] {
  return endpoint[field];
}
