import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told apart from every other one that has had its number. */
export interface ProcessId {
  host: string;
  /** Boot and process namespace, within which a number means one process at a time; empty where /proc does not tell. */
  space: string;
  pid: number;
  /** Start in clock ticks after boot (proc(5), field 22 of stat); empty where /proc does not tell. */
  started: string;
}

let here: ProcessId | undefined;

export function thisProcess(): ProcessId {
  here ??= { host: hostname(), space: processSpace(), pid: process.pid, started: startOf(process.pid) ?? '' };
  return here;
}

/**
 * `true` when it surely runs no more, `false` when it surely runs, `null` when that cannot be seen from here: another
 * host, another container, or a boot ago.
 */
export function isGone(other: ProcessId): boolean | null {
  const { host, space } = thisProcess();
  if (other.host !== host || other.space !== space) return null;
  if (!exists(other.pid)) return true;
  if (other.started === '') return false;
  const started = startOf(other.pid);
  // There, but hidden from this user: nothing is known of it.
  return started === null ? null : started !== other.started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function processSpace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // No Linux, or /proc is hidden: the host's name has to do.
    return '';
  }
}

/** `null` when there is no such process, or no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the command in parentheses, and may hold any character, also `)`.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
