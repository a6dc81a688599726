const integer = new Intl.NumberFormat('en-US');

/** `1,234`. */
export function count(value: number): string {
  return integer.format(value);
}

/** `1 endpoint`, `2 endpoints`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** `2026-06-15 12:30` in UTC; `—` for never. */
export function moment(at: number | null): string {
  return at === null ? '—' : new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** `350 ms`, `12.3 s`, `4 min 10 s`, `2 h 5 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `12 shadow, 3 zombie`, in the order given, without what is zero. */
export function tally<K extends string>(counts: Partial<Record<K, number>>, order: readonly K[]): string {
  return order
    .filter((name) => (counts[name] ?? 0) > 0)
    .map((name) => `${count(counts[name] ?? 0)} ${name}`)
    .join(', ');
}
