/** What JSON and YAML documents hold. Mappings are plain objects whose keys are hostile: ask them through {@link get}. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Mapping = { [key: string]: Value };

export function asMapping(value: Value | undefined): Mapping | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

export function asList(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

/** Text, or a number where a document left out the quotes; `undefined` when blank or anything else. */
export function asText(value: Value | undefined): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return String(value).trim() || undefined;
}

export function asCount(value: Value | undefined): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

export function asTrue(value: Value | undefined): boolean {
  return value === true || value === 'true';
}

/** The value of a mapping's own key, or of a list's index; never anything inherited. */
export function get(value: Value | undefined, key: string): Value | undefined {
  if (Array.isArray(value)) return /^(?:0|[1-9][0-9]{0,8})$/.test(key) ? value[Number(key)] : undefined;
  const mapping = asMapping(value);
  return mapping && Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

/** Adds a key so that `__proto__` is a key like any other. */
export function put(mapping: Mapping, key: string, value: Value): void {
  if (key === '__proto__') {
    Object.defineProperty(mapping, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    mapping[key] = value;
  }
}

const known = new WeakMap<object, string[]>();

/**
 * A mapping's keys in the document's order. Kept for large mappings: aliases and references let ten thousand operations share
 * one of a million keys.
 */
export function keysOf(value: Value | undefined): readonly string[] {
  const mapping = asMapping(value);
  if (!mapping) return [];
  let keys = known.get(mapping);
  if (!keys) {
    keys = Object.keys(mapping);
    if (keys.length > 64) known.set(mapping, keys);
  }
  return keys;
}

/** {@link keysOf} where a specification allows extensions (`x-…`) beside what it defines: those left out. */
export function fieldsOf(value: Value | undefined): readonly string[] {
  return keysOf(value).filter((key) => !key.startsWith('x-'));
}
