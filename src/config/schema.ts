import { z } from 'zod';
import { duration } from './duration.ts';

const day = 86_400_000;

/** A word in a list of globs over `source/group`, so it holds neither a slash nor a glob's own characters. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

const name = (what: string) =>
  z.string().regex(namePattern, `${what} is up to 64 letters, digits and . _ : -, and begins with a letter or digit`);

const basePath = (about: string) =>
  z
    .string()
    .regex(/^$|^\/[^\s?#]*$/, 'a base path is empty or begins with /')
    .transform((path) => path.replace(/\/+$/, ''))
    .describe(about);

const host = z
  .string()
  .regex(
    /^(\*\.)?[A-Za-z0-9_\u0080-\uffff.-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/,
    'a host has no scheme and no path: api.example.com, *.example.com, 10.0.0.1:8080',
  )
  .transform((text) => text.toLowerCase().replace(/:(80|443)$/, ''));

/** What every source has, whatever its kind. */
export const commonOptions = {
  kind: z.string().describe('What kind of source it is; the other options depend on it.'),
  service: name('a service').optional().describe('Everything that the source says belongs to this service.'),
  environment: name('an environment')
    .or(z.literal(''))
    .default('')
    .describe(
      'The environment it speaks for, such as `production`. Empty: it speaks for every one, as a specification does.',
    ),
  timeout: duration('The longest that one scan of it may take. What was read by then is kept.', '1s', '7d').default(
    3_600_000,
  ),
  enabled: z
    .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })], { error: 'expected true or false' })
    .default(true)
    .describe('`false` leaves it out of every scan; its other options are then not looked at.'),
} as const;

export const serviceOptions = z.strictObject({
  hosts: z
    .array(host)
    .default([])
    .describe(
      'Hosts on which it answers; with the port when that is not 80 or 443; `*.example.com` is any host below.',
    ),
  basePath: basePath('Where it is mounted on those hosts, such as `/v2`.').default(''),
  groups: z
    .array(z.string().min(1))
    .default([])
    .describe('Globs over `source/group`: what belongs to it, such as `code/orders` or `specs/Orders *`.'),
  codePrefix: basePath('What a gateway puts before, or the code has before, its paths; inferred when left out.')
    .nullable()
    .default(null),
  owner: z.string().default('').describe('Who answers for it: a team, a person, an address.'),
});

const concurrency = z
  .union(
    [
      z.int(),
      z
        .string()
        .regex(/^\d{1,3}$/)
        .transform(Number),
    ],
    { error: 'expected a whole number' },
  )
  .pipe(z.int().min(1).max(64));

/** noontide.yaml without the sources' own options, which their kinds know. */
export const fileSchema = z.strictObject({
  version: z
    .literal(1, { error: 'expected 1, the only version of this file there is' })
    .describe('The version of this file’s format.'),
  sources: z
    .record(name('a source’s name'), z.unknown())
    .default({})
    .describe('What to read, by the names that reports use.'),
  services: z
    .record(name('a service’s name'), serviceOptions)
    .default({})
    .describe('What is known of services; it wins over what is inferred.'),
  windows: z
    .strictObject({
      fresh: duration('An endpoint called within this span is in use.', '1h', '3650d').default(30 * day),
      stale: duration(
        'One called within this span, and not within `fresh`, is stale; beyond, silent.',
        '1h',
        '3650d',
      ).default(90 * day),
    })
    .refine(({ fresh, stale }) => fresh < stale, { path: ['stale'], error: 'stale must be longer than fresh' })
    .prefault({})
    .describe('How long ago the last call may be, counted back from the end of what was observed.'),
  scan: z
    .strictObject({ concurrency: concurrency.default(4).describe('How many sources are read at the same time.') })
    .prefault({})
    .describe('Limits of a scan.'),
});
