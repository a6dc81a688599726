import { segmentType } from '#path/segment';

/**
 * Free text of a document as it may be shown: one line, at most `max` characters, and without what looks like a credential or
 * an address of a person. Authors paste both into titles and summaries.
 */
export function plain(text: string, max: number): string {
  const line = text
    .slice(0, max * 4)
    .replace(/\s+/g, ' ')
    .trim();
  const clean = line
    .replace(/\b(Bearer|Basic|Token) +[\w+/.~=-]{8,}/gi, '$1 …')
    .replace(/:\/\/[^\s/@]+@/g, '://')
    .replace(/[^\s"'`()<>,:=]+/g, (word) => (isSecret(word) ? '…' : word));
  return clean.length > max ? `${clean.slice(0, max - 1)}…` : clean;
}

/** A token, a JSON Web Token, a long hexadecimal key or an e-mail address. */
export function isSecret(value: string): boolean {
  if (/^(?:Bearer|Basic|Token)\s/i.test(value)) return true;
  if (value.length < 6 || value.length > 4_096) return value.length > 4_096;
  if (/^eyJ[\w-]{8,}/.test(value)) return true;
  const type = segmentType(value.replace(/[.;!?]+$/, ''));
  return type === 'email' || type === 'jwt' || (value.length >= 20 && (type === 'token' || type === 'hex'));
}
