import { counted } from '#model/figure';

const units: [ms: number, name: string][] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** `40 ms`, `2.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`: milliseconds in at most two units. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1).replace(/\.0$/, '')} s`;
  let rest = Math.round(ms / 1_000) * 1_000;
  const parts: string[] = [];
  for (const [size, name] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}

/** `1,234 files`, `12.3 MB`: a number of something. */
export function amountText(count: number, unit: string): string {
  if (unit !== 'bytes') {
    const rounded = Math.round(count);
    return `${counted(rounded, singular(unit), unit)}`;
  }
  const step = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let size = count;
  let at = 0;
  for (; size >= 1_000 && at < step.length - 1; at++) size /= 1_000;
  return `${at === 0 ? Math.round(size) : size.toFixed(size < 10 ? 1 : 0)} ${step[at]}`;
}

function singular(unit: string): string {
  return unit.endsWith('ies') ? `${unit.slice(0, -3)}y` : unit.replace(/s$/, '');
}
