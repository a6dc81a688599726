import { type Place, placeText, type Reader } from './refs.ts';
import { asText, asTrue, get } from './value.ts';

/** `deprecated` of the specification, or `x-deprecated` as documents of 2.0 and of whole paths have it. */
export function isDeprecated({ value }: Place): boolean {
  return asTrue(get(value, 'deprecated')) || asTrue(get(value, 'x-deprecated'));
}

/**
 * `x-sunset`: the date after which an operation may be gone, in epoch milliseconds. A date alone begins at midnight UTC. What
 * is no date is noted, and `undefined`.
 */
export function readSunset(place: Place, reader: Reader): number | undefined {
  const given = get(place.value, 'x-sunset');
  if (given === undefined) return undefined;
  const at = parseDate(asText(given) ?? '');
  if (at === null) {
    reader.note('x-sunset is no date', placeText(place), 'write it as 2027-01-31 or 2027-01-31T12:00:00Z');
  }
  return at ?? undefined;
}

/** A date or date-time of RFC 3339; a time without a zone is UTC. */
function parseDate(text: string): number | null {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)([Zz]|[+-]\d{2}:?\d{2})?)?$/.exec(
    text,
  );
  if (!found) return null;
  const [, date = '', time = '00:00', zone = 'Z'] = found;
  // A day that its month has not rolls over into the next.
  const day = Date.parse(`${date}T00:00Z`);
  if (Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== date) return null;
  const at = Date.parse(`${date}T${time}${zone.toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
  return Number.isNaN(at) ? null : at;
}
