import { patternFlaw } from '#model/pattern';
import type { Param } from '#model/sighting';

/**
 * Whether a value, or a typed placeholder (`{integer}`) that stands for values met in traffic, may be what a declared
 * path parameter takes. A value outside of the parameter's type, enumeration or pattern is a sibling, not this parameter.
 */
export function fits(value: string, param: Param | undefined): boolean {
  if (!param) return true;
  const placeholder = /^\{([^{}]*)\}$/.exec(value)?.[1];
  if (placeholder !== undefined) return typeFits(placeholder, param);
  if (param.enum) return param.enum.includes(value);
  if (param.minLength !== undefined && value.length < param.minLength) return false;
  if (param.maxLength !== undefined && value.length > param.maxLength) return false;
  if (param.pattern !== undefined && !matchesPattern(value, param.pattern)) return false;
  switch (param.type) {
    case 'integer':
      return /^[+-]?[0-9]+$/.test(value);
    case 'number':
      return /^[+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?$/.test(value);
    case 'boolean':
      return /^(?:true|false|0|1)$/i.test(value);
    default:
      return formatFits(value, param.format ?? param.type);
  }
}

/** A typed placeholder can only be refused on a type that excludes it. */
function typeFits(type: string, param: Param): boolean {
  if (type === 'string' || type === '') return param.type !== 'integer' && param.type !== 'number' && !param.enum;
  switch (param.type) {
    case 'integer':
      return type === 'integer';
    case 'number':
      return type === 'integer' || type === 'number';
    case 'boolean':
      return false;
    default:
      if (param.format === 'uuid' || param.type === 'uuid') return type === 'uuid';
      return !param.enum || param.enum.some((item) => item.length > 0);
  }
}

function formatFits(value: string, format: string | undefined): boolean {
  switch (format) {
    case 'uuid':
      return /^[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i.test(value);
    case 'date':
      return /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value);
    case 'date-time':
      return /^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]/.test(value);
    default:
      return true;
  }
}

const patterns = new Map<string, RegExp | null>();

/** What a document's pattern is tried on: a repetition more costs a power of it. */
const maxValue = 64;

/**
 * A document's own pattern (ECMA 262, unanchored as JSON Schema has it). Documents and values are hostile: a pattern that could
 * take for ever, or does not compile, decides nothing.
 */
function matchesPattern(value: string, pattern: string): boolean {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    if (patterns.size > 10_000) patterns.clear();
    compiled = patternFlaw(pattern) === null ? new RegExp(pattern) : null;
    patterns.set(pattern, compiled);
  }
  return compiled === null || value.length > maxValue || compiled.test(value);
}
