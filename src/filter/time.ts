import { parseDuration } from '#model/duration';
import { FilterError } from './error.ts';

/** `30d`, `12h`, `1h30m`, `2w` in milliseconds. Throws {@link FilterError}. */
export function durationOf(text: string): number {
  const found = parseDuration(text);
  if (found !== null) return found;
  throw new FilterError(
    `"${text.slice(0, 40)}" is no duration. Write 30d, 12h, 2w or 1h30m (units w, d, h, m, s, ms).`,
  );
}

/**
 * A moment as epoch milliseconds: a duration before `now` (`30d`), a day (`2026-01-31`, from its beginning in UTC), or a
 * date and time (RFC 3339; without an offset it is UTC). Throws {@link FilterError}.
 */
export function parseMoment(text: string, now: number): number {
  const trimmed = text.trim();
  if (/^[0-9]+[a-z]/.test(trimmed)) return now - durationOf(trimmed);
  const found =
    /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)([Zz]|[+-][0-9]{2}:[0-9]{2})?)?$/.exec(
      trimmed,
    );
  const [, day = '', time = '00:00', offset = 'Z'] = found ?? [];
  const at = found ? Date.parse(`${day}T${time}${offset.toUpperCase()}`) : Number.NaN;
  if (Number.isNaN(at) || !isDay(day)) {
    throw new FilterError(`"${trimmed.slice(0, 40)}" is no time. Write 30d, 2026-01-31 or 2026-01-31T12:00:00Z.`);
  }
  return at;
}

/** The platform rolls 31 February over into March. */
function isDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) === day;
}
