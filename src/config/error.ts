/** One thing that is wrong with the configuration. Lines and columns count from 1; `null` when there is no place to name. */
export interface ConfigProblem {
  file: string | null;
  line: number | null;
  column: number | null;
  /** Never holds a value of the configuration, for values may be secrets. */
  message: string;
  mend: string;
}

/** The configuration cannot be used: everything that is wrong with it, at once. Exit code 2. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(problemText).join('\n'));
    this.problems = problems;
  }
}

/** `noontide.yaml:3:5: there is no kind "specs" (did you mean "spec"?)`. */
export function problemText({ file, line, column, message, mend }: ConfigProblem): string {
  const place = [file, line, column].filter((part) => part !== null).join(':');
  return `${place === '' ? '' : `${place}: `}${message}${mend === '' ? '' : ` (${mend})`}`;
}
