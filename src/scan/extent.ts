import type { Progress } from '#collectors/collector';
import { amountText, durationText } from './figures.ts';

/** How far a source has come after `ms`: `34 % of 1.2 GB, 45 MB/s, 12,345 sightings, 18 s left`. */
export function extent({ done, total, unit }: Progress, sightings: number, ms: number): string {
  const parts: string[] = [];
  if (total !== undefined && total > 0) {
    parts.push(`${Math.min(100, Math.floor((done / total) * 100))} % of ${amountText(total, unit)}`);
  } else parts.push(amountText(done, unit));
  const seconds = ms / 1_000;
  if (seconds >= 1 && done > 0) parts.push(`${amountText(done / seconds, unit)}/s`);
  parts.push(amountText(sightings, 'sightings'));
  if (total !== undefined && done > 0 && done < total && seconds >= 1) {
    parts.push(`${durationText((ms * (total - done)) / done)} left`);
  }
  return parts.join(', ');
}
