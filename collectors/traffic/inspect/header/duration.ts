/** A class of a time in seconds, so that figures of one kind look alike. */
export function durationClass(seconds: number): string {
  if (seconds <= 0) return 'none';
  if (seconds < 60) return 'seconds';
  if (seconds < 3_600) return 'minutes';
  if (seconds < 86_400) return 'hours';
  return seconds < 31 * 86_400 ? 'days' : 'longer';
}
