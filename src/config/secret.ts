import { resolve } from 'node:path';
import { openRegular, readUpTo } from '#collectors/open';
import { concealSecret } from '#log/secrets';
import type { Path } from './document.ts';
import { alternatives, below, type JsonSchema } from './json-schema.ts';

const maxSecretBytes = 65_536;

/** Says that the secret at a place could not be had, and how to mend it. */
export type SecretProblem = (path: Path, message: string, mend: string) => void;

/**
 * A source's options with the values that its schema marks as secret (`writeOnly`) resolved: `file:path` is the file's content
 * without the line break at its end, the path relative to the configuration's folder. Every secret is concealed from here on.
 */
export async function resolveSecrets(
  value: unknown,
  schemas: readonly JsonSchema[],
  root: string,
  problem: SecretProblem,
  path: Path = [],
): Promise<unknown> {
  if (typeof value === 'string') {
    if (!schemas.flatMap(alternatives).some(({ writeOnly }) => writeOnly === true)) return value;
    const secret = value.startsWith('file:') ? await readSecret(resolve(root, value.slice(5)), path, problem) : value;
    concealSecret(secret);
    return secret;
  }
  if (Array.isArray(value)) {
    const resolved: unknown[] = [];
    for (const [index, item] of value.entries()) {
      resolved.push(await resolveSecrets(item, below(schemas, index), root, problem, [...path, index]));
    }
    return resolved;
  }
  if (typeof value === 'object' && value !== null) {
    const resolved: [string, unknown][] = [];
    for (const [key, item] of Object.entries(value)) {
      resolved.push([key, await resolveSecrets(item, below(schemas, key), root, problem, [...path, key])]);
    }
    return Object.fromEntries(resolved);
  }
  return value;
}

async function readSecret(file: string, path: Path, problem: SecretProblem): Promise<string> {
  try {
    const bytes = await readSecretBytes(file);
    if (bytes.length > maxSecretBytes) {
      problem(path, 'the file of this secret is too large', `no more than ${maxSecretBytes} bytes`);
      return '';
    }
    const secret = bytes.toString('utf8').replace(/\r?\n$/, '');
    if (secret === '') problem(path, 'the file of this secret is empty', 'write the secret into it');
    return secret;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    problem(
      path,
      `the file of this secret cannot be read (${code})`,
      'correct the path after file:, or the file’s rights',
    );
    return '';
  }
}

/** One byte more than it may have says that it is too large: what lies under /proc says it has none. */
async function readSecretBytes(file: string): Promise<Buffer> {
  const handle = await openRegular(file);
  try {
    return await readUpTo(handle, maxSecretBytes + 1);
  } finally {
    await handle.close();
  }
}
