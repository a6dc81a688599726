import { z } from 'zod';
import { parseDuration } from '#model/duration';

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
    .meta({ title: 'duration', description: about, pattern: '^(\\d{1,9}(ms|[smhdw])){1,6}$|\\$\\{' });
}
