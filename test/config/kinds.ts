import { z } from 'zod';
import type { Collector, Registry, Sniff } from '#collectors/collector';
import { secret } from '#collectors/secret';

const text = (head: Uint8Array) => Buffer.from(head).toString('latin1');

async function* nothing() {}

/** Kinds that read files, as far as a configuration is concerned. */
interface Files {
  paths: string[];
  maxBytes: number;
}

const files = z.strictObject({
  paths: z.array(z.string()).min(1).describe('Files, folders and globs.'),
  maxBytes: z.int().positive().default(1_000).describe('Larger files are left out.'),
});

function reader(kind: string, about: string, recognises: (found: Sniff) => boolean): Collector<unknown> {
  const collector: Collector<Files> = {
    kind,
    plane: 'declared',
    about,
    config: files as z.ZodType<Files>,
    sniff: (found) => (recognises(found) ? { paths: [found.path], maxBytes: 1_000 } : null),
    collect: nothing,
  };
  return collector;
}

const spec = reader('spec', 'Specifications.', ({ head }) => /^(openapi|swagger):|"openapi"/.test(text(head)));
const har = reader('har', 'HAR files of browsers.', ({ head }) => /"log"/.test(text(head)));
const capture = reader('capture', 'Packet captures.', ({ head }) => head[0] === 0xd4 && head[1] === 0xc3);
const code = reader('code', 'Source code.', ({ folder, path }) => folder && /(orders|users|mono)$/.test(path));

const gatewayOptions = z.object({
  region: z.enum(['north', 'south']).describe('Where it runs.'),
  key: secret('Its key.'),
  nested: z
    .strictObject({ tokens: z.array(secret('One of several tokens.')).optional(), depth: z.number().optional() })
    .optional()
    .describe('More.'),
  retries: z
    .union([z.literal('none'), z.strictObject({ most: z.number() })])
    .optional()
    .describe('How often.'),
  refuses: z
    .string()
    .refine(() => false, { error: ({ input }) => `${input} is refused` })
    .optional()
    .describe('Is never right.'),
});

/** A kind with secrets, and with no paths. */
export const gateway: Collector<unknown> = {
  kind: 'gateway',
  plane: 'deployed',
  about: 'A gateway by its API.',
  config: gatewayOptions,
  collect: nothing,
};

export const registry: Registry = [spec, har, capture, code, gateway];
