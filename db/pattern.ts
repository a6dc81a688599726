import { ConditionError } from './store.ts';

const maxLength = 1_000;

/**
 * A pattern of a condition, compiled. Throws {@link ConditionError} in words for the user: it does not compile, is
 * longer than 1,000 characters, or repeats a repetition (`(a+)+`), which can take for ever on a long path.
 */
export function compilePattern(pattern: string): RegExp {
  if (pattern.length > maxLength) {
    throw new ConditionError(`a pattern may have ${maxLength} characters; this one has ${pattern.length}`);
  }
  if (/(?:(?<!\\)[+*]|,[0-9]*\})\??\)(?:[+*]|\{[0-9]+,)/.test(pattern)) {
    throw new ConditionError(`the pattern ${pattern} repeats a repetition; write it with one`);
  }
  try {
    return new RegExp(pattern);
  } catch (error) {
    throw new ConditionError(`the pattern ${pattern} is no regular expression: ${(error as Error).message}`);
  }
}
