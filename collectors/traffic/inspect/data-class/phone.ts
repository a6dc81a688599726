/** Words of a name that announce a number to call. */
export const phoneNames =
  / (?:phone|telephone|tel|mobile|cell|cellphone|fax|msisdn|whatsapp|phone ?number|telefon|telefono|telefone|handy) (?:(?:number|no|nr|home|work|[0-9]) )?$/;

/** E.164: a plus, no leading zero, at most 15 digits; with the separators that people write. */
const international = /^\+[1-9][0-9 ().-]+[0-9]$/;
/** North American with its brackets, which nothing else has. */
const bracketed = /^\([2-9][0-9]{2}\) ?[2-9][0-9]{2}[- .][0-9]{4}$/;
const anyWritten = /^[+(]?[0-9][0-9 ()./-]{5,24}$/;

/** A number to call by its own writing, without a name that says so. */
export function isPhoneByShape(text: string): boolean {
  if (text.length > 26 || text.length < 10) return false;
  const first = text.charCodeAt(0);
  if (first === 40) return bracketed.test(text);
  if (first !== 43 || !anyWritten.test(text)) return false;
  const digits = digitsOf(text);
  return digits >= 10 && digits <= 15 && international.test(text) && !/^\+([0-9])\1+$/.test(text);
}

/** A number that may be called, where the field's name says that it is. */
export function isPhoneByName(text: string): boolean {
  if (text.length > 26 || !anyWritten.test(text)) return false;
  const digits = digitsOf(text);
  return digits >= 7 && digits <= 15 && !/^(.)\1+$/.test(text);
}

function digitsOf(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) count++;
  }
  return count;
}
