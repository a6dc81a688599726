import { isIP } from 'node:net';
import { holdsEmail } from './email.ts';
import { isIban } from './iban.ts';
import { nationalIds } from './national-id.ts';
import { hasIssuer, isCardNumber } from './payment-card.ts';
import { isPhoneByName, isPhoneByShape } from './phone.ts';
import type { Sense } from './sense.ts';
import { vendorKeys } from './vendor-key.ts';

/** Who is told what a value is. */
export interface Recognised {
  /** It is one. */
  sure(name: string): void;
  /** It passes, or fails, a check that one number in ten passes by chance: several different ones tell. */
  maybe(name: string, text: string, passes: boolean): void;
}

/** Different values that must pass, and none fail, before a class is told that its checks alone do not prove. */
export const distinctNeeded: ReadonlyMap<string, number> = new Map([
  ['payment-card', 2],
  ...nationalIds.flatMap(({ class: name, distinct }): [string, number][] => (distinct ? [[name, distinct]] : [])),
]);
const byCheckAlone = nationalIds.filter(({ distinct }) => distinct !== undefined);

const jwt = /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{4,}\.[\w-]*/;
const basicUrl = /:\/\/[^/\s:@?#]{1,64}:[^/\s:@?#]{1,128}@/;
const groupedCard = /(?<![0-9-])[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?![0-9-])/g;
const longest = 262_144;

/**
 * Tells the classes of one scalar value: its text, and whether it was a number. One pass for each recogniser, each linear in the
 * text's length; hot: once for each value of an inspected body, so that short words leave by the first lines.
 */
export function recognise(sense: Sense, text: string, found: Recognised): void {
  const length = text.length;
  if (length === 0 || length > longest) return;
  for (const { class: name, value } of sense.named) if (value(text)) found.sure(name);
  if (length < 4) return;
  if (length <= 42) {
    if (hasDigit(text)) {
      recogniseNumber(sense, text, found);
      if (length >= 15 && isIban(text)) found.sure('iban');
    }
  } else recogniseLong(text, found);
  if (text.includes('@')) {
    if (holdsEmail(text)) found.sure('email');
    if (text.includes('://') && basicUrl.test(text)) found.sure('url-credentials');
  }
  if (length >= 18) for (const name of vendorKeys(text)) found.sure(name);
}

/** Texts that are no single number or name: what is sure by its own shape alone. */
function recogniseLong(text: string, found: Recognised): void {
  if (text.includes('eyJ') && jwt.test(text)) found.sure('jwt');
  if (text.length > 4_096 && !text.includes(' ')) return;
  for (const [number, separator] of text.matchAll(groupedCard))
    if (isCardNumber(number.replaceAll(separator ?? ' ', ''))) found.maybe('payment-card', number, true);
}

function recogniseNumber(sense: Sense, text: string, found: Recognised): void {
  if (sense.phone ? isPhoneByName(text) : !sense.other && isPhoneByShape(text)) found.sure('phone');
  if (sense.ip && isIP(text) !== 0 && !isOwnAddress(text)) found.sure('ip-address');
  const digits = countDigits(text);
  if (digits < 4 || text.length > 26) return;
  const id = plainId(text);
  let announced = false;
  for (const national of sense.ids) {
    if (!national.shape.test(text) || !national.check(id)) continue;
    announced = true;
    found.sure(national.class);
  }
  if (digits >= 13 && digits <= 19 && digits === id.length) recogniseCard(sense, text, id, found);
  if (digits < 7 || announced || sense.other || sense.phone || sense.card) return;
  for (const national of byCheckAlone)
    if (national.shape.test(text)) found.maybe(national.class, id, national.check(id));
}

/** Written in groups of four, nothing else is likely; a plain number needs its field's name, or company. */
function recogniseCard(sense: Sense, text: string, digits: string, found: Recognised): void {
  if (!hasIssuer(digits) || /^(.)\1+$/.test(digits)) return;
  const passes = isCardNumber(digits);
  if (sense.card) {
    if (passes) found.sure('payment-card');
  } else if (!sense.other && !sense.phone && sense.named.length === 0) {
    if (text.length === digits.length) found.maybe('payment-card', digits, passes);
    else if (passes && /^[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}$/.test(text)) found.sure('payment-card');
  }
}

/** Letters and digits of a number that is written with separators, in upper case. */
function plainId(text: string): string {
  return /^[0-9]{6}[-+A-Ya-y][0-9]{3}[0-9A-Ya-y]$/.test(text)
    ? text.toUpperCase().replace(/[+-]/, '')
    : text.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
}

function isOwnAddress(text: string): boolean {
  return text === '0.0.0.0' || text === '::' || text === '::1' || text.startsWith('127.');
}

function hasDigit(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) return true;
  }
  return false;
}

function countDigits(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) count++;
  }
  return count;
}
