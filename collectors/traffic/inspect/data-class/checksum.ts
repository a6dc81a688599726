/** The value of a digit at a place of a text that holds only digits. */
function digit(text: string, at: number): number {
  return text.charCodeAt(at) - 48;
}

/** Luhn's check digit (ISO/IEC 7812-1, annex B), last. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, twice = false; i >= 0; i--, twice = !twice) {
    const value = digit(digits, i) * (twice ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** The sum of digits by weights, beginning at the first; as many as there are weights. */
export function weighed(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += digit(digits, i) * weights[i]!;
  return sum;
}

/** The rest of a number of any length by a small modulus. Letters count 10 to 35, as ISO 7064 and ISO 13616 have it. */
export function remainder(text: string, modulus: number): number {
  let rest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    rest = code <= 57 ? (rest * 10 + code - 48) % modulus : (rest * 100 + code - 55) % modulus;
  }
  return rest;
}

/** ISO 7064, MOD 11,10: the check digit is last. */
export function mod11And10(digits: string): boolean {
  let product = 10;
  for (let i = 0; i < digits.length - 1; i++) {
    const sum = (product + digit(digits, i)) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digit(digits, digits.length - 1);
}

const verhoeffProduct = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
] as const;
const verhoeffPermutation = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
] as const;

/** Verhoeff's check digit (dihedral group of order ten), last. */
export function verhoeff(digits: string): boolean {
  let check = 0;
  for (let i = 0; i < digits.length; i++) {
    const permuted = digit(verhoeffPermutation[i % 8]!, digit(digits, digits.length - 1 - i));
    check = digit(verhoeffProduct[check]!, permuted);
  }
  return check === 0;
}
