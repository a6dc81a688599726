import type { Trouble } from './input/format.ts';

/**
 * Why a file was not read, by what the file system says.
 *
 * @throws an error that is of another kind.
 */
export function unreadable(error: unknown): Trouble {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  const denied = code === 'EACCES' || code === 'EPERM';
  return {
    completeness: denied ? 'denied' : 'failed',
    problem: { message: `cannot be read (${code})`, mend: 'give the user who scans the right to read it' },
  };
}
