/**
 * The words of a name, lower case, between spaces: `customerEMail2` and `customer_e-mail_2` are ` customer e mail 2 `. An acronym
 * stays one word (`userSSN` is ` user ssn `).
 */
export function wordsOf(name: string): string {
  let words = ' ';
  let previous = 0;
  for (let i = 0; i < name.length && i < 64; i++) {
    const code = name.charCodeAt(i);
    const kind = kindOf(code);
    if (kind === 0) {
      if (previous !== 0) words += ' ';
    } else {
      const next = i + 1 < name.length ? kindOf(name.charCodeAt(i + 1)) : 0;
      const begins =
        (kind === 2 && (previous === 1 || (previous === 2 && next === 1))) || (kind === 3) !== (previous === 3);
      if (begins && previous !== 0) words += ' ';
      words += kind === 2 ? String.fromCharCode(code + 32) : name[i];
    }
    previous = kind;
  }
  return previous === 0 ? words : `${words} `;
}

/** 0 what parts words, 1 small letters, 2 capitals, 3 digits. */
function kindOf(code: number): 0 | 1 | 2 | 3 {
  if (code >= 97 && code <= 122) return 1;
  if (code >= 65 && code <= 90) return 2;
  return code >= 48 && code <= 57 ? 3 : 0;
}
