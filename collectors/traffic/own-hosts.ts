import { z } from 'zod';

/** An option of every traffic source. */
export const hostsOption = z
  .array(
    z
      .string()
      .min(1)
      .max(255)
      .regex(/^[^*]*(?:\*[^*]*){0,4}$/, 'at most four `*`'),
  )
  .min(1)
  .optional()
  .describe('Only these hosts are kept; `*` is any text: `*.shop.example`. All of them when left out.');

/** Whether a host, as sightings name it, is one that was asked for. A pattern without a port takes any. */
export function hostFilter(patterns: readonly string[] | undefined): (host: string) => boolean {
  if (patterns === undefined) return () => true;
  const wanted = patterns.map((pattern) => {
    const text = pattern.toLowerCase();
    const source = text
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*');
    return new RegExp(`^${source}${/:[0-9*]+$/.test(text) ? '' : '(?::[0-9]+)?'}$`);
  });
  return (host) => wanted.some((pattern) => pattern.test(host));
}
