import { homedir } from 'node:os';

/**
 * The user's home folder; null when nothing names one: HOME is empty, or it is not set and the user is not in the list of users,
 * as in a container that runs under any number.
 */
export function homeFolder(): string | null {
  try {
    return homedir() || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SYSTEM_ERROR') return null;
    throw error;
  }
}
