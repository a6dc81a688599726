import { luhn } from './checksum.ts';

/** Issuers by the first digits of their numbers (ISO/IEC 7812), from and to, and the lengths that they issue. */
const issuers: readonly (readonly [from: number, to: number, ...lengths: number[]])[] = [
  [4, 4, 13, 16, 19], // Visa
  [51, 55, 16], // Mastercard
  [2_221, 2_720, 16],
  [34, 34, 15], // American Express
  [37, 37, 15],
  [6_011, 6_011, 16, 19], // Discover
  [644, 659, 16, 19],
  [300, 305, 14, 16], // Diners Club
  [36, 36, 14],
  [38, 39, 14, 16],
  [3_528, 3_589, 16, 19], // JCB
  [62, 62, 16, 17, 18, 19], // UnionPay
  [2_200, 2_204, 16, 19], // Mir
  [6_521, 6_522, 16], // RuPay
];

/** Whether a number of digits alone has an issuer, its length and the check digit. */
export function isCardNumber(digits: string): boolean {
  return hasIssuer(digits) && luhn(digits);
}

/** Whether it could be one by its beginning and length. */
export function hasIssuer(digits: string): boolean {
  return issuers.some(([from, to, ...lengths]) => {
    if (!lengths.includes(digits.length)) return false;
    const first = Number(digits.slice(0, String(from).length));
    return first >= from && first <= to;
  });
}
