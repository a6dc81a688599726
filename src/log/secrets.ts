/** Secrets that this process knows the value of. Process-wide, so that no way out can forget them. */
const known = new Set<string>();

const shortest = 4;

/** Keeps a value, and the ways it is written in URLs and Basic credentials, out of everything that is redacted from here on. */
export function concealSecret(value: string): void {
  // A shorter one would be found in every other word.
  if (value.length < shortest) return;
  known.add(value);
  known.add(encodeURIComponent(Buffer.from(value).toString()));
  known.add(Buffer.from(value).toString('base64'));
}

/** The longest first, so that no secret is left half by a shorter one within it. */
export function concealedSecrets(): string[] {
  return [...known].sort((a, b) => b.length - a.length);
}
