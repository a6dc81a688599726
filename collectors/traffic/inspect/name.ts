import { isIPv6 } from 'node:net';
import { retained } from '#collectors/traffic/retained';
import { segmentType } from '#path/segment';
import { holdsVendorKey } from './data-class/vendor-key.ts';

const shape = /^(?:[\w$@#~.:/-]|\[\]|\{\})+$/;
const atSign = /.@/;
/** No word has so many characters of one case without a break, and a digit among them. */
const unbroken = /(?:[a-z0-9]{18,}|[A-Z0-9]{18,})/g;

/** Keys repeat in every item and every sample: what was decided is kept for as many as an application has. */
const known = new Map<string, boolean>();
const maxKnown = 4_096;

/**
 * Whether a text that stands where a name does (a JSON key, a header, an operation) is one that a program chose, and no value in
 * its place: an id, an address, a token. Short words cannot be told from names of people and count as names.
 */
export function isName(text: string): boolean {
  if (text.length === 0 || text.length > 64) return false;
  let is = known.get(text);
  if (is === undefined) {
    is = decide(text);
    if (known.size >= maxKnown) known.clear();
    known.set(retained(text), is);
  }
  return is;
}

function decide(text: string): boolean {
  return (
    shape.test(text) &&
    text !== '__proto__' &&
    !atSign.test(text) &&
    segmentType(text) === null &&
    isWordy(text) &&
    !(text.match(unbroken) ?? []).some((run) => /[0-9]/.test(run)) &&
    !isIPv6(text) &&
    !holdsVendorKey(text)
  );
}

/** At most four digits together and six in all, and no changing between letters and digits as random texts have it. */
function isWordy(text: string): boolean {
  let run = 0;
  let digits = 0;
  let changes = 0;
  let capitals = 0;
  let previous = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = code >= 48 && code <= 57 ? 1 : (code | 32) >= 97 && (code | 32) <= 122 ? 2 : 0;
    if (kind === 1) {
      digits++;
      run++;
    } else run = 0;
    if (run > 4 || digits > 6) return false;
    if (kind !== 0 && previous !== 0 && kind !== previous) changes++;
    if (kind === 2 && code <= 90) capitals++;
    previous = kind;
  }
  if (digits === text.length || changes > 4 || (changes > 2 && digits > 3)) return false;
  return !(digits > 0 && capitals + digits === text.length && text.length >= 12);
}

/** Whether a reader's word for a call (`tools/call search`) is made of names: it may hold what it was sent. */
export function isCall(call: string): boolean {
  return call.length <= 128 && call.split(' ').every(isName);
}
