/**
 * What is read from an inventory, held against what noontide writes: the file may be somebody else's work. Fields that are
 * not named here may be there too.
 */
export type Check = (value: unknown) => boolean;

/** A row or a JSON column holds what noontide does not write. The store makes an `InventoryError` of it. */
export class StoredError extends Error {
  override name = 'StoredError';
}

export const text: Check = (value) => typeof value === 'string';
export const number: Check = (value) => typeof value === 'number';
export const flag: Check = (value) => typeof value === 'boolean';
/** Epoch milliseconds that a Date can have (ECMA-262, section 21.4.1.1). */
export const time: Check = (value) => typeof value === 'number' && Math.abs(value) <= 8.64e15;

export function oneOf(...values: readonly string[]): Check {
  const known = new Set<unknown>(values);
  return (value) => known.has(value);
}

export function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}

export function nullable(check: Check): Check {
  return (value) => value === null || check(value);
}

export function list(item: Check): Check {
  return (value) => Array.isArray(value) && value.every(item);
}

export function record(item: Check): Check {
  return (value) => isRecord(value) && Object.values(value).every(item);
}

/** Every field of a type has to be named: one that is forgotten does not compile. */
export function shape<T>(checks: { [Field in keyof T]-?: Check }): Check {
  const fields = Object.entries<Check>(checks);
  return (value) => isRecord(value) && fields.every(([field, check]) => check(value[field]));
}

/** The same for a type of which nothing has to be there: asks only what is. */
export function partial<T>(checks: { [Field in keyof T]-?: Check }): Check {
  const known = new Map(Object.entries<Check>(checks));
  return (value) => isRecord(value) && Object.keys(value).every((field) => known.get(field)?.(value[field]) ?? true);
}

/** Throws {@link StoredError} for a row that is not as its check has it. */
export function checkRow<Row>(table: string, row: Row, check: Check): Row {
  if (!check(row)) throw new StoredError(`a row of ${table} holds what noontide does not write`);
  return row;
}

/** A JSON column, read. Throws {@link StoredError} for text that is no JSON, or not of that shape. */
export function readJson<T>(column: string, json: string, check: Check): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    // The parser's own message quotes what it was given.
    throw new StoredError(`${column} holds what is no JSON`);
  }
  if (!check(value)) throw new StoredError(`${column} holds what noontide does not write`);
  return value as T;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
