/**
 * The type of a value that cannot be a literal of a template, or `null` for what may be one.
 *
 * Deliberately narrow: what it names is never a word, so that typing alone swallows no operation. Versions (`v2`, `2.1`) stay
 * literal. The types are JSON Schema's formats where there is one.
 */
export function segmentType(value: string): string | null {
  const { length } = value;
  if (length === 0 || length > 512) return length > 512 ? 'string' : null;
  const met = marksOf(value);
  if (length >= 6 && (met & at) !== 0 && email.test(value)) return 'email';
  if ((met & digit) === 0) {
    if (length >= 32 && (met & ~(letters | underscore)) === 0 && mixedCase(value)) return 'token';
    return (met & foreign) !== 0 && encoded.test(value) ? 'string' : null;
  }
  if ((met & (letters | underscore | at | foreign | other)) === 0) {
    if ((met & ~digit) === 0 || integer.test(value)) return 'integer';
    if ((met & dot) !== 0 && number.test(value)) return 'number';
    if (length === 10 && date.test(value)) return 'date';
    if ((met & dot) !== 0 && ipv4.test(value)) return 'ipv4';
  }
  if (length === 36 && (met & dash) !== 0 && uuid.test(value)) return 'uuid';
  if (length > 11 && value[4] === '-' && dateTime.test(value)) return 'date-time';
  if ((met & ~(digit | lowerHex)) === 0 || (met & ~(digit | upperHex)) === 0) {
    if (length >= 16 || (length >= 8 && digits(value) >= 2)) return 'hex';
  }
  if (length === 26 && ulid.test(value)) return 'ulid';
  if (value.startsWith('eyJ') && jwt.test(value)) return 'jwt';
  if ((met & (dash | underscore)) !== 0 && prefixedId.test(value)) return 'id';
  if (length >= 16 && (met & (dot | at | foreign | other)) === 0 && isOpaque(value)) return 'token';
  return (met & foreign) !== 0 && encoded.test(value) ? 'string' : null;
}

/** What a value has, a bit each: most are words, which leave after one look at each of their characters. */
const digit = 1;
const lowerHex = 2;
const upperHex = 4;
const lower = 8;
const upper = 16;
const dash = 32;
const underscore = 64;
const dot = 128;
const at = 256;
/** A percent sign, or no visible character of ASCII. */
const foreign = 512;
const other = 1_024;
const letters = lowerHex | upperHex | lower | upper;

const marks = new Uint16Array(128).fill(other);
for (let code = 0; code <= 32; code++) marks[code] = foreign;
for (let code = 48; code <= 57; code++) marks[code] = digit;
for (let code = 97; code <= 122; code++) marks[code] = code <= 102 ? lowerHex : lower;
for (let code = 65; code <= 90; code++) marks[code] = code <= 70 ? upperHex : upper;
marks[37] = foreign;
marks[45] = dash;
marks[46] = dot;
marks[61] = underscore;
marks[64] = at;
marks[95] = underscore;
marks[127] = foreign;

function marksOf(value: string): number {
  let met = 0;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    met |= code < 128 ? marks[code]! : foreign;
  }
  return met;
}

/** True for a segment that names a version of an API: `v1`, `v2.1`, `v1beta2`, `2024-05-01` is a date and is not. */
export function isVersion(segment: string): boolean {
  return version.test(segment);
}

/** The number of a version segment, for order: `v2.1` is 2.001; pre-releases come before their release. */
export function versionNumber(segment: string): number | null {
  const found = version.exec(segment);
  if (!found) return null;
  const major = Number(found[1]);
  const minor = found[2] ? Number(found[2]) / 1_000 : 0;
  return major + minor - (found[3] ? 0.000_5 : 0);
}

const integer = /^-?[0-9]+$/;
/** Two dotted numbers with a sign or a longer fraction; `2.1` alone reads as a version. */
const number = /^(?:-[0-9]+\.[0-9]+|[0-9]+\.[0-9]{2,})$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const date = /^(?:1[89]|2[01])[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$/;
const dateTime = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9:]+)?$/i;
/** Crockford's base 32, 48 bits of time first (github.com/ulid/spec): the first digit is at most 7. */
const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;
const jwt = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/;
const email = /^[^@\s/]+(?:@|%40)[^@\s/]+\.[A-Za-z]{2,}$/;
const ipv4 = /^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$/;
/** `ord_8f3k2`, `cus-000123`, `INV-2024-00017`: a short noun and a tail that has digits. */
const prefixedId = /^[A-Za-z]{2,8}[_-](?=[A-Za-z0-9]*[0-9][A-Za-z0-9]*[0-9])[A-Za-z0-9]{4,}$|^[A-Z]{2,6}-[0-9-]{3,}$/;
/** A space, a quote or a byte beyond ASCII: values have them, templates do not. */
const encoded = /%[0-9A-F]{2}|[^\x21-\x7e]/;
const version = /^v([0-9]{1,3})(?:[._]([0-9]{1,3}))?((?:alpha|beta|rc|preview)[0-9]*)?$/i;

function digits(value: string): number {
  let count = 0;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code >= 48 && code <= 57) count++;
  }
  return count;
}

/** Random letters are half capitals; of words written together, a letter in five begins one. */
function mixedCase(value: string): boolean {
  const capitals = value.replace(/[^A-Z]/g, '').length;
  return capitals > value.length * 0.3 && capitals < value.length * 0.7;
}

/** Words joined by dashes are slugs; runs that change between digits and letters often, or mix case, are tokens. */
function isOpaque(value: string): boolean {
  let changes = 0;
  let previous = 0;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    const kind = code >= 48 && code <= 57 ? 1 : code >= 97 ? 2 : code >= 65 && code <= 90 ? 3 : 4;
    if (previous !== 0 && kind !== previous && kind !== 4 && previous !== 4) changes++;
    previous = kind;
  }
  return changes >= 4;
}
