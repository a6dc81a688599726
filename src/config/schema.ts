import { z } from 'zod';
import { duration } from './duration.ts';

/** A word in globs over `source/group`, so it holds neither a slash nor a glob's own characters. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;
const nameForm = 'is up to 64 letters, digits and . _ : -, and begins with a letter or digit';

const name = (what: string) => z.string().regex(namePattern, `${what} ${nameForm}`);

const basePath = z
  .string()
  .regex(/^$|^\/[^\s?#]*$/, 'a base path is empty or begins with /')
  .transform((path) => path.replace(/\/+$/, ''));

const host = z
  .string()
  .regex(
    /^(\*\.)?[A-Za-z0-9_\u0080-\uffff.-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/,
    'a host has no scheme and no path: api.example.com, *.example.com, 10.0.0.1:8080',
  )
  .transform((text) => text.toLowerCase().replace(/:(80|443)$/, ''));

// What a reference to the environment gives is a text, so switches and numbers may be texts too.
const flag = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })], {
  error: 'expected true or false',
});
const fewWord = { error: 'expected a whole number from 1 to 64' };
const fewInt = z.int(fewWord).min(1, fewWord).max(64, fewWord);
const few = z.union([fewInt, z.string().regex(/^\d+$/).transform(Number).pipe(fewInt)], fewWord);

/** What every source has, whatever its kind. */
export const commonOptions = {
  kind: z.string().describe('What kind of source it is; the other options depend on it.'),
  service: name('a service').optional().describe('Everything that the source says belongs to this service.'),
  environment: z
    .string()
    .regex(/^$|^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, `an environment is empty, or ${nameForm}`)
    .default('')
    .describe('The environment it speaks for, such as `production`. Empty: every one, as for specifications and code.'),
  timeout: duration('The longest that a scan of it may take. What was read by then is kept.', '1s', '7d').prefault(
    '1h',
  ),
  enabled: flag.prefault(true).meta({
    title: 'true or false',
    description: '`false` leaves it out of every scan; its other options are then not looked at.',
  }),
} as const;

const service = z.strictObject({
  hosts: z
    .array(host)
    .prefault([])
    .describe('Hosts it answers on; with the port when that is not 80 or 443; `*.example.com` is any host below.'),
  basePath: basePath.prefault('').describe('Where it is mounted on those hosts, such as `/v2`.'),
  groups: z
    .array(z.string().min(1))
    .default([])
    .describe('Globs over `source/group`: what belongs to it, such as `code/orders` or `specs/Orders *`.'),
  codePrefix: basePath.nullable().default(null).meta({
    title: 'text',
    description: 'What a gateway puts before the paths that are in the code, such as `/v2`. Left out: it is inferred.',
  }),
  owner: z.string().default('').describe('Who answers for it: a team, a person, an address.'),
});

const windows = z
  .strictObject({
    fresh: duration('An endpoint that was called within this span is in use.', '1h', '3650d').prefault('30d'),
    stale: duration('One that was called within this span only is stale, and silent beyond.', '1h', '3650d').prefault(
      '90d',
    ),
  })
  .refine(({ fresh, stale }) => fresh < stale, { path: ['stale'], error: 'stale must be longer than fresh' });

const limits = z.strictObject({
  concurrency: few
    .prefault(4)
    .meta({ title: 'whole number', description: 'How many sources are read at the same time.' }),
});

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
    .record(name('a service’s name'), service)
    .default({})
    .describe('What is known of services, by name; it wins over what is inferred.'),
  windows: windows
    .prefault({})
    .describe('How long ago the last call may be, counted back from the end of what was observed.'),
  scan: limits.prefault({}).describe('Limits of a scan.'),
});
