import { mkdir, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { listFiles } from '#collectors/files';

let root: string;
const yaml = (path: string) => path.endsWith('.yaml');

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'noontide-files-')));
  await mkdir(join(root, 'given/deep/node_modules/x'), { recursive: true });
  await mkdir(join(root, 'outside'));
  for (const path of [
    'given/a.yaml',
    'given/deep/b.yaml',
    'given/deep/node_modules/x/c.yaml',
    'given/note.txt',
    'outside/o.yaml',
  ]) {
    await writeFile(join(root, path), 'x: 1\n');
  }
  await symlink(join(root, 'outside/o.yaml'), join(root, 'given/away.yaml'));
  await symlink('a.yaml', join(root, 'given/near.yaml'));
  await symlink(join(root, 'given'), join(root, 'given/deep/loop'));
  await symlink('nowhere.yaml', join(root, 'given/dangling.yaml'));
});

test.each([
  ['a folder', ['given'], ['given/a.yaml', 'given/deep/b.yaml', 'given/near.yaml']],
  ['a glob', ['given/*.yaml'], ['given/a.yaml', 'given/near.yaml']],
  ['a glob over folders', ['**/b.yaml'], ['given/deep/b.yaml']],
  ['a file whatever its name', ['given/note.txt'], ['given/note.txt']],
  ['the same file twice', ['given/a.yaml', 'given/a.yaml'], ['given/a.yaml']],
  ['nothing', ['given/*.json'], []],
])('%s', async (_, patterns, expected) => {
  expect((await listFiles(root, patterns, yaml)).files.map((file) => file.path)).toEqual(expected);
});

test('absolute patterns are shown relative to the root', async () => {
  const { files } = await listFiles(join(root, 'outside'), [join(root, 'given/*.yaml'), root], yaml);
  expect(files.map((file) => file.path)).toContain('../given/a.yaml');
  expect(files.map((file) => file.path)).toContain('o.yaml');
});

test('what was not taken is said', async () => {
  const { problems } = await listFiles(root, ['given', 'missing', 'given/*.json'], yaml);
  expect(problems.map((problem) => problem.where)).toEqual(['given/away.yaml', 'missing', 'given/*.json']);
  expect(problems.every((problem) => problem.message.length > 0)).toBe(true);
});
