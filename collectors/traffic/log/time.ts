const months = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/**
 * Epoch milliseconds of a time as servers log it; NaN for anything else. Known are the common log format's
 * (`10/Oct/2000:13:55:36 -0700`, also with a fraction or without a zone), ISO 8601 and RFC 3339 with any fraction, and the time since
 * 1970 in seconds, milli-, micro- or nanoseconds, which are told apart by their size. `zone` (minutes east of UTC) is of times that
 * have none of their own.
 */
export function timeOf(text: string, zone = 0): number {
  if (text.length > 64) return Number.NaN;
  const third = text.charCodeAt(2);
  if (third === slash || text.charCodeAt(1) === slash) return commonTime(text, zone);
  if (text.charCodeAt(4) === dash) return isoTime(text, zone);
  return sinceEpoch(text);
}

/** Minutes east of UTC of `Z`, `+02:00` or `-0530`; NaN for anything else. */
export function zoneOf(text: string): number {
  if (text === 'Z' || text === 'z') return 0;
  const found = /^([+-])([0-9]{2}):?([0-9]{2})?$/.exec(text);
  if (!found) return Number.NaN;
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  return found[1] === '-' ? -minutes : minutes;
}

/** Remembers the last time it read: many lines of a busy server have the same second. */
export class Clock {
  readonly #zone: number;
  #text = '';
  #at = Number.NaN;

  constructor(zone: number) {
    this.#zone = zone;
  }

  read(text: string): number {
    if (text !== this.#text) this.#at = timeOf(text, this.#zone);
    // Also when it is equal: to compare a string with itself costs nothing.
    this.#text = text;
    return this.#at;
  }
}

const slash = 0x2f;
const dash = 0x2d;

const common =
  /^([0-9]{1,2})\/([A-Z][a-z]{2})\/([0-9]{4}):([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,9}))?(?: ?([+-][0-9]{4}|Z))?$/;

function commonTime(text: string, zone: number): number {
  const found = common.exec(text);
  if (!found) return Number.NaN;
  const month = months.indexOf(found[2] as string) / 3;
  if (!Number.isInteger(month) || month < 0) return Number.NaN;
  return utc(Number(found[3]), month, found[1], found[4], found[5], found[6], found[7], found[8], zone);
}

const iso =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,12}))?(?: ?([Zz]|[+-][0-9]{2}:?(?:[0-9]{2})?))?$/;

function isoTime(text: string, zone: number): number {
  const found = iso.exec(text);
  if (!found) return Number.NaN;
  return utc(Number(found[1]), Number(found[2]) - 1, found[3], found[4], found[5], found[6], found[7], found[8], zone);
}

function utc(
  year: number,
  month: number,
  day = '',
  hour = '',
  minute = '',
  second = '',
  fraction = '',
  offset: string | undefined,
  zone: number,
): number {
  if (month > 11 || Number(day) > 31 || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60)
    return Number.NaN;
  const east = offset === undefined ? zone : zoneOf(offset);
  const milliseconds = fraction === '' ? 0 : Math.floor(Number(`0.${fraction}`) * 1_000 + 1e-6);
  return Date.UTC(year, month, Number(day), Number(hour), Number(minute), Number(second), milliseconds) - east * 60_000;
}

/** Of 1973 and later the units do not overlap. */
function sinceEpoch(text: string): number {
  if (!/^[0-9]{9,19}(?:\.[0-9]{0,12})?$/.test(text)) return Number.NaN;
  const value = Number(text);
  if (value < 1e11) return Math.floor(value * 1_000 + 1e-4);
  if (value < 1e14) return Math.floor(value);
  return Math.floor(value < 1e17 ? value / 1_000 : value / 1_000_000);
}

const units: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** Milliseconds of a duration with its units (`1.5ms`, `0.012s`, `1m2.5s`); NaN for anything else. */
export function durationOf(text: string): number {
  if (!/^(?:[0-9]{1,15}(?:\.[0-9]{1,15})?(?:ns|us|µs|μs|ms|s|m|h)){1,4}$/.test(text)) return Number.NaN;
  let sum = 0;
  for (const [, value, unit] of text.matchAll(/([0-9.]+)([a-zµμ]+)/g))
    sum += Number(value) * (units.get(unit ?? '') ?? 0);
  return sum;
}
