/** What the process's exit tells a script; docs/cli.md explains each. */
export const exit = {
  ok: 0,
  findings: 1,
  usage: 2,
  incomplete: 3,
  inventory: 4,
  /** A defect of this program. */
  defect: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/** The command cannot be understood or carried out as given: exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
