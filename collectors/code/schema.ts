import { z } from 'zod';

export const codeConfig = z.strictObject({
  paths: z
    .array(z.string().min(1))
    .min(1)
    .describe(
      'Folders of source code, relative to noontide.yaml. Each is a scope of its own: one repository, or one part of it.',
    ),
  exclude: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Globs of files to leave out, relative to each folder, beside tests, examples, vendored and generated code.',
    ),
  includeTests: z
    .boolean()
    .default(false)
    .describe('Read tests, examples and mocks as well, which otherwise are counted and left out.'),
});

export type CodeConfig = z.infer<typeof codeConfig>;
