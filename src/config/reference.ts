/** A text with its references to the environment replaced. Indices count from the start of the text. */
export interface Expanded {
  text: string;
  /** Variables that are not set and have no default. */
  missing: { name: string; index: number }[];
  /** Where a `${` begins that is no reference. */
  malformed: number[];
  /** What came from the environment, which may be secret. */
  taken: { name: string; value: string }[];
}

/**
 * Replaces `${NAME}` and `${NAME:-default}` (as in POSIX sh, section 2.6.2: the default also stands for an empty variable).
 * `$${` is a plain `${`. What a variable holds is not looked into again.
 */
export function expand(text: string, env: Readonly<Record<string, string | undefined>>): Expanded {
  const missing: Expanded['missing'] = [];
  const malformed: number[] = [];
  const taken: Expanded['taken'] = [];
  const expanded = text.replace(
    references,
    (whole: string, name: string | undefined, fallback: string | undefined, index: number) => {
      if (whole === '$${') return '${';
      if (name === undefined) {
        malformed.push(index);
        return whole;
      }
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      if (value !== undefined && (value !== '' || fallback === undefined)) {
        taken.push({ name, value });
        return value;
      }
      if (fallback === undefined) missing.push({ name, index });
      return fallback ?? '';
    },
  );
  return { text: expanded, missing, malformed, taken };
}

const references = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g;
