import { execFileSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { collectors } from '#collectors/index';
import { loadConfig } from '#config/load';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'noontide-config-'));
});

test('a variable that is a secret by its name is taken into nothing that is shown', async () => {
  const file = join(folder, 'noontide.yaml');
  const text = [
    'version: 1',
    'sources:',
    `  specs: { kind: spec, paths: ["\${CLOUD_SECRET_ACCESS_KEY}"], environment: "\${STAGE}" }`,
    'services:',
    `  orders: { owner: "\${GIT_TOKEN}" }`,
  ];
  await writeFile(file, text.join('\n'));
  const env = { CLOUD_SECRET_ACCESS_KEY: 'canary-one', GIT_TOKEN: 'canary-two', STAGE: 'production' };
  const error = await loadConfig(file, collectors, env).catch((thrown: Error) => thrown);
  const { message } = error as Error;
  expect(message).toContain('CLOUD_SECRET_ACCESS_KEY is a secret by its name');
  expect(message).toContain('GIT_TOKEN is a secret by its name');
  expect(message).not.toMatch(/canary|STAGE/);
});

test('a pipe in the place of noontide.yaml is refused, and not waited for', async () => {
  const pipe = join(folder, 'pipe.yaml');
  execFileSync('mkfifo', [pipe]);
  await expect(loadConfig(pipe, collectors, {})).rejects.toThrow('this is not a file');
});
