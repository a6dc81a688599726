import { patternFlaw } from '#model/pattern';
import { ConditionError } from './store.ts';

/** A pattern of a condition, compiled. Throws {@link ConditionError} in words for the user when it may not be run. */
export function compilePattern(pattern: string): RegExp {
  const flaw = patternFlaw(pattern);
  if (flaw !== null) throw new ConditionError(`the pattern ${pattern.slice(0, 80)} is refused: ${flaw}`);
  return new RegExp(pattern);
}
