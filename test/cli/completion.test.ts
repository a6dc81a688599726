import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emptyFolder, remove } from './folder.ts';
import { noontide } from './small.ts';

let folder: string;

beforeAll(async () => {
  folder = await emptyFolder();
  await writeFile(join(folder, 'openapi.yaml'), '');
});
afterAll(() => remove(folder));

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish', 'powershell'])('%s gets a script that asks for completions', async (shell) => {
    const { code, out, err } = await noontide(['completion', shell], folder);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('noontide');
    expect(out).toContain('complete');
  });

  test('bash can read its script', async () => {
    const file = join(folder, 'noontide.bash');
    await writeFile(file, (await noontide(['completion', 'bash'], folder)).out);
    expect((await promisify(execFile)('bash', ['-n', file])).stderr).toBe('');
  });

  test.each([
    [['ex'], ['export', 'exchanges']],
    [['list', '--pl'], ['--plane']],
    [['list', '--verdict', 'z'], ['zombie']],
    [['list', '--sort', 'first'], ['firstSeen']],
    [
      ['export', '--format', ''],
      ['csv', 'json', 'ndjson'],
    ],
    [['scan', 'open'], ['openapi.yaml']],
    [['exchanges', 'open'], ['openapi.yaml']],
    [['completion', 'f'], ['fish']],
  ])('%j is completed to %j', async (words, expected) => {
    const { code, out } = await noontide(['complete', '--', ...words], folder);
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(/^:\d+$/);
    expect(lines.slice(0, -1).map((line) => line.split('\t')[0])).toEqual(expected);
  });

  test('another shell is refused', async () => {
    expect((await noontide(['completion', 'tcsh'], folder)).code).toBe(2);
  });
});
