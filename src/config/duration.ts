import { z } from 'zod';

const units: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of `500ms`, `30s`, `10m`, `2h`, `30d`, `1w`; `null` for anything else. */
function parseDuration(text: string): number | null {
  const found = /^(\d{1,9})(ms|s|m|h|d|w)$/.exec(text);
  return found ? Number(found[1]) * units[found[2]!]! : null;
}

/** A duration as people write it, parsed to milliseconds, between two others. */
export function duration(about: string, least: string, most: string) {
  const expected = `a duration such as 30s, 10m, 2h or 30d, between ${least} and ${most}`;
  return z
    .string({ error: `expected ${expected}` })
    .transform((text, context) => {
      const value = parseDuration(text);
      if (value !== null && value >= parseDuration(least)! && value <= parseDuration(most)!) return value;
      context.issues.push({ code: 'custom', message: `expected ${expected}`, input: text });
      return z.NEVER;
    })
    .meta({ title: 'duration', description: about, pattern: '^\\d{1,9}(ms|s|m|h|d|w)$|\\$\\{' });
}
