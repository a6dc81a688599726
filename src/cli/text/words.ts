import { figure } from '#model/figure';

/** `2026-06-15 12:30` in UTC; `—` for never. */
export function moment(at: number | null): string {
  return at === null ? '—' : new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** `12 shadow, 3 zombie`, in the order given, without what is zero. */
export function tally<K extends string>(counts: Partial<Record<K, number>>, order: readonly K[]): string {
  return order
    .filter((name) => (counts[name] ?? 0) > 0)
    .map((name) => `${figure(counts[name] ?? 0)} ${name}`)
    .join(', ');
}
